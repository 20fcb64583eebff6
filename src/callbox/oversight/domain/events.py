# SPDX-License-Identifier: Apache-2.0
"""The event log: what happened in a case, when, to which objects. The shape is OCEL 2.0's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

MINUTE = timedelta(minutes=1)
EARLIEST = datetime.min.replace(tzinfo=UTC)

type Value = str | Decimal | datetime | tuple[str, ...]

# The kinds of objects that have a history. Officers are none of them, and may not become one: oversight judges
# acts and cases. `person` is whoever a measure is laid on, by the number that the case gives them.
OBJECTS = (
    "case",
    "person",
    "item",
    "place",
    "dossier",
    "visit",
    "call",
    "report",
    "interview",
    "complaint",
    "document",
    # Callbox's own matters, so that its own promises are under watch too.
    "incident",
    "request",
    "task",
    "finding",
    # Approvals of one moment: a batch lasts a minute, and its id says neither whose it is nor which one came before.
    "batch",
)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    happened: aware; None where the log does not say. recorded: when it was written down. seq: the order among events
    of one moment, as dates without hours have it. objects: (kind, id). values: what the event itself says.
    qualifiers: what each of the objects is to the event, in their order; empty where nothing is said of them.
    """

    id: str
    activity: str
    happened: datetime | None
    recorded: datetime | None = None
    seq: int = 0
    objects: tuple[tuple[str, str], ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    qualifiers: tuple[str, ...] = ()

    def linked(self) -> tuple[tuple[str, str, str], ...]:
        """Each object as (kind, id, qualifier)."""
        words = self.qualifiers or ("",) * len(self.objects)
        return tuple((*each, word) for each, word in zip(self.objects, words, strict=True))


@dataclass(frozen=True, slots=True)
class Link:
    """That one object has to do with another: this dossier is of that case. Each end is (kind, id)."""

    one: tuple[str, str]
    other: tuple[str, str]
    qualifier: str = ""


def recorded_after(happened: datetime | None, recorded: datetime | None) -> dict[str, Value]:
    """The value `recorded_after`: how many minutes, begun ones whole, lie between an act and its record."""
    if happened is None or recorded is None:
        return {}
    return {"recorded_after": Decimal(-((happened - recorded) // MINUTE))}


@dataclass(frozen=True, slots=True)
class History:
    """All that is known of one object, in order: by moment, then seq, then id; without a moment last."""

    kind: str
    key: str
    events: tuple[Event, ...]

    def until(self, as_of: datetime) -> "History":
        """What had happened by then. What has no moment stays: it may have."""
        kept = (each for each in self.events if each.happened is None or each.happened <= as_of)
        return History(self.kind, self.key, tuple(kept))


def history(kind: str, key: str, events: Iterable[Event]) -> History:
    """The history of one object, whatever the order of arrival; an event that came twice counts once."""
    known = {each.id: each for each in events}
    return History(kind, key, tuple(sorted(known.values(), key=_place)))


def histories(kind: str, events: Iterable[Event]) -> dict[str, History]:
    """The history of each object of a kind, by its id."""
    found: dict[str, list[Event]] = {}
    for event in events:
        for of, key in event.objects:
            if of == kind:
                found.setdefault(key, []).append(event)
    return {key: history(kind, key, each) for key, each in found.items()}


def _place(event: Event) -> tuple[bool, datetime, int, str]:
    return event.happened is None, event.happened or EARLIEST, event.seq, event.id
