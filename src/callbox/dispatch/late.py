# SPDX-License-Identifier: Apache-2.0
"""What is late and what soon will be, with the reason in words."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext
from ninja import Schema
from pydantic import Field

from callbox.dispatch.domain import ASSIGNMENT
from callbox.dispatch.queries import callsigns_of
from callbox.incidents import domain as incidents
from callbox.incidents.queries import numbers_of
from callbox.intake import domain as intake
from callbox.kernel.actor import Actor
from callbox.kernel.text import gettext_noop as _
from callbox.matters.models import Clock
from callbox.matters.queries import clocks_due_before

REASONS = {
    (intake.KIND, intake.ANSWER_CLOCK): _("Call not answered within %(seconds)s s"),
    (incidents.KIND, incidents.DISPATCH_CLOCK): _("Incident %(number)s: no unit sent within %(seconds)s s"),
    (incidents.KIND, incidents.ARRIVAL_CLOCK): _("Incident %(number)s: nobody there within %(seconds)s s"),
    (ASSIGNMENT, "acknowledge"): _("%(callsign)s: incident %(number)s not acknowledged within %(seconds)s s"),
}
OTHER = _("Promise “%(clock)s” of %(seconds)s s not kept")


class LateRow(Schema):
    """One promise that is late (`fired_at` set, or due already) or soon will be."""

    matter: UUID
    kind: str
    state: str
    clock: str
    started_at: datetime
    due_at: datetime
    fired_at: datetime | None
    late: bool
    incident: UUID | None
    incident_number: int | None
    unit: UUID | None
    callsign: str | None
    reason_text: str


class LateShown(Schema):
    """Late ones first, each list by due time."""

    position: str
    server_time: datetime
    late: list[LateRow]
    soon: list[LateRow] = Field(description="due within the seconds asked for")


def late_rows(actor: Actor, at: datetime, within: timedelta) -> list[dict[str, object]]:
    """The running clocks that have fired, or are due until then, of matters the actor may see; by due time."""
    actor.require("late.see")
    clocks = [
        clock
        for clock in clocks_due_before(at + within)
        if actor.may(f"{clock.matter.kind}.see", clock.matter.scope)
    ]
    return _rows(clocks, at)


def _rows(clocks: Iterable[Clock], at: datetime) -> list[dict[str, object]]:
    shown = list(clocks)
    sent = callsigns_of([each.matter_id for each in shown if each.matter.kind == ASSIGNMENT])
    about = {each.matter_id: each.matter_id for each in shown if each.matter.kind == incidents.KIND}
    about |= {assignment: incident for assignment, (incident, _unit, _sign) in sent.items()}
    numbers = numbers_of(about.values())
    return [_row(each, about, numbers, sent, at) for each in shown]


def _row(
    clock: Clock,
    about: dict[UUID, UUID],
    numbers: dict[UUID, int],
    sent: dict[UUID, tuple[UUID, UUID, str]],
    at: datetime,
) -> dict[str, object]:
    incident = about.get(clock.matter_id)
    _incident, unit, callsign = sent.get(clock.matter_id, (None, None, None))
    said = {
        "clock": clock.name,
        "seconds": round((clock.due_at - clock.started_at).total_seconds()),
        "number": numbers.get(incident) if incident else None,
        "callsign": callsign,
    }
    return {
        "matter": clock.matter_id,
        "kind": clock.matter.kind,
        "state": clock.matter.state,
        "clock": clock.name,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "fired_at": clock.fired_at,
        "late": clock.fired_at is not None or clock.due_at <= at,
        "incident": incident,
        "incident_number": said["number"],
        "unit": unit,
        "callsign": callsign,
        "reason_text": gettext(REASONS.get((clock.matter.kind, clock.name), OTHER)) % said,
    }
