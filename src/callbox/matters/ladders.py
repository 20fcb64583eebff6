# SPDX-License-Identifier: Apache-2.0
"""Ladders: what happens as a promise gets late, and when people are not to be woken: dated data in editions. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise

from callbox.kernel.calendars import DAY, Calendar
from callbox.kernel.due import due
from callbox.kernel.tables import Row, TableError, parse_table
from callbox.kernel.terms import Term, parse_term

ROOM, FILE, QUIET_FILE = "callbox.matters", "ladders.tsv", "quiet_hours.tsv"
REMIND, SUPERVISE, REPORT = "remind", "supervise", "report"
LEVELS = 9
SHIPPED = 0  # the edition that comes with Callbox; those loaded count from 1
ANYBODY = "*"
ROLE = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)?")
COLUMNS = ("valid_from", "valid_to", "ladder", "offset", "level", "action", "roles", "source")
QUIET_COLUMNS = ("valid_from", "valid_to", "role", "begins", "ends", "source")


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: at a share of the term in percent, or at a term after its end (`after`).

    level: which step it is; a clock takes each level at most once. action: remind 催办, supervise 督办, report 通报.
    roles: who is told; `owner` is whoever owns the matter then.
    """

    share: int
    after: Term | None
    level: int
    action: str
    roles: tuple[str, ...]

    def at(self, started_at: datetime, due_at: datetime, calendar: Calendar) -> datetime:
        """When it is to be taken."""
        if self.after is None:
            return started_at + (due_at - started_at) * self.share // 100
        return due(self.after, calendar, due_at).at


@dataclass(frozen=True, slots=True)
class Quiet:
    """When people of a role are not told. The same hour twice: never quiet."""

    role: str
    begins: time
    ends: time


@dataclass(frozen=True, slots=True, eq=False)
class Ladders:
    """One edition of both tables: 0 is the one that comes with Callbox. text, quiet_text: as they were written."""

    edition: int
    text: str
    quiet_text: str
    lines: tuple[tuple[Row, Rung], ...]
    quiet: tuple[tuple[Row, Quiet], ...]

    def rungs(self, ladder: str, on: date) -> tuple[Rung, ...]:
        """The steps of a ladder as it stands on a day, by level; none for "". Raises TableError for one not there."""
        return _rungs(self, ladder, on)

    def next_rung(self, ladder: str, climbed: int, on: date) -> Rung | None:
        """The first step above the level that was climbed to (0: none was), of the ladder as it stood on a day."""
        return next((rung for rung in self.rungs(ladder, on) if rung.level > climbed), None)

    def quiet_hours(self, role: str, on: date) -> Quiet | None:
        """When people of this role are not told on a day; None where nothing is said."""
        return _quiet_hours(self, role, on)

    @property
    def roles(self) -> frozenset[str]:
        """Everybody whom a step is told to, or of whom quiet hours speak, but for `*`."""
        told = {role for _row, rung in self.lines for role in rung.roles}
        return frozenset(told | {each.role for _row, each in self.quiet} - {ANYBODY})


@lru_cache(maxsize=1024)
def _rungs(ladders: Ladders, ladder: str, on: date) -> tuple[Rung, ...]:
    found = tuple(rung for row, rung in ladders.lines if row["ladder"] == ladder and row.in_force(on))
    if ladder and not found:
        raise TableError(f"{FILE}: no ladder {ladder!r} on {on}; give it lines that hold on that day")
    return found


@lru_cache(maxsize=1024)
def _quiet_hours(ladders: Ladders, role: str, on: date) -> Quiet | None:
    held = [each for row, each in ladders.quiet if row.in_force(on)]
    return next((each for named in (role, ANYBODY) for each in held if each.role == named), None)


@cache
def shipped_ladders() -> Ladders:
    """The edition that comes with Callbox; raises TableError."""
    text, quiet = (
        files(ROOM).joinpath("data", name).read_text(encoding="utf-8") for name in (FILE, QUIET_FILE)
    )
    return parse_ladders(text, quiet, SHIPPED)


def parse_ladders(text: str, quiet_text: str, edition: int) -> Ladders:
    """An edition from its two texts, checked. Raises TableError, which names the line and says what it should be."""
    rows = list(parse_table(text, FILE, COLUMNS))
    lines = tuple((row, _rung(row)) for row in rows)
    if not lines:
        raise TableError(f"{FILE}: it has no ladder; write at least one line below the names of the columns")
    for ladder in {row["ladder"] for row in rows}:
        _check_ascending([each for each in lines if each[0]["ladder"] == ladder])
    quiet = tuple((row, _quiet(row)) for row in parse_table(quiet_text, QUIET_FILE, QUIET_COLUMNS))
    for role in {each.role for _row, each in quiet}:
        _check_single([row for row, each in quiet if each.role == role])
    return Ladders(edition, text, quiet_text, lines, quiet)


def _rung(row: Row) -> Rung:
    row.need("ladder")
    row.in_force(date.max)  # says so of a date that is none
    offset, roles = row.need("offset"), row.several("roles")
    if not roles:
        raise row.wrong("roles is empty; name who is told, such as `owner supervisor`")
    for role in roles:
        _check_role(row, role)
    share = offset.removesuffix("%")
    if offset.endswith("%") and share.isdecimal() and len(share) < 4 and 1 <= int(share) <= 100:
        return Rung(int(share), None, *_what(row), roles)
    try:
        return Rung(0, parse_term(offset.removeprefix("+")), *_what(row), roles)
    except TableError as problem:
        raise row.wrong(f"offset is a share from 1% to 100%, or + and a term; {problem}") from problem


def _check_role(row: Row, role: str) -> None:
    if not ROLE.fullmatch(role):
        raise row.wrong(f"{role!r} is no role; write it as `supervisor` or `coordination.lead`")


def _what(row: Row) -> tuple[int, str]:
    return row.whole("level", 1, LEVELS), row.one_of("action", (REMIND, SUPERVISE, REPORT))


def _check_ascending(lines: Sequence[tuple[Row, Rung]]) -> None:
    """On every day a ladder goes up: each line has a higher level than the one before, and no earlier a time."""
    for day in _days(row for row, _rung in lines):
        for (_row, lower), (row, rung) in pairwise(each for each in lines if each[0].in_force(day)):
            if rung.level <= lower.level:
                raise row.wrong(
                    f"level {rung.level} comes after level {lower.level} on {day}; each step needs a higher one"
                )
            if rung.after is None and (lower.after is not None or rung.share < lower.share):
                raise row.wrong(f"this offset is earlier than the one before it on {day}; put them in order")


def _check_single(rows: Sequence[Row]) -> None:
    for day in _days(rows):
        held = [row for row in rows if row.in_force(day)]
        if len(held) > 1:
            raise held[1].wrong(f"{held[1]['role']} has quiet hours twice on {day}; end the earlier line")


def _days(rows: Iterable[Row]) -> list[date]:
    """The days on which something begins to hold: between them nothing changes."""
    found = {row[column] for row in rows for column in ("valid_from", "valid_to")}
    return sorted(date.fromisoformat(each) for each in found if each)


def _quiet(row: Row) -> Quiet:
    role = row.need("role")
    row.in_force(date.max)
    if role != ANYBODY:
        _check_role(row, role)
    try:
        return Quiet(role, time.fromisoformat(row.need("begins")), time.fromisoformat(row.need("ends")))
    except ValueError as problem:
        raise row.wrong(f"{problem}; write hours as 22:00") from problem


def said(ladders: Ladders) -> Mapping[str, str]:
    """Each line in short, by what it is about: what two editions are compared by."""
    found = {
        f"{row['ladder']}/{rung.level}/{row['valid_from']}": f"{row['offset']} {rung.action}: {row['roles']}{_end(row)}"
        for row, rung in ladders.lines
    }
    return found | {
        f"quiet/{each.role}/{row['valid_from']}": f"{row['begins']}-{row['ends']}{_end(row)}"
        for row, each in ladders.quiet
    }


def _end(row: Row) -> str:
    return f" until {row['valid_to']}" if row["valid_to"] else ""


def next_step(
    ladders: Ladders, ladder: str, climbed: int, started_at: datetime, due_at: datetime, calendar: Calendar
) -> datetime | None:
    """When the first step above the level that was climbed to is to be taken; None when there is none."""
    rung = ladders.next_rung(ladder, climbed, calendar.day_of(started_at))
    return rung.at(started_at, due_at, calendar) if rung else None


def tell_at(at: datetime, role: str, calendar: Calendar, ladders: Ladders) -> datetime:
    """When a person of this role is told of what happens at a time: at once, or when the quiet hours end."""
    quiet = ladders.quiet_hours(role, calendar.day_of(at))
    if quiet is None:
        return at
    local = at.astimezone(calendar.zone)
    over_midnight = quiet.ends < quiet.begins
    evening, morning = quiet.begins <= local.time(), local.time() < quiet.ends
    if not (evening or morning if over_midnight else evening and morning):
        return at
    day = local.date() + (DAY if over_midnight and evening else timedelta())
    return datetime.combine(day, quiet.ends, calendar.zone)
