# SPDX-License-Identifier: Apache-2.0
"""Incidents of before there were tasks keep the keys of agencies whose units were sent. Part of the room's actions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from callbox.access.models import Agency
from callbox.coordination.domain import LEFT
from callbox.coordination.queries import key_of, takes_part
from callbox.incidents.actions import note_agency
from callbox.incidents.queries import incident_for
from callbox.kernel.actor import Actor
from callbox.matters.domain import Change
from callbox.matters.queries import hold

PORTION = 500
WITHOUT_TASK = """
SELECT m.id, a.id FROM matters_matter m JOIN access_agency a ON 'agency:' || a.id = ANY (m.scope)
WHERE m.kind = 'incident' AND NOT EXISTS (
  SELECT FROM coordination_task t WHERE t.incident_id = m.id AND t.agency_id = a.id AND t.state <> ALL (%s))
ORDER BY m.id, a.id LIMIT %s
"""


@transaction.atomic
def take_old_keys(*, by: Actor, at: datetime) -> int:
    """Take a portion of these keys out of the incidents' scopes, each with an entry in the journal; how many.

    by: a part of Callbox, which sees all incidents. Raises NotAllowed.
    """
    found = _without_task()
    hold(*(incident for incident, _agency in found))
    agencies = Agency.objects.in_bulk([agency for _incident, agency in found])
    return sum(_take(incident, agencies[agency], by, at) for incident, agency in found)


def _without_task() -> Sequence[tuple[UUID, UUID]]:
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_TASK, [list(LEFT), PORTION])
        return list(cursor.fetchall())


def _take(incident_id: UUID, agency: Agency, by: Actor, at: datetime) -> int:
    """Whether it was taken: somebody may have alerted the agency since it was looked up."""
    incident, key = incident_for(by, incident_id), key_of(agency)
    if key not in incident.matter.scope or takes_part(incident_id, agency.pk):
        return 0
    change = Change({"agency": agency.code, "why": "no_task"}, drop_scope=frozenset({key}))
    note_agency(incident, "leave", change, by=by, at=at)
    return 1
