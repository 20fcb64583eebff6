# SPDX-License-Identifier: Apache-2.0
"""What a crew's phone sends: each message dealt with once, in order, with both times. Part of the actions."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from callbox.dispatch import crew_reads, queries
from callbox.dispatch.actions import activate_assignment, move_assignment
from callbox.dispatch.availability import check_reason
from callbox.dispatch.domain import MILESTONES
from callbox.dispatch.found import Found, open_found_incident, sound_alarm
from callbox.dispatch.models import Assignment, CrewMessage, Unit
from callbox.dispatch.phone_clock import Stamp, corrected
from callbox.dispatch.units import set_availability
from callbox.incidents.actions import add_remark
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Invalid, NotFound, Refusal
from callbox.kernel.text import gettext_noop as _

DONE = "done"
AVAILABILITY = ("begin_duty", "end_duty", "set_available", "set_conditional", "set_unavailable")


@dataclass(frozen=True, slots=True)
class Pressed:
    """One press on the phone. key: the phone's own, the same in every repeat. number: its order on that phone.

    what: a milestone, `activate`, an availability, `remark`, `safety_alarm` or `open_incident`. target: the
    assignment or incident it is about; the unit itself for availability. words: a remark, or the code of a
    reason. found: what `open_incident` tells.
    """

    key: UUID
    number: int
    what: str
    target: UUID
    stamp: Stamp
    words: str = ""
    found: Found | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one message: done, or refused with a message and the values of its places."""

    key: UUID
    done: bool
    message: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


def take_messages(
    unit: Unit, messages: Sequence[Pressed], phone_now: datetime, *, by: Actor, at: datetime
) -> list[Taken]:
    """Deal with a phone's messages in the order in which they were pressed; what became of each.

    A message that is refused (somebody else was first, say) is answered with the reason and not tried again;
    those after it are still dealt with. Repeats are answered as the first time. Each counts for when it was
    pressed by our clock (see phone_clock.py), and never before the one pressed ahead of it.
    """
    taken: list[Taken] = []
    before: datetime | None = None
    for message in sorted(messages, key=lambda each: each.number):
        so_at = corrected(message.stamp, phone_now, at)
        so_at = before = max(so_at, before) if before else so_at
        taken.append(_read(message.key, _once(unit, message, so_at, by, at)))
    return taken


def _once(unit: Unit, message: Pressed, so_at: datetime, by: Actor, at: datetime) -> str:
    known = queries.message_result(message.key)
    if known is not None:
        return known
    try:
        return _take(unit, message, so_at, by, at)
    except Refusal as refusal:
        return _keep(unit, message.key, _written(refusal), at)[0].result


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


def _written(refusal: Refusal) -> str:
    """The refusal as it is kept: untranslated, so that a repeat can be answered in another language."""
    said = {name: str(value) for name, value in refusal.params.items()}
    return json.dumps({"message": refusal.message, "params": said}, ensure_ascii=False)


def _read(key: UUID, result: str) -> Taken:
    return Taken(key, True) if result == DONE else Taken(key, False, **json.loads(result))


def _do(unit: Unit, message: Pressed, so_at: datetime, by: Actor) -> None:
    action = next((act for names, act in _ACTIONS.items() if message.what in names), None)
    if action is None:
        raise Invalid(
            _("The phone sent something unknown: “%(what)s”. Update the page on the phone."),
            what=message.what,
        )
    action(unit, message, so_at, by)


def _milestone(unit: Unit, message: Pressed, so_at: datetime, by: Actor) -> None:
    assignment = _own(unit, message.target, by)
    said = {"pressed_at": message.stamp.pressed_at, "message": message.key}
    move_assignment(assignment.pk, message.what, facts=said, by=by, at=max(so_at, *_times_of(assignment)))


def _times_of(assignment: Assignment) -> list[datetime]:
    """The times it has already: a later milestone is never before them, whatever a phone says."""
    times = [getattr(assignment, name) for name in MILESTONES.values()]
    return [assignment.assigned_at, *(time for time in times if time)]


def _activate(unit: Unit, message: Pressed, so_at: datetime, by: Actor) -> None:
    activate_assignment(_own(unit, message.target, by).pk, by=by, at=so_at)


def _own(unit: Unit, assignment_id: UUID, by: Actor) -> Assignment:
    """The unit's own assignment: its agency sees those of other units too, which are not its to move."""
    assignment = queries.assignment_for(by, assignment_id)
    if assignment.unit_id != unit.matter_id:
        raise NotFound
    return assignment


def _availability(unit: Unit, message: Pressed, so_at: datetime, by: Actor) -> None:
    if message.words:
        check_reason(message.words)
    set_availability(unit.matter_id, message.what, message.words, by=by, at=so_at)


def _remark(unit: Unit, message: Pressed, so_at: datetime, by: Actor) -> None:
    incident = crew_reads.own_incident(by, unit, message.target)
    add_remark(incident.pk, message.words, remark_id=message.key, by=by, at=so_at)


def _alarm(unit: Unit, message: Pressed, so_at: datetime, by: Actor) -> None:
    sound_alarm(unit, message.target, message.key, by=by, at=so_at)


def _found(unit: Unit, message: Pressed, so_at: datetime, by: Actor) -> None:
    if message.found is None:
        raise Invalid(_("Say what you found and where."))
    open_found_incident(unit, message.target, message.found, by=by, at=so_at)


_ACTIONS: Mapping[tuple[str, ...], Callable[[Unit, Pressed, datetime, Actor], None]] = {
    tuple(MILESTONES): _milestone,
    ("activate",): _activate,
    AVAILABILITY: _availability,
    ("remark",): _remark,
    ("safety_alarm",): _alarm,
    ("open_incident",): _found,
}
