# SPDX-License-Identifier: Apache-2.0
"""Tasks as screens get them: whose, what and how far, by codes and words."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import get_language
from ninja import Schema

from callbox.access.models import Agency
from callbox.coordination import domain
from callbox.coordination.models import Task
from callbox.coordination.queries import Handling
from callbox.intake.rows import ClockRow, clock_rows
from callbox.kernel.tables import Words
from callbox.matters.queries import running_clocks


class TaskRow(Schema):
    """An agency's task. clocks: for who may see them, the agency itself and the desks; level: 1, the gravest, to 4."""

    id: UUID
    incident: UUID
    number: int
    agency: str
    agency_name: str
    work: str
    work_name: str
    level: int
    mandatory: bool
    state: str
    result: str
    alerted_at: datetime
    clocks: list[ClockRow]


class HandlingRow(Schema):
    """How several agencies deal with an incident. level and lead: null while nobody was alerted."""

    incident: UUID
    level: int | None
    lead: str | None
    tasks: list[TaskRow]


def told(words: Words) -> str:
    """In the language of whoever asks."""
    return words.in_language(get_language() or "en")


def name_of(agency: Agency) -> str:
    """What an agency is called."""
    return told(Words(agency.name_en, agency.name_zh))


def task_rows(tasks: Sequence[Task], number: int | None = None) -> list[dict[str, object]]:
    """Tasks as rows. number: of their incident, where all are of one."""
    clocks = running_clocks([task.pk for task in tasks])
    works = domain.load_works()
    return [
        {
            "id": task.pk,
            "incident": task.incident_id,
            "number": number if number is not None else task.incident.number,
            "agency": task.agency.code,
            "agency_name": name_of(task.agency),
            "work": task.work,
            "work_name": told(works[task.work].name) if task.work in works else task.work,
            "level": task.level,
            "mandatory": task.mandatory,
            "state": task.state,
            "result": task.result,
            "alerted_at": task.alerted_at,
            "clocks": clock_rows(clocks[task.pk]),
        }
        for task in tasks
    ]


def handling_row(handling: Handling) -> dict[str, object]:
    """All tasks of an incident as one row."""
    response = handling.response
    return {
        "incident": handling.incident.pk,
        "level": response.level if response else None,
        "lead": response.lead.code if response else None,
        "tasks": task_rows(handling.tasks, handling.incident.number),
    }


def codes(words: Iterable[tuple[str, Words]]) -> list[tuple[str, str]]:
    """Codes with their names, for a list to choose from."""
    return [(code, told(name)) for code, name in words]
