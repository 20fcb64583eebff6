# SPDX-License-Identifier: Apache-2.0
"""What was written to the civic line becomes a request. Part of the room's actions.

A message that came on the emergency's lane is handed over to this line first (handing.py), by whoever has read it.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from callbox.incidents.actions import Where
from callbox.intake.actions import wrap_up_call
from callbox.intake.domain import CIVIC
from callbox.intake.models import Call
from callbox.intake.queries import answered_by, call_for, caller_for, queue
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict
from callbox.kernel.text import gettext_noop as _
from callbox.requests.answering import answer_at_once
from callbox.requests.models import Request
from callbox.requests.personal import Contact
from callbox.requests.taking import Report, open_request

PURPOSE = "request"
CHANNEL = "text"
BECAME = "request"
NOT_CIVIC = _("This came on the emergency line. Hand it over to this line first.")
NOT_YOURS = _("Somebody else has this message in hand, or it is over. Look at the list again.")


def waiting(actor: Actor) -> list[Call]:
    """What was written to this line and nobody has taken, then what this person has in hand; the oldest first."""
    return [call for call in (*queue(actor), *answered_by(actor)) if call.lane == CIVIC]


def told_in(actor: Actor, call_id: UUID, *, at: datetime) -> Report:
    """What a message of this line says, as a request without a category; that it was read is noted.

    Raises NotFound, or Conflict for a message that this person has not in hand.
    """
    call = _in_hand(actor, call_id)
    told = caller_for(actor, call, purpose=PURPOSE, at=at)
    where = Where(told.lon, told.lat, told.place)
    return Report("", where, told.words, contact=Contact(told.name, told.number), channel=CHANNEL)


@transaction.atomic
def take_text(
    call_id: UUID, report: Report, answered: tuple[str, int] | None = None, *, by: Actor, at: datetime
) -> Request:
    """A request begins with it, and the message is over: both or neither. answered: with this version of an article.

    Raises NotFound, NotAllowed, Invalid, or Conflict where it is not in this person's hand any more.
    """
    _in_hand(by, call_id)
    row = answer_at_once(report, *answered, by=by, at=at) if answered else open_request(report, by=by, at=at)
    wrap_up_call(call_id, BECAME, became=row.pk, by=by, at=at)
    return row


def _in_hand(actor: Actor, call_id: UUID) -> Call:
    call = call_for(actor, call_id)
    if call.lane != CIVIC:
        raise Conflict(NOT_CIVIC)
    if call.matter.owner != actor.id or call.matter.final:
        raise Conflict(NOT_YOURS)
    return call
