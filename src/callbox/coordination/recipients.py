# SPDX-License-Identifier: Apache-2.0
"""Whom a step of a ladder of this room is told to: an agency's first contact, its second one, the lead."""

from datetime import datetime

from callbox.access.domain import SUPERVISOR
from callbox.access.models import Agency
from callbox.access.queries import people_with_key, people_with_role
from callbox.coordination.models import Response, Task
from callbox.coordination.queries import key_of
from callbox.matters.models import Matter
from callbox.messages.queries import reaches_of

FIRST, SECOND, LEAD = "first", "second", "lead"
NAMES = (FIRST, SECOND, LEAD, SUPERVISOR)  # what ladders may say of this room


def second_contact(agency: Agency) -> str:
    """The holder of the address that is tried when the first contact does not answer."""
    return f"{key_of(agency)}/second"


def first_contact(agency: Agency, at: datetime) -> list[str]:
    """The agency's own address, else its people."""
    key = key_of(agency)
    return [key] if reaches_of([key]) else [f"person:{each}" for each in people_with_key(key, at)]


def holders(name: str, matter: Matter, at: datetime) -> list[str]:
    """The holders of addresses that this name of a ladder stands for, for one task. Part of Callbox alone asks."""
    if name == SUPERVISOR:
        return [f"person:{each}" for each in people_with_role(SUPERVISOR, at)]
    task = Task.objects.select_related("agency").get(matter=matter)
    if name == SECOND:
        second = second_contact(task.agency)
        return [second] if reaches_of([second]) else first_contact(task.agency, at)
    if name == LEAD:
        lead = Response.objects.select_related("lead").get(incident_id=task.incident_id).lead
        return first_contact(lead, at)
    return first_contact(task.agency, at)
