# SPDX-License-Identifier: Apache-2.0
"""From journal entries to the times that are measured. Pure.

A case is one round of one incident: reopening begins a new one, and the old one stays. It was received when its
first call was; each further call counts with its answer alone, and so does a call that became no incident. A time of
answering that was not recorded is not known. A milestone put right later counts as corrected. A unit withdrawn
counts as clear from then on. A stacked assignment counts as assigned from when it was given.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Any, Protocol
from uuid import UUID

from callbox.analysis.figures import CaseTimes, UnitTimes

ENDINGS = ("clear", "recall", "cancel", "divert")
COLUMN_OF = {"go": "en_route", "arrive": "on_scene", **dict.fromkeys(ENDINGS, "clear")}
CORRECTED = {"en_route_at": "en_route", "on_scene_at": "on_scene", "clear_at": "clear"}


class Entry(Protocol):
    """What is read of a journal entry."""

    @property
    def chain(self) -> UUID:
        """Whose entry it is."""

    @property
    def kind(self) -> str:
        """Kind of matter."""

    @property
    def move(self) -> str:
        """What was done."""

    @property
    def at(self) -> datetime:
        """When it was so."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What it says."""


@dataclass(slots=True)
class _Call:
    received: datetime
    answered: datetime | None = None
    incident: UUID | None = None


@dataclass(slots=True)
class _Incident:
    opened: list[datetime]
    priority: int | None = None
    merged_into: UUID | None = None
    rounds: list[list[UUID]] = field(default_factory=lambda: [[]])


class Story:
    """Reads entries in the order in which they were written, then tells the cases."""

    def __init__(self, agency_of: Mapping[str, str]) -> None:
        """agency_of: the kind of agency of each unit, by the unit's id."""
        self._agency_of = agency_of
        self._calls: dict[UUID, _Call] = {}
        self._incidents: dict[UUID, _Incident] = {}
        self._units: dict[UUID, UnitTimes] = {}

    def read(self, entries: Iterable[Entry]) -> None:
        """Take in entries of calls, incidents and assignments; a matter whose opening is not there is left out."""
        takers = {"call": self._call, "incident": self._incident, "assignment": self._assignment}
        for entry in entries:
            takers[entry.kind](entry)

    def _call(self, entry: Entry) -> None:
        if entry.move == "open":
            self._calls[entry.chain] = _Call(_moment(entry.facts["received_at"]))
        call = self._calls.get(entry.chain)
        if call is None:
            return
        if entry.move == "claim" and call.answered is None and entry.facts.get("recorded", True):
            call.answered = entry.at
        elif entry.move == "link":
            call.incident = UUID(entry.facts["incident"])

    def _incident(self, entry: Entry) -> None:
        if entry.move == "open":
            self._incidents[entry.chain] = _Incident([entry.at])
        incident = self._incidents.get(entry.chain)
        if incident is None:
            return
        if entry.move in ("classify", "reclassify"):
            incident.priority = entry.facts["priority"]
        elif entry.move == "merge":
            incident.merged_into = UUID(entry.facts["into"])
        elif entry.move == "reopen":
            incident.opened.append(entry.at)
            incident.rounds.append([])

    def _assignment(self, entry: Entry) -> None:
        if entry.move == "open":
            self._sent(entry)
        unit = self._units.get(entry.chain)
        if unit is None:
            return
        column, at = COLUMN_OF.get(entry.move), entry.at
        if entry.move == "correct":
            column, at = CORRECTED.get(entry.facts["milestone"]), _moment(entry.facts["now"])
        elif column and getattr(unit, column) is not None:
            return  # taken up again after it was stacked: the first time counts
        if column:
            self._units[entry.chain] = _stamped(unit, column, at)

    def _sent(self, entry: Entry) -> None:
        incident = self._incidents.get(UUID(entry.facts["incident"]))
        if incident is None:
            return
        name, agency = entry.facts["callsign"], self._agency_of.get(entry.facts["unit"], "")
        self._units[entry.chain] = UnitTimes(name, agency, entry.at, None, None, None)
        incident.rounds[-1].append(entry.chain)

    def cases(self, zone: tzinfo) -> Iterator[CaseTimes]:
        """Every case, with the hour of reception in this zone."""
        calls = self._calls_by_incident()
        for call in calls.pop(None, ()):
            yield CaseTimes(None, _hour(call.received, zone), call.received, call.answered, ())
        for key, incident in self._incidents.items():
            first, *others = calls.get(key, ()) or [_Call(incident.opened[0])]
            received = [first.received, *incident.opened[1:]]
            for place, (at, sent) in enumerate(zip(received, incident.rounds, strict=True)):
                answered = first.answered if place == 0 else None
                units = tuple(self._units[each] for each in sent)
                if incident.merged_into is None or units:
                    yield CaseTimes(incident.priority, _hour(at, zone), at, answered, units)
            for call in others:
                yield CaseTimes(
                    incident.priority, _hour(call.received, zone), call.received, call.answered, ()
                )

    def _calls_by_incident(self) -> dict[UUID | None, list[_Call]]:
        found: dict[UUID | None, list[_Call]] = {}
        for call in sorted(self._calls.values(), key=lambda each: each.received):
            key = call.incident
            while key in self._incidents and (into := self._incidents[key].merged_into):
                key = into
            found.setdefault(key, []).append(call)
        return found


def _stamped(unit: UnitTimes, column: str, at: datetime) -> UnitTimes:
    stamps: dict[str, Any] = {column: at}
    return replace(unit, **stamps)


def _hour(at: datetime, zone: tzinfo) -> int:
    return at.astimezone(zone).hour


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
