# SPDX-License-Identifier: Apache-2.0
"""Articles that may be told today, and answering an open request with one."""

from datetime import date
from typing import Annotated
from uuid import UUID

from django.utils import timezone
from ninja import Query, Schema
from pydantic import Field

from callbox.matters.domain import Moved
from callbox.matters.queries import calendar_in_force
from callbox.requests import queries
from callbox.requests.answering import close_with_article, feed_back_article
from callbox.requests.api.reading import REQUEST, router  # one router a path: another would answer 405
from callbox.requests.api.steps import Done
from callbox.requests.article_rows import article_of, articles_in_force, find_articles
from callbox.requests.articles import SEARCHED
from callbox.requests.hinting import article_rows
from callbox.web.fields import Asked, Code, Seen
from callbox.web.signed_in import needs


class ArticleShown(Schema):
    """What can be answered at once, in the asker's language. agency: who answers for it, or empty."""

    code: str
    version: int
    title: str
    text: str
    agency: str
    since: date


class Sought(Schema):
    """Which articles. category: those of it stand first."""

    words: Annotated[str, Field(max_length=SEARCHED)] = ""
    category: Code | None = None


class AnsweredWith(Schema):
    """With which version of which article."""

    article: Code
    version: Annotated[int, Field(ge=1, le=9_999)]
    seen: Seen | None = None


@router.get("/articles", response=list[ArticleShown], openapi_extra=needs(queries.SEE))
def all_articles(request: Asked, sought: Annotated[Sought, Query()]) -> object:
    """Articles that may be told today: all by code, or the few that the words or the category call for.

    Words stand in this address: send no words of a resident here.
    """
    request.actor.require(queries.SEE, request.actor.keys)
    day = calendar_in_force().day_of(timezone.now())
    if sought.words or sought.category:
        return article_rows(find_articles(sought.words, day, category=sought.category or ""))
    return article_rows(articles_in_force(day))


@router.get("/articles/{slug:article}", response=ArticleShown, openapi_extra=needs(queries.SEE))
def one_article(request: Asked, article: str) -> object:
    """One of them, in the version that may be told today."""
    request.actor.require(queries.SEE, request.actor.keys)
    return article_rows([article_of(article, day=calendar_in_force().day_of(timezone.now()))])[0]


@router.post(f"{REQUEST}/close-with-article", response=Done, openapi_extra=needs("request.close"))
def close_with(request: Asked, request_id: UUID, body: AnsweredWith) -> Moved:
    """The desk answers with an article: the resident is sent its text, and the request is closed."""
    by, at = request.actor, timezone.now()
    return close_with_article(request_id, body.article, body.version, seen=body.seen, by=by, at=at)


@router.post(f"{REQUEST}/feed-back-article", response=Done, openapi_extra=needs("request.feed_back"))
def feed_back_with(request: Asked, request_id: UUID, body: AnsweredWith) -> Moved:
    """The agency answers with an article: the resident is sent its text, and is asked next."""
    by, at = request.actor, timezone.now()
    return feed_back_article(request_id, body.article, body.version, seen=body.seen, by=by, at=at)
