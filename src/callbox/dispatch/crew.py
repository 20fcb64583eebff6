# SPDX-License-Identifier: Apache-2.0
"""What a crew's phone sends: each message dealt with once, in order, with both times. Part of the actions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from callbox.dispatch import queries
from callbox.dispatch.actions import activate_assignment, move_assignment
from callbox.dispatch.domain import MILESTONES
from callbox.dispatch.models import CrewMessage, Unit
from callbox.dispatch.units import set_availability
from callbox.incidents.actions import add_remark, sound_safety_alarm
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Invalid, NotFound, Refusal
from callbox.kernel.text import gettext_noop as _

DONE = "done"


@dataclass(frozen=True, slots=True)
class Pressed:
    """One press on the phone. key: the phone's own, the same in every repeat. number: its order on that phone.

    pressed_at: by the phone's clock. what: a milestone, `activate`, an availability, `remark` or `safety_alarm`.
    target: the assignment or incident it is about; the unit itself for availability.
    """

    key: UUID
    number: int
    what: str
    target: UUID
    pressed_at: datetime
    words: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


def corrected(pressed_at: datetime, phone_now: datetime, at: datetime) -> datetime:
    """When it was so by our clock: the phone's time less the error of its clock, never after now.

    phone_now: the phone's clock when it sent the message; at: ours when it came.
    """
    return min(pressed_at + (at - phone_now), at)


def take_messages(
    unit: Unit, messages: Sequence[Pressed], phone_now: datetime, *, by: Actor, at: datetime
) -> list[tuple[UUID, str]]:
    """Deal with a phone's messages in the order in which they were pressed; each key's result.

    A message that is refused (somebody else was first, say) is answered with the reason and not tried again;
    those after it are still dealt with. Repeats are answered as the first time.
    """
    results = []
    for message in sorted(messages, key=lambda each: each.number):
        results.append(
            (message.key, _once(unit, message, corrected(message.pressed_at, phone_now, at), by, at))
        )
    return results


def _once(unit: Unit, message: Pressed, so_at: datetime, by: Actor, at: datetime) -> str:
    known = queries.message_result(message.key)
    if known is not None:
        return known
    try:
        return _take(unit, message, so_at, by, at)
    except Refusal as refusal:
        return _keep(unit, message.key, str(refusal), at)[0].result


@transaction.atomic
def _take(unit: Unit, message: Pressed, so_at: datetime, by: Actor, at: datetime) -> str:
    row, is_first = _keep(unit, message.key, DONE, at)
    if is_first:
        _do(unit, message, so_at, by)
    return row.result


def _keep(unit: Unit, key: UUID, result: str, at: datetime) -> tuple[CrewMessage, bool]:
    """Keep the result under the message's key. The first one counts: a repeat at the same time waits for it here."""
    return CrewMessage.objects.get_or_create(
        key=key, defaults={"unit": unit, "received_at": at, "result": result}
    )


def _do(unit: Unit, message: Pressed, so_at: datetime, by: Actor) -> None:
    said = {"pressed_at": message.pressed_at, "message": message.key}
    if message.what in MILESTONES:
        _check_own(unit, message.target, by)
        move_assignment(message.target, message.what, facts=said, by=by, at=so_at)
    elif message.what == "activate":
        _check_own(unit, message.target, by)
        activate_assignment(message.target, by=by, at=so_at)
    elif message.what in ("begin_duty", "end_duty", "set_available", "set_conditional", "set_unavailable"):
        set_availability(unit.matter_id, message.what, message.words, by=by, at=so_at)
    elif message.what == "remark":
        add_remark(message.target, message.words, remark_id=message.key, by=by, at=so_at)
    elif message.what == "safety_alarm":
        sound_safety_alarm(message.target, unit.matter_id, by=by, at=so_at)
    else:
        raise Invalid(
            _("The phone sent something unknown: “%(what)s”. Update the page on the phone."),
            what=message.what,
        )


def _check_own(unit: Unit, assignment_id: UUID, by: Actor) -> None:
    if queries.assignment_for(by, assignment_id).unit_id != unit.matter_id:
        raise NotFound
