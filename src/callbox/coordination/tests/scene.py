# SPDX-License-Identifier: Apache-2.0
"""A town with four agencies, somebody at the desk of each, and an incident to which they are called."""

from typing import Any
from uuid import UUID

from tests.world import AT, SETUP, dispatcher, incident, someone

from callbox.access.actions import agency_id, define_agency
from callbox.coordination.actions import apply_plan
from callbox.coordination.models import Task
from callbox.kernel.actor import Actor
from callbox.messages.actions import set_reach

AGENCIES = ("fire", "ems", "police", "city")
ABSENT = "water"


def town() -> None:
    """The agencies of the plans that come with Callbox, and one more; each but the last can be reached."""
    for code in (*AGENCIES, ABSENT):
        define_agency(code, code.title(), code, "city", by=SETUP, at=AT)
    for code in AGENCIES:
        set_reach(f"agency:{agency_id(code)}", "email", f"{code}@city.example", "en", by=SETUP, at=AT)


def desk_of(code: str, name: str = "") -> Actor:
    """Somebody at an agency's desk."""
    return someone("agency_desk", f"agency:{agency_id(code)}", name=f"{code}{name}")


def fire(level: int = 2) -> Any:
    """A building on fire to which the agencies of this level were called."""
    found = incident()
    apply_plan(found.pk, level, by=dispatcher(), at=AT)
    found.matter.refresh_from_db()
    return found


def task_of(incident_id: UUID, code: str, work: str = "") -> Task:
    """The task of an agency as it is now: the first alerted, or that of this work."""
    rows = Task.objects.select_related("matter", "agency").filter(incident=incident_id, agency__code=code)
    found = rows.filter(work=work) if work else rows
    row = found.order_by("alerted_at", "pk").first()
    assert row is not None
    return row
