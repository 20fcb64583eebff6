# SPDX-License-Identifier: Apache-2.0
"""Recorded calls as steps in the one order in which they are played again. Pure.

The stamps `transport` and `hospital` have no milestone in Callbox: they are read, and not played.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid5

from callbox.analysis.sffd import CallRow, UnitRow
from callbox.analysis.sffd_events import Event, events_of

NAMESPACE = UUID("5f5d0a52-5a0e-4bb4-8d86-91f2c35a77c6")
NOT_PLAYED = ("transport", "hospital")


@dataclass(frozen=True, slots=True)
class Step:
    """One event of one call. turn: how many steps of the same unit come before it, over all calls."""

    at: datetime
    kind: str
    call: CallRow
    row: UnitRow | None
    turn: int = 0


@dataclass(slots=True)
class Played:
    """What came of it. refused: call, line of the file (0 for the call itself) and the reason."""

    steps: int = 0
    stacked: int = 0
    refused: list[tuple[str, int, str]] = field(default_factory=list)


def steps_of(calls: Sequence[CallRow]) -> list[Step]:
    """Every step of all calls, in order of time.

    At the same second what ends something older comes first, so that a unit which was cleared and sent again
    in one second is free; and a call is closed last.
    """
    found = [(_order(place, event, row), Step(event.at, event.kind, calls[place], row))
             for place in range(len(calls)) for event, row in _events(calls[place])]  # fmt: skip
    found.sort(key=lambda each: each[0])
    turns: dict[str, int] = defaultdict(int)
    return [_with_turn(step, turns) for _order_of_it, step in found]


def _events(call: CallRow) -> Iterator[tuple[Event, UnitRow | None]]:
    rows = {row.unit: row for row in call.units}
    for event in events_of(call):
        if event.kind not in NOT_PLAYED:
            yield event, rows.get(event.unit)


def _order(place: int, event: Event, row: UnitRow | None) -> tuple[datetime, int, int]:
    if row is None:
        return event.at, 2 if event.kind == "closed" else 0, place
    return event.at, 0 if row.assigned < event.at else 1, place


def _with_turn(step: Step, turns: dict[str, int]) -> Step:
    if step.row is None:
        return step
    turn = turns[step.row.unit]
    turns[step.row.unit] += 1
    return replace(step, turn=turn)


def ending_of(row: UnitRow) -> str:
    """How an assignment ended: `clear`, or withdrawn: `recall` from the way there, `cancel` before it went."""
    if row.on_scene or row.transport or row.hospital:
        return "clear"
    return "recall" if row.en_route else "cancel"


def call_id(call: CallRow) -> UUID:
    """The id under which a recorded call is played."""
    return uuid5(NAMESPACE, f"call/{call.number}")


def incident_id(call: CallRow) -> UUID:
    """The id of the incident that it becomes."""
    return uuid5(NAMESPACE, f"incident/{call.number}")


def assignment_id(call: CallRow, row: UnitRow) -> UUID:
    """The id of one unit's assignment to it."""
    return uuid5(NAMESPACE, f"assignment/{call.number}/{row.unit}")
