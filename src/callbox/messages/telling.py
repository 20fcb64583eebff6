# SPDX-License-Identifier: Apache-2.0
"""Steps of ladders are told to whom they are for, each once. Part of the room's actions."""

from collections.abc import Iterable
from datetime import datetime
from importlib import import_module

from django.db import transaction

from callbox.access.queries import people_with_key, people_with_role
from callbox.kernel.actor import Actor
from callbox.kernel.calendars import Calendar
from callbox.kernel.errors import Invalid
from callbox.kernel.tables import Words, read_table
from callbox.matters.climbing import note_told
from callbox.matters.models import Step
from callbox.matters.queries import calendar_in_force, steps_to_tell
from callbox.messages import queries
from callbox.messages.actions import Wanted, note_unreachable, queue_message
from callbox.messages.ways import PACKAGE

LETTER = "messages.step"
OWNER, AGENCY = "owner", "agency:"
PORTION = 50


@transaction.atomic
def tell_steps(*, by: Actor, at: datetime) -> int:
    """Queue a message to each recipient of the steps that may be told now; how many steps.

    A step is noted as told in the transaction that queues its messages, and each message is of one key: killed
    anywhere, or beside a second worker, a step is told once. One that reaches nobody is put into view.
    """
    steps = {step.id: step for step in steps_to_tell(at, PORTION)}
    told = note_told(list(steps), at=at)
    calendar = calendar_in_force() if told else None
    for step_id in sorted(told):
        if calendar and not _tell(steps[step_id], calendar, by, at):
            note_unreachable(
                f"step/{step_id}", _letter(steps[step_id]), steps[step_id].matter_id, by=by, at=at
            )
    return len(told)


def _tell(step: Step, calendar: Calendar, by: Actor, at: datetime) -> int:
    """How many are told."""
    words = _words(step, calendar)
    found = 0
    for holder, (way, to, language) in addresses(_holders(step, at)):
        key = f"step/{step.id}/{holder}"
        wanted = Wanted(key, _letter(step), way, to, language, words, step.matter_id)
        try:
            queue_message(wanted, by=by, at=at)
        except Invalid:
            continue  # an address of before a rule was made stricter
        found += 1
    return found


def addresses(holders: Iterable[str]) -> Iterable[tuple[str, tuple[str, str, str]]]:
    """Each recipient once, by the first way (way, address, language) that they can be read and reached by."""
    reaches = queries.reaches_of(holders)
    for holder, rows in reaches.items():
        for row in rows:
            to, language = queries.address_of(row)
            if to:
                yield holder, (row.way, to, language)
                break


def _holders(step: Step, at: datetime) -> list[str]:
    """The scope keys of who is told: people, or an agency that has an address of its own.

    A role such as `coordination.second` is answered by that room's `recipients.py`.
    """
    room, dot, name = step.role.partition(".")
    if dot:
        found: list[str] = import_module(f"callbox.{room}.recipients").holders(name, step.matter, at)
        return found
    if step.role != OWNER:
        return [f"person:{each}" for each in people_with_role(step.role, at)]
    return owner_holders(step.matter.owner, at)


def owner_holders(owner: str, at: datetime) -> list[str]:
    """The scope keys of whoever owns a matter: an agency that has an address of its own, else its people."""
    if owner.startswith(AGENCY) and queries.reaches_of([owner]):
        return [owner]
    return [f"person:{each}" for each in people_with_key(owner, at)]


def _letter(step: Step) -> str:
    """The words of the room that says who is told, else ours."""
    room, dot, _name = step.role.partition(".")
    return f"{room}.step" if dot else LETTER


def _words(step: Step, calendar: Calendar) -> dict[str, str | Words]:
    said = {row.need("code"): row.words() for row in read_table(PACKAGE, "words.tsv")}
    kind = step.matter.kind
    due = step.clock.due_at.astimezone(calendar.zone)
    return {
        "matter": said.get(kind, Words(kind, kind)),
        "number": str(step.matter_id)[-8:],
        "action": said.get(step.action, Words(step.action, step.action)),
        "level": str(step.level),
        "due": due.strftime("%Y-%m-%d %H:%M"),
    }
