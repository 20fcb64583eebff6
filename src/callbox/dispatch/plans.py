# SPDX-License-Identifier: Apache-2.0
"""What to send: response plans as one dated table, and the one rule that reads it. Pure.

Of the rows that fit, the highest alarm level not above the one asked for decides; then a type before a group
before *; then a named area before *; then the narrower range of priorities; then the order of the file.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from callbox.kernel.tables import Row, TableError, Words, read_table

ROOM = "callbox.dispatch"
ALARM_LEVELS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Capability:
    """What a unit can do. `agency`: the kind of agency that usually has it."""

    code: str
    agency: str
    name: Words


@dataclass(frozen=True, slots=True)
class Requirement:
    """How many units with a capability."""

    capability: str
    count: int


@dataclass(frozen=True, slots=True)
class ResponsePlan:
    """What is needed, most important first: the whole strength of its alarm level. `row` decided it."""

    requirements: tuple[Requirement, ...]
    row: str


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One row of the table: the plan, and the incidents it is meant for. Priorities include both ends."""

    id: str
    scope: str
    most_urgent: int
    least_urgent: int
    area: str
    alarm: int
    requirements: tuple[Requirement, ...]
    place: int

    def fits(self, scopes: Collection[str], priority: int, areas: Collection[str], alarm: int) -> bool:
        """Whether the row may decide about such an incident."""
        return (
            self.scope in scopes
            and self.most_urgent <= priority <= self.least_urgent
            and (self.area == "*" or self.area in areas)
            and self.alarm <= alarm
        )

    @property
    def order(self) -> tuple[int, int, bool, int, int]:
        """The most specific row sorts first."""
        width = 2 if self.scope == "*" else 1 if self.scope.startswith("group:") else 0
        return -self.alarm, width, self.area == "*", self.least_urgent - self.most_urgent, self.place


def plan_for(
    type_code: str,
    group: str,
    priority: int,
    area_ids: Collection[str],
    alarm_level: int,
    table: Iterable[PlanRow],
) -> ResponsePlan:
    """The plan for an incident: the most specific row decides. `area_ids`: codes of the areas around it.

    A loaded table answers for every priority and alarm level; raises TableError where a table has no row.
    """
    scopes = {type_code, f"group:{group}", "*"}
    fitting = [row for row in table if row.fits(scopes, priority, area_ids, alarm_level)]
    if not fitting:
        wanted = f"{type_code} ({group}), priority {priority}, alarm {alarm_level}"
        raise TableError(f"plans.tsv: no row fits {wanted}")
    row = min(fitting, key=lambda each: each.order)
    return ResponsePlan(row.requirements, row.id)


@cache
def load_capabilities() -> Mapping[str, Capability]:
    """All capabilities by code, in the order of the file; raises TableError."""
    rows = read_table(ROOM, "capabilities.tsv")
    return {row.need("code"): Capability(row["code"], row.need("agency"), row.words()) for row in rows}


@cache
def load_plans(on: date) -> tuple[PlanRow, ...]:
    """The plans in force on a day; raises TableError naming the line, or the priority without a plan."""
    return build_plans(read_table(ROOM, "plans.tsv"), load_capabilities(), on)


def build_plans(rows: Iterable[Row], known: Collection[str], on: date) -> tuple[PlanRow, ...]:
    """The rows in force on a day, checked against the known capabilities; raises TableError."""
    table = tuple(_row(row, place, known) for place, row in enumerate(rows) if row.in_force(on))
    if len({row.id for row in table}) != len(table):
        raise TableError(f"plans.tsv: an id is in force twice on {on}")
    for priority in range(1, 6):
        if not any(row.fits({"*"}, priority, (), 1) for row in table):
            raise TableError(f"plans.tsv: no row with scope * and area * covers priority {priority} on {on}")
    return table


def _row(row: Row, place: int, known: Collection[str]) -> PlanRow:
    first, last = priorities_of(row)
    return PlanRow(
        id=row.need("id"),
        scope=row.need("scope"),
        most_urgent=first,
        least_urgent=last,
        area=row.need("area"),
        alarm=row.whole("alarm", 1, ALARM_LEVELS[-1]),
        requirements=tuple(_requirement(row, part, known) for part in row.need("needs").split()),
        place=place,
    )


def priorities_of(row: Row) -> tuple[int, int]:
    """The range a cell such as `2` or `1-3` names, both ends in it; raises TableError."""
    first, _dash, last = row.need("priorities").partition("-")
    if not (first.isdecimal() and (last or first).isdecimal() and 1 <= int(first) <= int(last or first) <= 5):
        raise row.wrong(f"priorities is {row['priorities']!r}, expected one of 1 to 5 or a range such as 1-3")
    return int(first), int(last or first)


def _requirement(row: Row, part: str, known: Collection[str]) -> Requirement:
    capability, _colon, count = part.partition(":")
    if capability not in known:
        raise row.wrong(f"{capability!r} is no capability; known are {', '.join(known)}")
    if not count.isdecimal() or int(count) < 1:
        raise row.wrong(f"{part!r} should read capability:count with a count of 1 or more")
    return Requirement(capability, int(count))
