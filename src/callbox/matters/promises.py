# SPDX-License-Identifier: Apache-2.0
"""How soon things are promised: one dated table with the source of every number. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from callbox.kernel.tables import Row, TableError, read_table
from callbox.kernel.terms import Term, parse_term
from callbox.matters.domain import Promised

ROOM = "callbox.matters"
CLOCKS = (
    *("answer", "dispatch", "acknowledge", "turnout", "travel", "arrival"),
    *("sign_for", "first_contact", "resolve", "call_back", "supervision"),
)
SCOPES = ("fire", "ems", "police", "city", "*")


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise: `clock` within `term` for `percent` of the cases, and whose number that is.

    rule: which row it is, so that a clock can say under what it runs. ladder: what happens as it gets late, or "".
    """

    clock: str
    scope: str
    most_urgent: int
    least_urgent: int
    term: Term
    percent: int
    ladder: str
    source: str
    rule: str

    @property
    def within(self) -> timedelta:
        """The term as a length; raises TableError where it depends on the calendar."""
        if self.term.length is None:
            raise TableError(f"promises.tsv: {self.rule} is no fixed length but {self.term}")
        return self.term.length


@cache
def load_promises(on: date) -> tuple[Promise, ...]:
    """The promises in force on a day; raises TableError."""
    return tuple(_promise(row) for row in read_table(ROOM, "promises.tsv") if row.in_force(on))


def _promise(row: Row) -> Promise:
    first, last = _priorities(row)
    return Promise(
        clock=row.one_of("clock", CLOCKS),
        scope=row.one_of("scope", SCOPES),
        most_urgent=first,
        least_urgent=last,
        term=_term(row),
        percent=row.whole("percent", 1, 100),
        ladder=row["ladder"],
        source=row.need("source"),
        rule="/".join(row[column] for column in ("clock", "scope", "priorities", "valid_from")),
    )


def _term(row: Row) -> Term:
    try:
        return parse_term(row.need("term"))
    except TableError as problem:
        raise row.wrong(str(problem)) from problem


def promises_for(clock: str, agency: str, priority: int, table: Iterable[Promise]) -> list[Promise]:
    """The promises that hold, strictest first: of the named agency kind before *, of the narrower range first.

    Several come back only where one clock has several percentages; none where nothing is promised.
    """
    fitting = [
        promise
        for promise in table
        if promise.clock == clock
        and promise.scope in (agency, "*")
        and promise.most_urgent <= priority <= promise.least_urgent
    ]
    best = min(map(_width, fitting), default=None)
    return sorted((each for each in fitting if _width(each) == best), key=_length)


def _length(promise: Promise) -> timedelta:
    return promise.term.length or timedelta.max


def _width(promise: Promise) -> tuple[bool, int]:
    return promise.scope == "*", promise.least_urgent - promise.most_urgent


def limit_for(clock: str, agency: str, priority: int, table: Iterable[Promise]) -> timedelta:
    """The strictest promise; raises TableError where nothing is promised."""
    found = promises_for(clock, agency, priority, table)
    if not found:
        raise TableError(f"promises.tsv: no {clock} time for {agency}, priority {priority}")
    return found[0].within


def _priorities(row: Row) -> tuple[int, int]:
    first, _dash, last = row["priorities"].partition("-")
    if not (first.isdigit() and (last or first).isdigit() and 1 <= int(first) <= int(last or first) <= 5):
        raise row.wrong("priorities is one number from 1 to 5, or a range such as 2-4")
    return int(first), int(last or first)


def clock(name: str, agency: str, priority: int | None, at: datetime) -> dict[str, timedelta]:
    """The clock to start at this time: its name and length, or nothing where nothing was promised on that day.

    A matter without a priority is promised what the most urgent one is.
    """
    found = promises_for(name, agency, priority or 1, load_promises(at.date()))
    return {name: found[0].within} if found else {}


def promised(name: str, agency: str, priority: int | None, on: date) -> dict[str, Promised]:
    """The same for a clock whose term may depend on the calendar and which may have a ladder.

    on: the local day of the start.
    """
    found = promises_for(name, agency, priority or 1, load_promises(on))
    return {name: Promised(found[0].term, found[0].rule, found[0].ladder)} if found else {}
