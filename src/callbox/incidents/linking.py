# SPDX-License-Identifier: Apache-2.0
"""Steps that touch an incident and something else: both, or neither. Part of the actions."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from callbox.incidents import queries
from callbox.incidents.actions import Kind, Where, add_call, classify_incident, open_incident
from callbox.incidents.models import Incident
from callbox.intake.actions import link_call
from callbox.intake.queries import call_for
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict
from callbox.kernel.text import gettext_noop as _
from callbox.matters.actions import waive_part
from callbox.matters.domain import Moved
from callbox.matters.queries import hold


@transaction.atomic
def open_for_call(
    where: Where,
    kind: Kind | None = None,
    *,
    call: UUID | None = None,
    scope: Iterable[str] = (),
    incident_id: UUID | None = None,
    by: Actor,
    at: datetime,
) -> Incident:
    """Open an incident, classify it when its kind is known, and link the call that told of it.

    scope: keys of those who see it beside the desks. Raises what each of the three raises, and Conflict when the
    call has an incident already; nothing is done then.
    """
    if call is not None:
        _check_free(call, by)
    incident = open_incident(where, call=call, scope=scope, incident_id=incident_id, by=by, at=at)
    if call is not None:
        link_call(call, incident.matter_id, by=by, at=at)
    if kind is not None:
        classify_incident(incident.matter_id, kind, by=by, at=at)
    return queries.incident_for(by, incident.matter_id)


@transaction.atomic
def link_call_to_incident(call: UUID, incident_id: UUID, *, by: Actor, at: datetime) -> Moved:
    """The call tells of an incident that is open already. What the call did."""
    hold(incident_id, call)
    _check_free(call, by)
    add_call(incident_id, call, by=by, at=at)
    return link_call(call, incident_id, by=by, at=at)


@transaction.atomic
def waive_incident_part(incident_id: UUID, part: UUID, reason: str, *, by: Actor, at: datetime) -> None:
    """Let an incident close without one of its parts. Raises Conflict when it is waived already."""
    waive_part(queries.incident_for(by, incident_id).matter, part, reason, by=by, at=at)


def _check_free(call: UUID, by: Actor) -> None:
    if call_for(by, call).incident_id is not None:
        raise Conflict(_("This call belongs to an incident already."))
