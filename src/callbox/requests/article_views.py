# SPDX-License-Identifier: Apache-2.0
"""Residents find what can be answered at once, before they report. What they type comes by POST and is not kept."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from callbox.kernel.errors import NotFound
from callbox.matters.queries import calendar_in_force
from callbox.requests.article_rows import article_of, articles_in_force, find_articles
from callbox.requests.articles import SEARCHED
from callbox.requests.hinting import article_rows
from callbox.requests.public_views import numbers, slug

FOUND = 10


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answers(request: HttpRequest) -> HttpResponse:
    """All articles, or those in which a word occurs; with `part` the titles alone, for the form of a report."""
    day = calendar_in_force().day_of(timezone.now())
    words = request.POST.get("words", "").replace("\0", "").strip()[:SEARCHED]
    beside = "part" in request.POST
    if beside or words:
        found = find_articles(words, day, heads=beside, most=3 if beside else FOUND)
    else:
        found = articles_in_force(day)
    rows = [row | {"slug": slug(str(row["code"]))} for row in article_rows(found)]
    context = {"articles": rows, "words": words, "numbers": numbers()}
    return render(request, f"requests/public/{'articles' if beside else 'answers'}.html", context)


@require_safe
def answer(request: HttpRequest, article: str) -> HttpResponse:
    """One article. Raises NotFound when it may not be told today."""
    code = article.replace("--", ".")
    found = article_of(code, day=calendar_in_force().day_of(timezone.now()))
    if slug(found.code) != article:
        raise NotFound
    (row,) = article_rows([found])
    categories = [slug(each) for each in found.categories]
    context = {"article": row, "categories": categories, "numbers": numbers()}
    return render(request, "requests/public/answer.html", context)
