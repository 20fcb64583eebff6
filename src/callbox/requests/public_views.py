# SPDX-License-Identifier: Apache-2.0
"""A resident reports online: choose what it is about, one short form, the number and the key to follow it."""

from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from callbox.access.browsers import source_of
from callbox.geo.queries import current_city
from callbox.kernel.errors import Invalid, NotFound, Refusal, Unavailable
from callbox.kernel.tables import read_table
from callbox.matters.queries import calendar_in_force
from callbox.pictures.domain import limits_on
from callbox.pictures.words import sent_words
from callbox.requests import queries
from callbox.requests.article_rows import find_articles
from callbox.requests.catalogue import Category
from callbox.requests.counting import mark_of
from callbox.requests.domain import ROOM, limit
from callbox.requests.following import key_shown
from callbox.requests.hinting import article_rows
from callbox.requests.public_forms import Form
from callbox.requests.reporting import number_and_key, report_request

SENT = "sent"
SHOWN = timedelta(minutes=10)  # whoever comes to the same browser later does not see it


def numbers() -> list[str]:
    """The telephone numbers of the emergency line."""
    return [number.strip() for number in settings.CONFIG.emergency_number.split("/")]


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Report, or follow."""
    return render(request, "requests/public/start.html", {"numbers": numbers()})


@require_safe
def categories(request: HttpRequest) -> HttpResponse:
    """What it is about, by group."""
    offered = queries.catalogue_in_force().offered(calendar_in_force().day_of(timezone.now()))
    names = {row.need("code"): row.words() for row in read_table(ROOM, "groups.tsv")}
    language = get_language() or "en"
    groups = [
        (names[code].in_language(language) if code in names else code, [_named(each) for each in found])
        for code, found in groupby(offered, key=lambda each: each.group)
    ]
    return render(request, "requests/public/categories.html", {"groups": groups, "numbers": numbers()})


def _named(category: Category) -> tuple[str, str]:
    return slug(category.code), category.name.in_language(get_language() or "en")


def slug(code: str) -> str:
    """A category's code as it stands in an address."""
    return code.replace(".", "--")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, category: str) -> HttpResponse:
    """The form of one category. Each form shown has a key of its own, so that what is sent twice counts once."""
    found = queries.catalogue_in_force().category(category.replace("--", "."))
    if not found.in_force(calendar_in_force().day_of(timezone.now())):
        raise NotFound
    if request.method != "POST":
        return _form(request, Form(found))
    form = Form(found, _key(request.POST.get("form", "")), request.POST.dict())
    said = form.report()
    if said is None:
        return _form(request, form, status=422)
    pictures = [each.read() for each in request.FILES.getlist("pictures") if each.size]
    counted = {"reports_by_source": mark_of("report", source_of(request))}
    at = timezone.now()
    done = report_request(said, form.sent, pictures, counted=counted, at=at)
    request.session[SENT] = {
        "form": str(form.sent),
        "problem": _told(done.problem),
        "reached": bool(said.contact.number),
        "until": (at + SHOWN).isoformat(),
    }
    return redirect("civic-received")


@never_cache
@require_safe
def received(request: HttpRequest) -> HttpResponse:
    """The number and the key of what this browser has just sent; both are found by the form's own key."""
    said = request.session.get(SENT)
    if not said or datetime.fromisoformat(said["until"]) <= timezone.now():
        return redirect("civic")
    number, key = number_and_key(UUID(said["form"]))
    context = {**said, "number": number, "key": key_shown(key), "numbers": numbers()}
    return render(request, "requests/public/received.html", context)


def _form(request: HttpRequest, form: Form, status: int = 200) -> HttpResponse:
    category, language = form.category, get_language() or "en"
    context = {
        "form": form,
        "title": category.name.in_language(language),
        "article": category.article.in_language(language) if category.article else "",
        "articles": article_rows(
            find_articles("", calendar_in_force().day_of(timezone.now()), category=category.code)
        ),
        "questions": form.questions(),
        "city": _city(),
        "days": limit("kept_days", timezone.now().date()),
        "most": limits_on(timezone.now().date()).by_reporter,
        "numbers": numbers(),
        "words": _words(),
    }
    return render(request, "requests/public/report.html", context, status=status)


def _city() -> dict[str, object] | None:
    """The map's file and edges; None where none can be shown."""
    try:
        city = current_city()
    except (NotFound, Unavailable):
        return None
    return {"tiles_url": f"/map/{city.name}/{city.version}.pmtiles", "bounds": city.bounds}


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(gettext("This form is not ours. Open it again.")) from None


def _told(problem: Refusal | None) -> str:
    return problem.told(gettext) if problem else ""


def _words() -> dict[str, str]:
    """What the page's script says; see web/words.py."""
    return {
        "place_looking": gettext("Looking for your place."),
        "place_added": gettext("Added: your place, within %(metres)s m. It is sent once, with this message."),
        "place_failed": gettext("Your place could not be found. Write it in the field."),
        "place_chosen": gettext("Added: the place you chose on the map."),
        **sent_words(),
    }
