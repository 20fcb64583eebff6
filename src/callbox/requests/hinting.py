# SPDX-License-Identifier: Apache-2.0
"""What stands beside the form of a new request: articles that may answer it, and categories it may be about.

For the room's edges. Nothing of it decides: a person presses a button, or does not.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from callbox.access.queries import agencies_by_code
from callbox.matters.queries import calendar_in_force
from callbox.requests import queries
from callbox.requests.article_rows import find_articles
from callbox.requests.articles import Article
from callbox.requests.learned_rows import InForce, model_in_force, taken_of
from callbox.requests.learning import Right
from callbox.requests.rows import agency_name, in_words
from callbox.requests.training import count_choice

ANSWERED, LOOK, TAKE, SHOWN = "answered", "look", "take", "shown"


def hints(said: Mapping[str, str], category: str, at: datetime) -> dict[str, object]:
    """For the panel: articles of the category, then those that the words call for, and categories while none is chosen.

    said: what was entered. shown: what is sent along with the form of what was suggested.
    """
    day, words = calendar_in_force().day_of(at), said.get("words", "")
    found = find_articles(words, day, category=category, heads=True)
    shown: dict[str, object] = {"articles": article_rows(found), "shown": said.get(SHOWN, "")[:500]}
    model = model_in_force() if words.strip() and not category else None
    return shown | suggestions(model, said, day) if model else shown


def suggestions(model: InForce, said: Mapping[str, str], day: date) -> dict[str, object]:
    """The categories that this model suggests and that are offered today, with how it was measured."""
    offered = {each.code: each for each in queries.catalogue_in_force().offered(day)}
    lon, lat = point(said.get("place", ""))
    area = queries.areas_in_force().at(lon, lat).district if lon is not None and lat is not None else ""
    found = model.model.suggest(said["words"], area, said.get("channel", ""))
    known = model.measured.categories
    rows = [
        {
            "code": code,
            "name": in_words(offered[code].name),
            "of_it": percent(known[code].first, known[code].count) if code in known else None,
            "count": known[code].count if code in known else 0,
        }
        for code, _share in found
        if code in offered
    ]
    codes = [str(row["code"]) for row in rows]
    return {"suggested": rows, "shown": " ".join([str(model.id), *codes]), "model": _told(model)}


def _told(model: InForce) -> dict[str, object]:
    measured, taken = model.measured, taken_of(model.id)
    return {
        "at": model.at,
        "learned_from": measured.learned_from,
        "usual": percent(measured.usual, measured.held_out.count),
        "held_out": _shares(measured.held_out),
        "taken": _shares(taken) if taken.count else None,
    }


def _shares(right: Right) -> dict[str, int]:
    first, among = percent(right.first, right.count), percent(right.among, right.count)
    return {"count": right.count, "first": first, "among": among}


def percent(part: int, whole: int) -> int:
    """A share in whole percent, rounded down: a model is not made better than it was."""
    return part * 100 // whole if whole else 0


def note_chosen(said: Mapping[str, str], chosen: str, at: datetime) -> None:
    """Count for the model what became of what it suggested; nothing where nothing was shown."""
    model, *codes = said.get(SHOWN, "").split()[:4] or [""]
    try:
        key = UUID(model)
    except ValueError:
        return
    count_choice(key, codes, chosen, calendar_in_force().day_of(at))


def article_rows(articles: Iterable[Article]) -> Sequence[dict[str, object]]:
    """Articles as pages show them, in the language of whoever asks."""
    agencies = agencies_by_code()
    return [
        {
            "code": each.code,
            "key": f"{each.code}/{each.version}",
            "version": each.version,
            "title": in_words(each.title),
            "text": in_words(each.text),
            "agency": agency_name(agencies.get(each.agency)),
            "since": each.since,
        }
        for each in articles
    ]


def answered_with(said: Mapping[str, str]) -> tuple[str, int] | None:
    """The code and version of the article whose button was pressed; None where none was."""
    return article_key(said.get(ANSWERED, ""))


def article_key(text: str) -> tuple[str, int] | None:
    """The code and version in `code/version`; None for what is none."""
    code, _slash, version = text.rpartition("/")
    if code and version.isascii() and version.isdigit() and len(version) < 6:
        return code, int(version)
    return None


def point(text: str) -> tuple[float | None, float | None]:
    """`lon,lat` as the map and the search give it; nothing for what is none."""
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        return None, None
    if math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90:
        return lon, lat
    return None, None
