# SPDX-License-Identifier: Apache-2.0
"""A resident asks who has read their data: the answer, and that it was asked for. Part of the room's actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from callbox.access.actions import NAMESPACE
from callbox.access.models import PersonalRead
from callbox.access.queries import reads_of, staff_with
from callbox.access.seeing import seeing_everything
from callbox.incidents.models import Incident, IncidentCall
from callbox.journal.actions import append
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound
from callbox.kernel.text import gettext_noop as _

READS = "reads.see"
INCIDENT, CALL = "incident", "call"


@dataclass(frozen=True, slots=True)
class Read:
    """One read: when, of what (`incident` or `call`), for what purpose, by which role of which agency, and by whom.

    name and agency are empty for a part of Callbox, and for somebody who is not known any more.
    """

    at: datetime
    subject: str
    purpose: str
    role: str
    agency: str
    name: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Who has read the personal data of an incident and its calls, or of a call. number: None for a call alone."""

    number: int | None
    reads: Sequence[Read]


@transaction.atomic
def ask_who_read(asked: str, *, by: Actor, at: datetime) -> Answer:
    """Answer for an incident's number or a call's id; that it was asked is journalled. Raises NotAllowed, NotFound."""
    role = by.require(READS)
    with seeing_everything():
        number, incident, calls = _meant(asked.strip())
    subjects = [(INCIDENT, incident)] if incident else []
    subjects += [(CALL, call) for call in calls]
    found = sorted((read for each in subjects for read in reads_of(by, *each)), key=lambda read: read.at)
    of = incident or calls[0]
    facts = {"of": of, "reads": len(found)}
    append(uuid5(NAMESPACE, f"reads/{of}"), "reads", "ask", facts=facts, actor=by.id, role=role, at=at)
    return Answer(number, _named(found))


def _meant(asked: str) -> tuple[int | None, UUID | None, list[UUID]]:
    """The incident's number and id, and the calls. Raises NotFound."""
    incident = None
    if asked.isascii() and asked.isdigit() and len(asked) < 19:
        incident = Incident.objects.filter(number=int(asked)).first()
    elif link := IncidentCall.objects.filter(call=_uuid(asked)).select_related("incident").first():
        incident = link.incident
    if incident is not None:
        calls = IncidentCall.objects.filter(incident=incident).values_list("call", flat=True)
        return incident.number, incident.pk, list(calls)
    if asked.isascii() and asked.isdigit():
        raise NotFound(_("There is no incident of this number."))
    return None, None, [_uuid(asked)]


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(_("Write the incident's number, or the id of the call.")) from None


def _named(reads: Sequence[PersonalRead]) -> list[Read]:
    known = staff_with({read.actor for read in reads})
    return [
        Read(read.at, read.subject, read.purpose, read.role, *known.get(read.actor, ("", "")))
        for read in reads
    ]
