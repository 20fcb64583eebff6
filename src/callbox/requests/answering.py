# SPDX-License-Identifier: Apache-2.0
"""Loading articles, and answering with one, at once or later. Part of the room's actions."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from callbox.access.queries import agencies_by_code
from callbox.journal.actions import append
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid
from callbox.kernel.ids import new_id
from callbox.matters.actions import move
from callbox.matters.domain import Change, Moved
from callbox.matters.queries import calendar_in_force
from callbox.requests import articles, queries
from callbox.requests.actions import accept_request, close_request, feed_back
from callbox.requests.article_rows import INDEX, VERSION, article_of, articles_loaded, terms_of
from callbox.requests.articles import NEW, Article, Difference
from callbox.requests.domain import ARTICLE, ASSIGNED, BY_ARTICLE
from callbox.requests.editions import NO_AGENCY, chain_of
from callbox.requests.models import Article as Row
from callbox.requests.models import Request
from callbox.requests.sending import store
from callbox.requests.taking import Report, open_request

ARTICLES = "articles"
AT_ONCE = "answered_at_once"
COLUMNS = ("since", "until", "agency", "categories", "keywords_en", "keywords_zh")


def plan_articles(new: Sequence[Article], *, by: Actor) -> list[Difference]:
    """What loading them would change; nothing is changed. Raises NotAllowed, TableError, Invalid."""
    by.require("config.change")
    missing = {each.agency for each in new if each.agency} - agencies_by_code().keys()
    if missing:
        raise Invalid(NO_AGENCY, codes=", ".join(sorted(missing)))
    return articles.differences(articles_loaded(), new)


@transaction.atomic
def load_articles(new: Sequence[Article], *, by: Actor, at: datetime) -> list[Difference]:
    """Put them in force, all or nothing; what was changed. Raises what `plan_articles` does, or Conflict."""
    role = by.require("config.change")
    found = plan_articles(new, by=by)
    for each in found:
        _write(each)
        facts = {
            "edition": ARTICLES,
            "article": each.article.code,
            "version": each.article.version,
            "change": each.kind,
            "sha256": hashlib.sha256(_spelled(each.article).encode()).hexdigest(),
        }
        append(chain_of(ARTICLES), "edition", "load", facts=facts, actor=by.id, role=role, at=at)
    return found


def _spelled(article: Article) -> str:
    said = (article.title, article.text)
    return "\0".join([*(words.en + "\0" + words.zh for words in said), article.source])


def _write(change: Difference) -> None:
    row = _row(change.article)
    if change.kind == NEW:
        Row.objects.bulk_create([row], ignore_conflicts=True)
        if not Row.objects.filter(id=row.id).exists():
            raise Conflict  # somebody else loaded this version just now
    else:
        there = Row.objects.filter(code=row.code, version=row.version)
        there.update(**{name: getattr(row, name) for name in COLUMNS})
        row.id = there.values_list("id", flat=True).get()
    with connection.cursor() as cursor:
        cursor.execute(INDEX, {"id": row.id, **terms_of(change.article)})


def _row(article: Article) -> Row:
    return Row(
        id=new_id(),
        code=article.code,
        version=article.version,
        since=article.since,
        until=article.until,
        agency=article.agency,
        categories=list(article.categories),
        title_en=article.title.en,
        title_zh=article.title.zh,
        keywords_en=article.keywords.en,
        keywords_zh=article.keywords.zh,
        text_en=article.text.en,
        text_zh=article.text.zh,
        source=article.source,
    )


@transaction.atomic
def answer_at_once(report: Report, code: str, version: int, *, by: Actor, at: datetime) -> Request:
    """Take a request that an article has answered, and close it: it is sent to nobody.

    The journal names the article and its version. Raises NotFound when it may not be told today, NotAllowed, Invalid.
    """
    article = article_of(code, version, day=calendar_in_force().day_of(at))
    row = open_request(replace(report, at_once=True), by=by, at=at)
    facts = {"disposition": AT_ONCE, **_named(article)}
    move(queries.request_for(by, row.pk).matter, "close", Change(facts), by=by, at=at)
    row.disposition, row.open = AT_ONCE, False
    store(row, "disposition", "open")
    return row


@transaction.atomic
def close_with_article(
    request_id: UUID, code: str, version: int, *, seen: int | None = None, by: Actor, at: datetime
) -> Moved:
    """The desk answers an open request that no agency has: the resident is sent the article's text, and it is closed.

    They may say within the window that it did not answer it. Raises NotFound (also of an article that may not be told
    today), NotAllowed, or Conflict while an agency has it.
    """
    article = article_of(code, version, day=calendar_in_force().day_of(at))
    return close_request(request_id, BY_ARTICLE, seen=seen, more=_named(article), by=by, at=at)


@transaction.atomic
def feed_back_article(
    request_id: UUID, code: str, version: int, *, seen: int | None = None, by: Actor, at: datetime
) -> Moved:
    """The agency that leads answers with an article: the resident is sent its text, and is asked as after any answer.

    What it has not signed for it signs for in the same breath. Raises NotFound (also of an article that may not be told
    today), NotAllowed or Conflict.
    """
    named = _named(article_of(code, version, day=calendar_in_force().day_of(at)))
    if queries.request_for(by, request_id).matter.state == ASSIGNED:
        seen = accept_request(request_id, seen=seen, more=named, by=by, at=at).version
    return feed_back(request_id, BY_ARTICLE, seen=seen, more=named, by=by, at=at)


def _named(article: Article) -> dict[str, object]:
    return {ARTICLE: article.code, VERSION: article.version}
