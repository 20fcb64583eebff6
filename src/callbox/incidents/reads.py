# SPDX-License-Identifier: Apache-2.0
"""A resident asks who has read their data: the answer, and that it was asked for. Part of the room's actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from callbox.access.actions import NAMESPACE, named_id
from callbox.access.models import PersonalRead
from callbox.access.queries import reads_of, staff_with
from callbox.access.seeing import seeing_everything
from callbox.incidents.models import Incident, IncidentCall
from callbox.journal.actions import append
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound
from callbox.kernel.text import gettext_noop as _

READS = "reads.see"
INCIDENT, CALL, HISTORY, FINDING = "incident", "call", "history", "finding"


@dataclass(frozen=True, slots=True)
class Read:
    """One read: when, of what (`incident`, `call`, the `history` of a case, a `finding` about it), for what purpose, by
    which role of which agency, and by whom.

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
    """Who has read the personal data of an incident and its calls, of a call, or the history of a case.

    number: the incident's; None for a call or a case alone. case: whether it is a case of another system.
    """

    number: int | None
    case: bool
    reads: Sequence[Read]


@dataclass(frozen=True, slots=True)
class _Meant:
    """What somebody asks of: the reads of these subjects. of: what the journal calls it."""

    of: UUID
    subjects: Sequence[tuple[str, UUID]]
    number: int | None = None
    case: bool = False


@transaction.atomic
def ask_who_read(asked: str, *, by: Actor, at: datetime) -> Answer:
    """Answer for an incident's or a case's number, a call's or a finding's id; that it was asked is journalled.

    Raises NotAllowed, NotFound.
    """
    role = by.require(READS)
    with seeing_everything():
        meant = _meant(asked.strip(), by)
    rows = (read for each in meant.subjects for read in reads_of(by, *each))
    found = sorted(rows, key=lambda read: read.at)
    facts = {"of": meant.of, "reads": len(found)}
    append(uuid5(NAMESPACE, f"reads/{meant.of}"), "reads", "ask", facts=facts, actor=by.id, role=role, at=at)
    return Answer(meant.number, meant.case, _named(found))


def _meant(asked: str, by: Actor) -> _Meant:
    """What is meant by a number or an id; of an incident all its calls too. A case counts where its history was read.

    Raises NotFound.
    """
    incident = _incident(asked)
    if incident is not None:
        calls = IncidentCall.objects.filter(incident=incident).values_list("call", flat=True)
        of_calls = [each for call in calls for each in _own(CALL, call)]
        return _Meant(incident.pk, [*_own(INCIDENT, incident.pk), *of_calls], incident.number)
    call = _uuid(asked)
    if call is not None:
        # An id alone does not say of what it is: a call that became no incident, or a finding.
        return _Meant(call, [*_own(CALL, call), (FINDING, call)])
    case = named_id(HISTORY, asked)
    if not list(reads_of(by, HISTORY, case)):
        raise NotFound(
            _("There is no incident of this number, and nobody opened the history of such a case.")
        )
    return _Meant(case, [(HISTORY, case)], case=True)


def _own(subject: str, of: UUID) -> list[tuple[str, UUID]]:
    """A matter of Callbox itself, and its history as oversight shows it."""
    return [(subject, of), (HISTORY, of)]


def _incident(asked: str) -> Incident | None:
    if asked.isascii() and asked.isdigit() and len(asked) < 19:
        return Incident.objects.filter(number=int(asked)).first()
    call = _uuid(asked)
    link = IncidentCall.objects.filter(call=call).select_related("incident").first() if call else None
    return link.incident if link else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _named(reads: Sequence[PersonalRead]) -> list[Read]:
    known = staff_with({read.actor for read in reads})
    return [
        Read(read.at, read.subject, read.purpose, read.role, *known.get(read.actor, ("", "")))
        for read in reads
    ]
