# SPDX-License-Identifier: Apache-2.0
"""An agency by plain SQL: it sees the incidents on which it has a task, from the alert until it leaves."""

from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from callbox.access.models import Person
from callbox.access.queries import actor_of
from callbox.access.seeing import seeing
from callbox.access.sight import Sight, sight_of
from callbox.coordination.actions import accept_task, add_task, feed_back, refuse_task
from callbox.coordination.models import Task
from callbox.coordination.queries import open_tasks, task_for
from callbox.dispatch.actions import assign_unit
from callbox.incidents.queries import incident_for
from callbox.kernel.errors import NotFound
from tests import world
from tests.signed_in import person
from tests.world import AT, LATER, dispatcher

pytestmark = pytest.mark.usefixtures("committed")
OF_INCIDENT = {
    "matters_matter": "id",
    "journal_entry": "chain",
    "incidents_incident": "matter_id",
    "incidents_place": "incident_id",
    "coordination_response": "incident_id",
    "coordination_task": "incident_id",
}
OF_TASK = {"matters_matter": "id", "matters_clock": "matter_id", "matters_part": "part_id"}


def shown(sight: Sight, tables: dict[str, str], identity: UUID) -> set[str]:
    """In which of the tables a row of this id is there."""
    found = set()
    with seeing(sight), connection.cursor() as cursor:
        for table, column in tables.items():
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} = %s", [identity])
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def desk(code: str) -> tuple[Person, Sight]:
    """Somebody at an agency's desk."""
    who = person(f"desk-{code}", "agency_desk", agency=code)
    return who, sight_of(actor_of(who, AT))


def test_from_the_alert_on_until_it_says_that_it_cannot() -> None:
    who, sight = desk("water")
    _other, others_sight = desk("power")
    found: Any = world.incident()
    assert shown(sight, OF_INCIDENT, found.pk) == set()
    task = add_task(found.pk, "water", "water", by=dispatcher(), at=AT)
    assert shown(sight, OF_INCIDENT, found.pk) == set(OF_INCIDENT)
    assert shown(sight, OF_TASK, task.pk) == set(OF_TASK)
    assert shown(others_sight, OF_INCIDENT, found.pk) == shown(others_sight, OF_TASK, task.pk) == set()
    add_task(found.pk, "power", "power", by=dispatcher(), at=AT)
    assert shown(others_sight, OF_INCIDENT, found.pk) == set(OF_INCIDENT)
    assert shown(others_sight, OF_TASK, task.pk) == set(), "of another agency's task it sees the row alone"
    by = actor_of(who, LATER)
    with seeing(sight):
        accept_task(task.pk, by=by, at=LATER)
        refuse_task(task.pk, "no_people", by=by, at=LATER)
    assert shown(sight, OF_INCIDENT, found.pk) == shown(sight, OF_TASK, task.pk) == set()
    assert shown(others_sight, OF_INCIDENT, found.pk) == set(OF_INCIDENT)


def test_its_own_steps_go_through_its_own_eyes() -> None:
    who, sight = desk("water")
    found = world.incident()
    task = add_task(found.pk, "water", "water", by=dispatcher(), at=AT)
    by = actor_of(who, LATER)
    with seeing(sight):
        accept_task(task.pk, by=by, at=LATER)
        feed_back(task.pk, "done", "made-up words", by=by, at=LATER)
        assert [each.pk for each in open_tasks(by)] == [task.pk]
        assert task_for(by, task.pk).incident.matter.state == "assessed"
    assert Task.objects.get(pk=task.pk).state == "fed_back"


def test_that_its_units_were_sent_lets_an_agency_see_nothing() -> None:
    unit, found = world.unit("E01"), world.incident()
    assign_unit(found.pk, unit.pk, by=dispatcher(), at=AT)
    who = person("desk-fire", "agency_desk", agency=unit.agency.code)
    by = actor_of(who, LATER)
    assert shown(sight_of(by), OF_INCIDENT, found.pk) == set()
    with pytest.raises(NotFound):
        incident_for(by, found.pk)
