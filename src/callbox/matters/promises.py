# SPDX-License-Identifier: Apache-2.0
"""How soon things are promised: one dated table with the source of every number, in editions. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.resources import files

from callbox.kernel.tables import Row, TableError, parse_table
from callbox.kernel.terms import BUSINESS, Term, parse_term
from callbox.matters.domain import Promised

ROOM, FILE = "callbox.matters", "promises.tsv"
# Clocks that are compared with seconds while somebody waits for help: the length must be the same always.
FIXED = ("answer", "dispatch", "acknowledge", "turnout", "travel", "arrival")
CLOCKS = (*FIXED, "sign_for", "first_contact", "resolve", "call_back", "supervision")
SCOPES = ("fire", "ems", "police", "city", "*")
COLUMNS = ("valid_from", "valid_to", "clock", "scope", "priorities", "term", "percent", "ladder", "source")
SHIPPED = 0  # the edition that comes with Callbox; those loaded count from 1


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
    def key(self) -> str:
        """The rule with its percentage: no two rows have the same."""
        return f"{self.rule} {self.percent} %"

    @property
    def within(self) -> timedelta:
        """The term as a length; raises TableError where it depends on the calendar."""
        if self.term.length is None:
            raise TableError(f"promises.tsv: {self.rule} is no fixed length but {self.term}")
        return self.term.length


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One edition of the table: 0 is the one that comes with Callbox. text: as it was written."""

    edition: int
    text: str
    lines: tuple[tuple[Row, Promise], ...]

    def on(self, day: date) -> tuple[Promise, ...]:
        """The promises in force on a day."""
        return _in_force(self, day)

    @property
    def by_hours(self) -> list[str]:
        """The rules that are counted in open hours, which the calendar must then have."""
        return [promise.rule for _row, promise in self.lines if promise.term.unit in BUSINESS]

    def chosen(self, clock: str, chosen_for: str, day: date) -> Promise | None:
        """The promise that a clock which began on this day has by this edition. chosen_for: as `promised` says it."""
        agency, _slash, priority = chosen_for.partition("/")
        found = promises_for(clock, agency, int(priority), self.on(day)) if priority else []
        return found[0] if found else None


@lru_cache(maxsize=64)
def _in_force(table: Table, day: date) -> tuple[Promise, ...]:
    return tuple(promise for row, promise in table.lines if row.in_force(day))


@cache
def shipped_table() -> Table:
    """The edition that comes with Callbox; raises TableError."""
    return parse_promises(files(ROOM).joinpath("data", FILE).read_text(encoding="utf-8"), SHIPPED)


def parse_promises(text: str, edition: int) -> Table:
    """An edition from its text, checked. Raises TableError, which names the line."""
    lines = tuple((row, _promise(row)) for row in parse_table(text, FILE, COLUMNS))
    seen: set[str] = set()
    for row, promise in lines:
        row.in_force(date.max)  # says so of a date that is none
        key = promise.key
        if key in seen:
            raise row.wrong(f"{key} stands here a second time")
        seen.add(key)
        if promise.clock in FIXED and promise.term.length is None:
            raise row.wrong(f"{promise.clock} needs a fixed length such as `60 seconds at_once`")
    if not lines:
        raise TableError(f"{FILE}: it promises nothing")
    return Table(edition, text, lines)


@dataclass(frozen=True, slots=True)
class Difference:
    """A line that another edition brings, drops or says otherwise. kind: new, gone, altered; was, becomes: in short."""

    kind: str
    rule: str
    was: str
    becomes: str


def differences(old: Table, new: Table) -> list[Difference]:
    """What a new edition says otherwise, by rule."""
    was, now = ({promise.key: _said(row, promise) for row, promise in each.lines} for each in (old, new))
    return compared(was, now)


def compared(was: Mapping[str, str], now: Mapping[str, str]) -> list[Difference]:
    """What differs between two editions of any table: each line in short, by the rule that it is."""
    found = [Difference("new", key, "", now[key]) for key in now.keys() - was.keys()]
    found += [Difference("gone", key, was[key], "") for key in was.keys() - now.keys()]
    found += [
        Difference("altered", key, was[key], now[key])
        for key in was.keys() & now.keys()
        if was[key] != now[key]
    ]
    return sorted(found, key=lambda each: (each.rule, each.kind))


def _said(row: Row, promise: Promise) -> str:
    ends = f" until {row['valid_to']}" if row["valid_to"] else ""
    ladder = f", ladder {promise.ladder}" if promise.ladder else ""
    return f"{promise.term}{ladder}{ends} ({promise.source})"


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


def clock(name: str, agency: str, priority: int | None, table: Sequence[Promise]) -> dict[str, timedelta]:
    """The clock to start: its name and length, or nothing where nothing is promised. table: of that day.

    A matter without a priority is promised what the most urgent one is.
    """
    found = promises_for(name, agency, priority or 1, table)
    return {name: found[0].within} if found else {}


def promised(name: str, agency: str, priority: int | None, on: date, table: Table) -> dict[str, Promised]:
    """The same for a clock whose term may depend on the calendar and which may have a ladder.

    on: the local day of the start.
    """
    chosen_for = f"{agency}/{priority or 1}"
    found = table.chosen(name, chosen_for, on)
    if found is None:
        return {}
    return {name: Promised(found.term, found.rule, found.ladder, chosen_for, table.edition)}
