# SPDX-License-Identifier: Apache-2.0
"""Plans: which agencies an incident of a level and type calls for, as a dated table. Part of the domain: pure.

The lines of one level and scope are one plan. A plan for the type goes before one for its group and that before `*`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from callbox.coordination.domain import LEVELS, Within, load_works, within_of
from callbox.kernel.tables import Row, TableError, parse_table

ANY, GROUP = "*", "group:"
YES = ("", "yes")
COLUMNS = (
    "valid_from", "valid_to", "level", "scope", "agency", "work", "lead", "mandatory", "accept", "arrive",
    "feed_back", "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One agency in a plan: what it is asked to do, in what time, and whether the incident waits for it."""

    level: int
    scope: str
    agency: str
    work: str
    lead: bool
    mandatory: bool
    within: Within
    since: date
    until: date | None

    def in_force(self, day: date) -> bool:
        """Whether it holds on this day."""
        return self.since <= day and (self.until is None or day < self.until)

    @property
    def key(self) -> str:
        """Which line it is, for whoever compares two editions."""
        return f"{LEVELS[self.level]} {self.scope} {self.agency} {self.work} {self.since}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The lines that one incident calls for, the leading agency's first."""

    scope: str
    lines: Sequence[Line]

    @property
    def lead(self) -> str:
        """The code of the agency that leads."""
        return self.lines[0].agency


@dataclass(frozen=True, slots=True)
class Plans:
    """All lines of an edition."""

    lines: tuple[Line, ...]

    @property
    def agencies(self) -> frozenset[str]:
        """The codes of all agencies that are named."""
        return frozenset(line.agency for line in self.lines)

    def plan_for(self, level: int, kind: str, group: str, day: date) -> Plan | None:
        """The plan for an incident of this level, type and group on this day."""
        held = [line for line in self.lines if line.level == level and line.in_force(day)]
        for scope in (kind, f"{GROUP}{group}", ANY):
            found = [line for line in held if line.scope == scope]
            if found:
                return Plan(scope, sorted(found, key=lambda line: not line.lead))
        return None


def parse_plans(text: str) -> Plans:
    """Plans from their table. Raises TableError, also where a plan has no lead or two on some day."""
    plans = Plans(tuple(_lines(text)))
    _check_leads(plans.lines)
    return plans


def _lines(text: str) -> Iterator[Line]:
    for row in parse_table(text, "plans.tsv"):
        missing = [name for name in COLUMNS if name not in row.cells]
        if missing:
            raise row.wrong(f"columns are missing: {', '.join(missing)}")
        yield _line(row)


def _line(row: Row) -> Line:
    roman = row.one_of("level", LEVELS.values())
    row.in_force(date.min)  # it checks the dates
    return Line(
        level=next(number for number, name in LEVELS.items() if name == roman),
        scope=row.need("scope"),
        agency=row.need("agency"),
        work=row.one_of("work", load_works()),
        lead=bool(row.one_of("lead", YES)),
        mandatory=bool(row.one_of("mandatory", YES)),
        within=within_of(row),
        since=date.fromisoformat(row["valid_from"]),
        until=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    )


def _check_leads(lines: Sequence[Line]) -> None:
    """On each day on which some line of a plan begins, and holds, exactly one leads and none stands there twice."""

    def plan(line: Line) -> tuple[int, str]:
        return line.level, line.scope

    for (level, scope), found in groupby(sorted(lines, key=plan), plan):
        several = list(found)
        for day in {line.since for line in several} | {line.until for line in several if line.until}:
            held = [line for line in several if line.in_force(day)]
            named = f"plans.tsv: the plan {LEVELS[level]} {scope} on {day}"
            if held and sum(line.lead for line in held) != 1:
                raise TableError(f"{named} must name one lead")
            if len({(line.agency, line.work) for line in held}) < len(held):
                raise TableError(f"{named} asks one agency for the same twice")


def changes(was: Plans, now: Plans) -> list[tuple[str, str]]:
    """What differs: (`new`, `gone` or `altered`, which line), by line."""
    before: Mapping[str, Line] = {line.key: line for line in was.lines}
    after: Mapping[str, Line] = {line.key: line for line in now.lines}
    found = [("new", key) for key in after.keys() - before.keys()]
    found += [("gone", key) for key in before.keys() - after.keys()]
    found += [("altered", key) for key in after.keys() & before.keys() if before[key] != after[key]]
    return sorted(found, key=lambda change: (change[1], change[0]))
