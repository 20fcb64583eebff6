# SPDX-License-Identifier: Apache-2.0
"""A file of SFFD calls as what happened, in the calls' own time: what a replay plays. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from callbox.analysis.sffd import MILESTONES, CallRow

_ORDER = {kind: place for place, kind in enumerate(("received", "entered", *MILESTONES))}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a call's own time; `unit` is empty for what happened to the call itself.

    kind: `received`, `entered` (the call-taker had it in), then per unit those of `MILESTONES`, then
    `closed`.
    """

    at: datetime
    kind: str
    unit: str


def events_of(call: CallRow) -> list[Event]:
    """All that happened on a call, in order; at the same second in the order it must have happened.

    `closed` comes with the last unit's `clear`, or with `entered` where no unit's row was usable.
    """
    events = [Event(call.received, "received", ""), Event(call.entered, "entered", "")]
    for unit in call.units:
        steps = ((kind, getattr(unit, kind)) for kind in MILESTONES)
        events += [Event(at, kind, unit.unit) for kind, at in steps if at is not None]
    events.sort(key=lambda event: (event.at, _ORDER[event.kind], event.unit))
    return [*events, Event(max(event.at for event in events), "closed", "")]


@dataclass(frozen=True, slots=True)
class Overlap:
    """A unit assigned to `second` before it was clear of `first`: in a replay the second is stacked."""

    unit: str
    first: str
    second: str
    assigned: datetime
    first_clear: datetime


def overlaps_in(calls: Iterable[CallRow]) -> list[Overlap]:
    """Every assignment that began while its unit still had another, by unit and time.

    In the fortnight of April 2020 there are 17; 16 if each is compared only with the one just before it.
    """
    spans: dict[str, list[tuple[datetime, datetime, str]]] = {}
    for call in calls:
        for row in call.units:
            spans.setdefault(row.unit, []).append((row.assigned, row.clear, call.number))
    found = []
    for unit, held in sorted(spans.items()):
        busy = ("", datetime.min.replace(tzinfo=UTC))
        for assigned, clear, number in sorted(held):
            if assigned < busy[1]:
                found.append(Overlap(unit, busy[0], number, assigned, busy[1]))
            busy = max(busy, (number, clear), key=lambda each: each[1])
    return found
