# SPDX-License-Identifier: Apache-2.0
"""Incidents as screens get them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import get_language
from ninja import Schema

from callbox.incidents import queries
from callbox.incidents.catalogue import load_types
from callbox.incidents.models import Incident
from callbox.incidents.personal import PlaceTold, RemarkTold
from callbox.intake.models import Call
from callbox.intake.rows import ClockRow, call_rows, clock_rows
from callbox.journal.domain import Written
from callbox.kernel.actor import Actor
from callbox.matters.models import Clock
from callbox.matters.queries import running_clocks

BOARD = "board"


class PlaceShown(Schema):
    """Where it is (WGS84) and its address. Personal: each read is noted."""

    lon: float | None
    lat: float | None
    address: str


class IncidentRow(Schema):
    """An incident on a board. `place` is null for a sensitive one. `type` is empty while not classified."""

    id: UUID
    number: int
    state: str
    version: int
    round: int
    type: str
    type_name: str
    group: str
    priority: int | None
    alarm_level: int
    sensitive: bool
    safety_alarm: bool
    area_ids: list[str]
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    call_count: int
    clocks: list[ClockRow]
    place: PlaceShown | None
    disposition: str
    merged_into: UUID | None


class RemarkRow(Schema):
    """One running remark. Personal."""

    id: UUID
    by: str
    by_name: str
    at: datetime
    text: str


class HistoryRow(Schema):
    """One journal entry: `at` when it was so, `recorded_at` when it was written."""

    number: int
    move: str
    was: str
    becomes: str
    actor: str
    actor_name: str
    role: str
    at: datetime
    recorded_at: datetime
    facts: dict[str, object]


def incident_rows(actor: Actor, incidents: Iterable[Incident], at: datetime) -> list[dict[str, object]]:
    """Incidents as rows, in their order, each with its place if the actor may see it; that read is noted.

    The number of queries does not grow with the incidents.
    """
    shown = list(incidents)
    ids = [incident.matter_id for incident in shown]
    clocks, counts = running_clocks(ids), queries.call_counts(ids)
    places = queries.places_for(actor, shown, purpose=BOARD, at=at)
    return [_row(i, clocks[i.matter_id], counts.get(i.matter_id, 0), places.get(i.matter_id)) for i in shown]


def incident_row(actor: Actor, incident_id: UUID, at: datetime) -> dict[str, object]:
    """One incident as a row. Raises NotFound."""
    return incident_rows(actor, [queries.incident_for(actor, incident_id)], at)[0]


def _row(
    incident: Incident, clocks: Iterable[Clock], calls: int, place: PlaceTold | None
) -> dict[str, object]:
    matter = incident.matter
    kind = load_types().get(incident.type)
    return {
        "id": matter.id,
        "number": incident.number,
        "state": matter.state,
        "version": matter.version,
        "round": matter.round,
        "type": incident.type,
        "type_name": kind.name.in_language(get_language() or "en") if kind else "",
        "group": kind.group if kind else "",
        "priority": incident.priority,
        "alarm_level": incident.alarm_level,
        "sensitive": incident.sensitive,
        "safety_alarm": incident.safety_alarm,
        "area_ids": incident.area_ids,
        "opened_at": matter.opened_at,
        "changed_at": matter.changed_at,
        "closed_at": matter.closed_at,
        "call_count": calls,
        "clocks": clock_rows(clocks),
        "place": {"lon": place.lon, "lat": place.lat, "address": place.address} if place else None,
        "disposition": incident.disposition,
        "merged_into": incident.merged_into,
    }


def linked_call_rows(actor: Actor, calls: Iterable[Call]) -> list[dict[str, object]]:
    """Calls as rows with the numbers of their incidents. Two queries, however many calls."""
    shown = list(calls)
    return call_rows(actor, shown, queries.numbers_of([c.incident_id for c in shown if c.incident_id]))


def remark_rows(remarks: Iterable[RemarkTold], names: Mapping[str, str]) -> list[dict[str, object]]:
    """Remarks as rows. names: of those who act, by id. Whoever hands this out has noted the read."""
    return [
        {"id": r.id, "by": r.by, "by_name": names.get(r.by, r.by), "at": r.at, "text": r.text}
        for r in remarks
    ]


def history_rows(entries: Iterable[Written], names: Mapping[str, str]) -> list[dict[str, object]]:
    """Journal entries as rows. names: of those who act, by id."""
    plain = ("number", "move", "was", "becomes", "actor", "role", "at", "recorded_at", "facts")
    return [
        {name: getattr(entry, name) for name in plain} | {"actor_name": names.get(entry.actor, entry.actor)}
        for entry in entries
    ]
