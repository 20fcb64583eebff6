# SPDX-License-Identifier: Apache-2.0
"""The tables that the texts ask, prepared from columns. Part of the domain: pure, on NumPy.

events: one row an event, `place` ascending by history and in it by order; `moment` in microseconds since 1970 UTC or
NULL; `plain` is false where SQL may not judge the history; `day_<zone>` the local day; the values the rules ask for.
limits: when each term ends for each day of the log, as the kernel says. as_of: one row, the moment of asking.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np

from callbox.kernel.calendars import Calendar
from callbox.kernel.terms import Term
from callbox.oversight.columns import UNTIMED, Columns, Said, Truth, Whole, micros, scaled
from callbox.oversight.domain.clocks import BY_DAY, limit
from callbox.oversight.domain.events import Value
from callbox.oversight.searching import Search
from callbox.oversight.sql.building import day_column, term_name
from callbox.oversight.sql.text import Query
from callbox.oversight.sql.words import ANY, MOMENT, NUMBER, TEXT, Column

BIGINT, BOOLEAN, TEXTS = "BIGINT", "BOOLEAN", "TEXT"
GREATEST = 2**53  # ten-thousandths; sums of greater numbers could run over
BETWEEN = "\x1f"  # the members of a list


@dataclass(frozen=True, slots=True)
class Filled:
    """One column of a table. nothing: where it is NULL. values: whole numbers, truths, or texts."""

    name: str
    type: str
    values: Sequence[Any] | Whole | Truth
    nothing: Truth


type Table = list[Filled]


def events_table(columns: Columns, queries: Iterable[Query]) -> Table:
    """The table of events with what these queries ask for."""
    queries = list(queries)
    size, owner = len(columns), columns.owner
    untimed = columns.at == UNTIMED
    calendars = {day_column(query.calendar): query.calendar for query in queries}
    asked = sorted({column for query in queries for column in query.columns}, key=str)
    return [
        _full("place", np.arange(size, dtype=np.int64)),
        _full("history", owner),
        Filled("activity", TEXTS, _activities(columns), np.zeros(size, bool)),
        Filled("moment", BIGINT, columns.at, untimed),
        Filled("plain", BOOLEAN, ~_hard(columns)[owner], np.zeros(size, bool)),
        *(
            Filled(name, BIGINT, columns.days(calendar).numbers, untimed)
            for name, calendar in sorted(calendars.items())
        ),
        *(_value(columns, column) for column in asked),
    ]


def limits_table(columns: Columns, queries: Iterable[Query]) -> Table:
    """When each term that hangs on a day ends, for each day on which something happened."""
    asked = {
        (term, query.calendar.label): (term, query.calendar) for query in queries for term in query.terms
    }
    rows = [row for _key, each in sorted(asked.items(), key=str) for row in _limits(columns, *each)]
    names, *numbers = zip(*rows, strict=True) if rows else ([], [], [], [], [])
    size = len(rows)
    kept = [np.array(each, np.int64) for each in numbers[:3]]
    return [
        Filled("term", TEXTS, list(names), np.zeros(size, bool)),
        *(_full(name, each) for name, each in zip(("day", "ends", "last_day_begins"), kept, strict=True)),
        Filled("unsure", BOOLEAN, np.array(numbers[3], bool), np.zeros(size, bool)),
    ]


def as_of_table(as_of: datetime) -> Table:
    """The moment of asking."""
    return [_full("moment", np.array([micros(as_of)], np.int64))]


def kinds_of(columns: Columns, name: str) -> frozenset[type]:
    """As what a name is ever said."""
    said = columns.said.get(name)
    if said is None:
        return frozenset()
    return frozenset({Decimal}) if said.words is None else frozenset(type(word) for word in said.words)


def _limits(columns: Columns, term: Term, calendar: Calendar) -> Iterator[tuple[str, int, int, int, bool]]:
    """Each day once; it begins with the first event of the day, as a limit of days asks for no hour."""
    days, timed = columns.days(calendar), np.flatnonzero(columns.at != UNTIMED)
    once, first = np.unique(days.numbers[timed], return_index=True)
    name = term_name(term, calendar)
    if term.unit in BY_DAY:
        found = Search(columns, 0).limit(term, calendar, timed[first])
        for day, ends, last, unsure in zip(once.tolist(), *(each.tolist() for each in found), strict=True):
            yield name, day, ends, last, unsure
        return
    for day in once.tolist():
        ends = micros(limit(term, calendar, days.moment(day)).at)
        yield name, day, ends, ends, False


def _hard(columns: Columns) -> Truth:
    """Histories with an event without a moment, or with a value that the tables cannot keep."""
    hard = columns.untimed.copy()
    for said in columns.said.values():
        odd = np.abs(said.numbers) > GREATEST if said.words is None else _odd(said)
        hard[columns.owner[said.places[odd]]] = True
    return hard


def _odd(said: Said) -> Truth:
    assert said.words is not None  # noqa: S101 - asked for words alone
    return np.array([_is_odd(word) for word in said.words], bool)[said.numbers]


def _is_odd(word: Value) -> bool:
    if isinstance(word, Decimal):
        number = scaled(word)
        return number is None or abs(number) > GREATEST
    return not isinstance(word, datetime) and not _is_kept("".join(word))


def _is_kept(text: str) -> bool:
    """Whether every database keeps it: neither a zero character nor half a character."""
    return "\0" not in text and not any("\ud800" <= each <= "\udfff" for each in text)


def _activities(columns: Columns) -> Sequence[str]:
    """Of each event, its activity; one that no database keeps is one that no rule names."""
    found = np.empty(len(columns), object)
    for activity, places in columns.activities.items():
        found[places] = activity if _is_kept(activity) else ""
    kept: list[str] = found.tolist()
    return kept


def _full(name: str, values: Whole) -> Filled:
    return Filled(name, BIGINT, values, np.zeros(len(values), bool))


def _value(columns: Columns, column: Column) -> Filled:
    """A value of each event, or what was said last in its case until then."""
    type_ = BIGINT if column.flavour in (NUMBER, MOMENT) else TEXTS
    said = columns.said.get(column.name)
    size = len(columns)
    if said is None or not len(said.places):
        nothing: list[Any] = [0 if type_ == BIGINT else ""] * size
        return Filled(str(column), type_, nothing, np.ones(size, bool))
    places = np.arange(size, dtype=np.int64)
    which = np.maximum(np.searchsorted(said.places, places, "right") - 1, 0)
    first = columns.starts[columns.owner] if column.of_case else places
    there = (said.places[which] >= first) & (said.places[which] <= places)
    if said.words is None and column.flavour == NUMBER:
        return Filled(str(column), type_, said.numbers[which], ~there)
    words: list[Value] = list(said.words) if said.words is not None else []
    codes = said.numbers
    if said.words is None:
        once, codes = np.unique(said.numbers, return_inverse=True)
        words = [Decimal(int(each)) / 10_000 for each in once]
    kept = [_kept(word, column.flavour) for word in words]
    fits = np.array([each is not None for each in kept], bool)[codes][which]
    values = np.array([each if each is not None else "" for each in kept], object)[codes][which]
    if type_ == BIGINT:
        values = np.where(fits, values, 0).astype(np.int64)
    return Filled(str(column), type_, values if type_ == BIGINT else values.tolist(), ~(there & fits))


def _kept(word: Value, flavour: str) -> int | str | None:
    """A value as a column of this flavour keeps it; None where it is something else."""
    match word:
        case _ if _is_odd(word):
            return None
        case Decimal() if flavour in (NUMBER, ANY):
            number = scaled(word)
            return number if flavour == NUMBER else f"#{number}"
        case datetime() if flavour in (MOMENT, ANY):
            return micros(word) if flavour == MOMENT else f"@{micros(word)}"
        case str() if flavour in (TEXT, ANY):
            return word if flavour == TEXT else f"={word}"
        case tuple() if flavour == ANY:
            return "[" + BETWEEN.join(word)
    return None
