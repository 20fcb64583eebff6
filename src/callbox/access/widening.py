# SPDX-License-Identifier: Apache-2.0
"""Wider access for a while ("break-glass"): taken at once, told at once, ended by itself. Part of the actions.

What it gives is an ordinary grant with an end, so that everything that asks the policy follows by itself.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from callbox.access import queries
from callbox.access.limits import Wider, minutes, reason_words, wider_for
from callbox.access.models import Grant, Widening, WideningText
from callbox.access.sign_ins import end_streams
from callbox.access.vault import sealed_reason
from callbox.journal.actions import append
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from callbox.kernel.ids import new_id
from callbox.kernel.text import gettext_noop as _

KIND = "widening"
LONGEST = 1000
PORTION = 100
BY_ITSELF, BY_PERSON, BY_OTHER = "ran_out", "self", "ended"


def check_wider(actor: Actor, at: datetime) -> Wider:
    """What this person would get. Raises NotAllowed when their roles have nothing wider."""
    actor.require("widening.ask")
    found = wider_for(actor.roles, at.date())
    if found is None:
        raise NotAllowed(_("Your role has no wider access. Ask a supervisor."))
    return found


@transaction.atomic
def take_wider_access(reason: str, words: str, *, by: Actor, at: datetime) -> Widening:
    """Give the person who asks the wider role now, for the time that the table says.

    reason: a code of widening_reasons.tsv; words: their own. Raises NotAllowed, Invalid, Conflict.
    """
    role, wider = by.require("widening.ask"), check_wider(by, at)
    _check_reason(reason, words)
    person_id, until = queries.person_id_of(by), at + timedelta(minutes=wider.minutes)
    grant = Grant(id=new_id(), person_id=person_id, role=wider.role, keys=[], since=at, until=until)
    made = Widening(id=new_id(), person_id=person_id, grant=grant, reason=reason, since=at, until=until)
    Grant.objects.bulk_create([grant])
    try:
        with transaction.atomic():
            Widening.objects.bulk_create([made])
    except IntegrityError:
        raise Conflict(_("You have wider access already. It ends by itself.")) from None
    _keep_words(made, words, at)
    end_streams(person_id)
    facts = {"person": person_id, "reason": reason, "role": wider.role, "minutes": wider.minutes}
    append(made.id, KIND, "open", becomes="open", facts=facts, actor=by.id, role=role, at=at)
    return made


def _check_reason(reason: str, words: str) -> None:
    fields = {}
    if reason not in reason_words():
        fields["reason"] = _("Choose a reason.")
    if not words.strip() or len(words) > LONGEST or "\x00" in words:
        fields["words"] = _("Say in a few words what happened.")
    if fields:
        raise Invalid(fields=fields)


def _keep_words(widening: Widening, words: str, at: datetime) -> None:
    retain_until = at + minutes("widening_text", at.date())
    sealed = sealed_reason(words.strip(), widening.id, retain_until)
    WideningText.objects.bulk_create(
        [WideningText(widening=widening, sealed=sealed, retain_until=retain_until)]
    )


@transaction.atomic
def end_widening(widening_id: UUID, *, by: Actor, at: datetime) -> None:
    """End it now: one's own, or, as a supervisor, anybody's. Ending it twice changes nothing.

    Raises NotFound for who may neither see nor end it.
    """
    row = Widening.objects.select_for_update().filter(id=widening_id).first()
    own = row is not None and by.id == f"person:{row.person_id}"
    if row is None or not (own or by.may("widening.end")):
        raise NotFound
    role = "self" if own else by.require("widening.end")
    if row.ended_at is None:
        _end(row, BY_PERSON if own else BY_OTHER, by, role, at)


@transaction.atomic
def end_run_out_widenings(*, by: Actor, at: datetime) -> int:
    """Note the end of those whose time is over, at most a portion; how many."""
    role = by.require("widening.end")
    due = Widening.objects.select_for_update(skip_locked=True).filter(ended_at=None, until__lte=at)
    rows = list(due[:PORTION])
    for row in rows:
        _end(row, BY_ITSELF, by, role, at)
    return len(rows)


def _end(row: Widening, why: str, by: Actor, role: str, at: datetime) -> None:
    Widening.objects.filter(id=row.id).update(ended_at=min(at, row.until))
    Grant.objects.filter(id=row.grant_id, until__gt=at).update(until=at)
    end_streams(row.person_id)
    facts = {"why": why}
    append(row.id, KIND, "end", was="open", becomes="ended", facts=facts, actor=by.id, role=role, at=at)


@transaction.atomic
def note_widening(widening_id: UUID, *, by: Actor, at: datetime) -> None:
    """Somebody else takes note of it; the desks' mark goes. Raises NotAllowed, NotFound."""
    role = by.require("widening.note")
    row = Widening.objects.filter(id=widening_id).first()
    if row is None:
        raise NotFound
    if by.id == f"person:{row.person_id}":
        raise NotAllowed(_("Only somebody else can take note of it."))
    noted = {"noted_at": at, "noted_by_id": queries.person_id_of(by)}
    if Widening.objects.filter(id=widening_id, noted_at=None).update(**noted):
        append(row.id, KIND, "note", actor=by.id, role=role, at=at)
