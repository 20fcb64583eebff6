# SPDX-License-Identifier: Apache-2.0
"""What the system of an agency is told of the agency's tasks: codes and ids alone. Part of the room's actions."""

import json
from datetime import datetime

from callbox.access.domain import system_actor
from callbox.access.models import Agency
from callbox.access.seeing import seeing_everything
from callbox.coordination.folders import SYSTEM
from callbox.coordination.models import Task
from callbox.coordination.queries import key_of
from callbox.kernel.errors import Invalid
from callbox.messages.actions import Wanted, note_unreachable, queue_message
from callbox.messages.telling import addresses

COORDINATION = system_actor("coordination")
LETTER = "coordination.event"
ALERTED, CHANGED, RELEVELLED = "task.alerted", "task.changed", "task.relevelled"
WITHDRAWN, PASSED_ON = "task.withdrawn", "task.passed_on"


def tell_system(task: Task, event: str, agency: Agency | None = None, *, at: datetime) -> None:
    """Queue an event for the agency's system, if it has one, inside the transaction of the move that it tells of.

    agency: the task's own, if not said. Once for each version of the task; a system that does not answer, or an
    address that cannot be used, holds up no move. What it may know beyond this it reads through the signed API.
    """
    to_whom = agency or task.agency
    occasion = f"event/{task.pk}/{task.matter.version}/{event}"
    with seeing_everything():  # whoever moves a task need not see where agencies are reached
        for holder, (way, to, language) in addresses([f"{key_of(to_whom)}{SYSTEM}"]):
            words = {"event": event, "facts": json.dumps(_facts(task, event, to_whom, at))}
            wanted = Wanted(f"{occasion}/{holder}", LETTER, way, to, language, words, task.pk, holder)
            try:
                queue_message(wanted, by=COORDINATION, at=at)
            except Invalid:  # an address of before a rule was made stricter
                note_unreachable(occasion, LETTER, task.pk, by=COORDINATION, at=at)


def _facts(task: Task, event: str, agency: Agency, at: datetime) -> dict[str, object]:
    return {
        "event": event,
        "at": at.isoformat(),
        "agency": agency.code,
        "task": str(task.pk),
        "version": task.matter.version,
        "incident": str(task.incident_id),
        "number": task.incident.number,
        "work": task.work,
        "level": task.level,
        "mandatory": task.mandatory,
        "state": task.matter.state,
        "minutes": {"accept": task.accept, "arrive": task.arrive, "feed_back": task.feed_back},
    }
