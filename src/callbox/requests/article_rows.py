# SPDX-License-Identifier: Apache-2.0
"""Articles as they are loaded, and finding them by words. Part of the room's queries; nothing personal is in them.

English is searched by PostgreSQL's own dictionary, so that `lamps` finds `lamp`. Chinese has no spaces, and no
dictionary for it comes with PostgreSQL: each two characters side by side are a word, of articles and of what is typed.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from callbox.kernel.errors import NotFound
from callbox.kernel.tables import Words
from callbox.kernel.text import gettext_noop as _
from callbox.requests import articles
from callbox.requests.articles import SEARCHED, pairs_of, words_of
from callbox.requests.domain import ARTICLE
from callbox.requests.models import Article as Row

MOST = 3
VERSION = "article_version"  # the fact by which an entry names the version
NO_ARTICLE = _("There is no article %(code)s that may be told today. Look for it again.")
# A title and keywords have weight A, the text D. heads: only what a title or the keywords say is looked for.
FIND = """
WITH asked AS (
  SELECT nullif(concat_ws(' | ', VARIADIC ARRAY(
    SELECT quote_literal(word) || %(heads)s FROM unnest(tsvector_to_array(to_tsvector('english', %(en)s))) word
    UNION ALL SELECT quote_literal(word) || %(heads)s FROM unnest(%(zh)s::text[]) word
  )), '')::tsquery AS query
)
SELECT id FROM requests_article a, asked
WHERE a.words @@ asked.query AND a.since <= %(day)s AND (a.until IS NULL OR a.until > %(day)s)
  AND NOT EXISTS (
    SELECT FROM requests_article l WHERE l.code = a.code AND l.version > a.version
      AND l.since <= %(day)s AND (l.until IS NULL OR l.until > %(day)s))
ORDER BY ts_rank(a.words, asked.query) DESC, a.code LIMIT %(most)s
"""
INDEX = """
UPDATE requests_article SET words =
  setweight(to_tsvector('english', %(en_head)s), 'A') || setweight(to_tsvector('english', %(en_text)s), 'D')
  || setweight(%(zh_head)s::tsvector, 'A') || setweight(%(zh_text)s::tsvector, 'D')
WHERE id = %(id)s
"""


def articles_in_force(day: date) -> list[articles.Article]:
    """All articles that may be told on this day, by code, each in its latest version."""
    return [_article(row) for row in _in_force(day).order_by("code")]


def articles_loaded() -> list[articles.Article]:
    """Every version that was ever loaded, by code and version."""
    return [_article(row) for row in Row.objects.order_by("code", "version")]


def article_of(code: str, version: int | None = None, *, day: date) -> articles.Article:
    """The article, which may be told on this day, in this version if one is given. Raises NotFound."""
    found = _in_force(day).filter(code=code)
    row = (found if version is None else found.filter(version=version)).first()
    if row is None:
        raise NotFound(NO_ARTICLE, code=code)
    return _article(row)


def article_named(facts: Mapping[str, object]) -> articles.Article | None:
    """The version that a journal entry names, whatever its dates; None where it names none."""
    code, version = facts.get(ARTICLE), facts.get(VERSION)
    if not isinstance(code, str) or not isinstance(version, int):
        return None
    row = Row.objects.filter(code=code, version=version).first()
    return _article(row) if row else None


def find_articles(
    words: str, day: date, *, category: str = "", heads: bool = False, most: int = MOST
) -> list[articles.Article]:
    """Those of the category first, then those in which any of the words occurs, the best first.

    heads: only titles and keywords count, for words that were not written to search with.
    """
    linked = _in_force(day).filter(categories__contains=[category]).order_by("code") if category else []
    found = [_article(row) for row in linked]
    known = {each.code for each in found}
    found += [each for each in _found(words, day, heads, most) if each.code not in known]
    return found[:most]


def _found(words: str, day: date, heads: bool, most: int) -> list[articles.Article]:
    text = words[:SEARCHED]
    asked: dict[str, Any] = {
        "en": " ".join(words_of(text)),
        "zh": sorted(set(pairs_of(text))),
        "heads": ":A" if heads else "",
        "day": day,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(FIND, asked)
        ids: Sequence[UUID] = [row[0] for row in cursor.fetchall()]
    rows = Row.objects.in_bulk(ids)
    return [_article(rows[each]) for each in ids]


def _in_force(day: date) -> QuerySet[Row]:
    offered = Row.objects.filter(Q(until=None) | Q(until__gt=day), since__lte=day)
    later = offered.filter(code=OuterRef("code"), version__gt=OuterRef("version"))
    return offered.exclude(Exists(later))


def _article(row: Row) -> articles.Article:
    return articles.Article(
        row.code,
        row.version,
        row.since,
        row.until,
        row.agency,
        tuple(row.categories),
        Words(row.title_en, row.title_zh),
        Words(row.keywords_en, row.keywords_zh),
        Words(row.text_en, row.text_zh),
        row.source,
    )


def terms_of(article: articles.Article) -> dict[str, str]:
    """What an article is found by, as INDEX takes it."""
    heads = [f"{article.title.in_language(tag)} {article.keywords.in_language(tag)}" for tag in ("en", "zh")]
    english, chinese = f"{heads[0]} {heads[1]}", f"{heads[1]} {heads[0]}"
    return {
        "en_head": " ".join(words_of(english)),
        "en_text": " ".join(words_of(article.text.en)),
        "zh_head": _placed(pairs_of(chinese)),
        "zh_text": _placed(pairs_of(article.text.zh)),
    }


def _placed(pairs: Sequence[str]) -> str:
    """Pairs with their places, as PostgreSQL reads a tsvector: a weight belongs to a place."""
    return " ".join(f"'{pair}':{min(place, 16_383)}" for place, pair in enumerate(pairs, 1))
