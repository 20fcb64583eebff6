# SPDX-License-Identifier: Apache-2.0
"""Calls as screens get them: no personal data."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from callbox.access.sealing import cannot_read
from callbox.intake.domain import Told, rank_of
from callbox.intake.models import Call
from callbox.kernel.actor import Actor
from callbox.kernel.text import gettext_noop as _
from callbox.matters.models import Clock
from callbox.matters.queries import running_clocks

OUTCOME_NAMES = {
    "incident": _("Became or joined an incident"),
    "request": _("Became a request"),
    "information": _("Information given"),
    "no_help_needed": _("No help needed"),
    "silent": _("Silent call"),
    "test": _("Test call"),
    "misuse": _("Misuse"),
    "handed_over": _("Handed over"),
    "not_reached": _("Not reached on ringing back"),
}


class ClockRow(Schema):
    """A promise that runs, or was not kept in time (`fired_at`)."""

    name: str
    started_at: datetime
    due_at: datetime
    fired_at: datetime | None


class CallRow(Schema):
    """A call without who called. `mine`: the asker has it in hand. `rank`: whose turn it is, the lower first."""

    id: UUID
    state: str
    version: int
    channel: str
    lane: str
    rank: int
    received_at: datetime
    readable: bool
    owner: str
    mine: bool
    outcome: str
    incident_id: UUID | None
    incident_number: int | None
    clocks: list[ClockRow]


class CallerShown(Schema):
    """Who called and what they said: personal, each read is noted."""

    name: str
    number: str
    words: str
    place: str
    lon: float | None
    lat: float | None
    type_hint: str
    retain_until: datetime = Field(description="the row is erased after this time")
    unreadable: str = Field(description="empty, or why it cannot be read: key_gone, damaged")


def clock_rows(clocks: Iterable[Clock]) -> list[dict[str, object]]:
    """Clocks as rows."""
    return [
        {"name": c.name, "started_at": c.started_at, "due_at": c.due_at, "fired_at": c.fired_at}
        for c in clocks
    ]


def call_rows(actor: Actor, calls: Iterable[Call], numbers: Mapping[UUID, int]) -> list[dict[str, object]]:
    """Calls as rows, in their order. numbers: of the incidents, by id. One query, however many calls."""
    shown = list(calls)
    clocks = running_clocks([call.matter_id for call in shown])
    return [_row(actor, call, clocks[call.matter_id], numbers) for call in shown]


def _row(actor: Actor, call: Call, clocks: Iterable[Clock], numbers: Mapping[UUID, int]) -> dict[str, object]:
    matter, incident = call.matter, call.incident_id
    return {
        "id": call.matter_id,
        "state": matter.state,
        "version": matter.version,
        "channel": call.channel,
        "lane": call.lane,
        "rank": rank_of(call.lane, call.channel),
        "received_at": call.received_at,
        "readable": call.readable,
        "owner": matter.owner,
        "mine": matter.owner == actor.id,
        "outcome": call.outcome,
        "incident_id": incident,
        "incident_number": numbers.get(incident) if incident else None,
        "clocks": clock_rows(clocks),
    }


def caller_row(caller: Told) -> dict[str, object]:
    """Who called. Whoever hands this out has noted the read. What cannot be read says so in place of the words."""
    row = {name: getattr(caller, name) for name in CallerShown.model_fields}
    return row | {"words": cannot_read(caller.unreadable)} if caller.unreadable else row
