# SPDX-License-Identifier: Apache-2.0
"""How urgent: one dated table of incident type x answers, and the one rule that reads it. Pure.

Which row decides, in this order:
1. the raising rows that are met and more urgent than the type's default: the most urgent of them;
2. else the lowering rows that are met and less urgent than the default: the most urgent of them;
3. else the default row of the type.
Equals: type before group before *, then the order of the file. So no answer undoes what another one raised.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from callbox.incidents.catalogue import (
    GROUPS,
    NO_SUCH_TYPE,
    ROOM,
    Answers,
    IncidentType,
    Questions,
    load_questions,
    load_types,
)
from callbox.kernel.errors import NotFound
from callbox.kernel.tables import Row, TableError, Words, read_table

EFFECTS = ("raise", "lower", "default")
MOST_URGENT, LEAST_URGENT = 1, 5


@dataclass(frozen=True, slots=True)
class PriorityRow:
    """One row: incidents in `scope` whose answers meet `when` may get this priority, because of `why`."""

    id: str
    scope: str
    when: tuple[tuple[str, str], ...]
    effect: str
    priority: int
    why: Words
    place: int

    def is_met(self, answers: Answers) -> bool:
        """Whether every answer the row asks for was given."""
        return all(answers.get(question) == answer for question, answer in self.when)

    @property
    def order(self) -> tuple[int, int, int]:
        """Most urgent first, then the narrower scope, then the order of the file."""
        return self.priority, _width(self.scope), self.place


@dataclass(frozen=True, slots=True)
class PriorityTable:
    """The rows in force on one day. `by_type` holds each type's default; `conditional` all others."""

    types: Mapping[str, IncidentType]
    by_type: Mapping[str, PriorityRow]
    conditional: Mapping[str, tuple[PriorityRow, ...]]


@dataclass(frozen=True, slots=True)
class PriorityDecision:
    """A priority, 1 (most urgent) to 5, and the row that decided it."""

    priority: int
    row: str
    because: Words


def _width(scope: str) -> int:
    return 2 if scope == "*" else 1 if scope.startswith("group:") else 0


def priority_for(type_code: str, answers: Answers, table: PriorityTable) -> PriorityDecision:
    """The priority of an incident of this type with these answers; answers no row asks about change nothing.

    Raises NotFound for a type the table does not know, and nothing else.
    """
    if type_code not in table.by_type:
        raise NotFound(NO_SUCH_TYPE, code=type_code)
    usual = table.by_type[type_code]
    met = [row for row in table.conditional[type_code] if row.is_met(answers)]
    raising = [row for row in met if row.effect == "raise" and row.priority < usual.priority]
    lowering = [row for row in met if row.effect == "lower" and row.priority > usual.priority]
    row = min(raising or lowering or [usual], key=lambda each: each.order)
    return PriorityDecision(row.priority, row.id, row.why)


@cache
def load_priorities(on: date) -> PriorityTable:
    """The table in force on a day; raises TableError naming the line, or the type without a default."""
    return build_table(read_table(ROOM, "priorities.tsv"), load_types(), load_questions(), on)


def build_table(
    rows: Iterable[Row], types: Mapping[str, IncidentType], questions: Questions, on: date
) -> PriorityTable:
    """The rows in force on a day, checked against types and questions; raises TableError."""
    inside = [_row(row, place, types, questions) for place, row in enumerate(rows) if row.in_force(on)]
    _check_once(inside, on)
    defaults = {row.scope: row for row in inside if row.effect == "default"}
    without = [code for code in types if code not in defaults]
    if without:
        raise TableError(f"priorities.tsv: no default row is in force on {on} for {', '.join(without)}")
    rest = [row for row in inside if row.effect != "default"]
    return PriorityTable(types, defaults, {kind.code: _rows_for(kind, rest) for kind in types.values()})


def _rows_for(kind: IncidentType, rows: Iterable[PriorityRow]) -> tuple[PriorityRow, ...]:
    scopes = {kind.code, f"group:{kind.group}", "*"}
    return tuple(row for row in rows if row.scope in scopes)


def _row(row: Row, place: int, types: Mapping[str, IncidentType], questions: Questions) -> PriorityRow:
    scope, effect = row.need("scope"), row.one_of("effect", EFFECTS)
    if scope not in {"*", *types, *(f"group:{group}" for group in GROUPS)}:
        raise row.wrong(f"scope {scope!r} is no type, no group:<group> and not *")
    when = tuple(_condition(row, part, questions) for part in row["when"].split("&") if part)
    if (effect == "default") != (not when and scope in types):
        raise row.wrong("a default row names a type and no condition; every other row has a condition")
    priority = row.whole("priority", MOST_URGENT, LEAST_URGENT)
    return PriorityRow(row.need("id"), scope, when, effect, priority, row.words(), place)


def _condition(row: Row, part: str, questions: Questions) -> tuple[str, str]:
    code, _equals, answer = part.partition("=")
    question = questions.by_code.get(code)
    if question is None:
        raise row.wrong(f"{code!r} is no question")
    if answer not in question.answers:
        raise row.wrong(f"{answer!r} is no answer to {code}; it offers {', '.join(question.answers)}")
    return code, answer


def _check_once(rows: Iterable[PriorityRow], on: date) -> None:
    ids: set[str] = set()
    for row in rows:
        if row.id in ids:
            raise TableError(f"priorities.tsv: row {row.id} is in force twice on {on}")
        ids.add(row.id)
