# SPDX-License-Identifier: Apache-2.0
"""Each process killed with SIGKILL at every step of making a contact a call and of assigning a unit."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection

from callbox.dispatch import actions as dispatch
from callbox.dispatch.models import Assignment
from callbox.intake.models import Call
from callbox.intake.reactions import take_contacts
from callbox.journal import queries as journal
from callbox.kernel.ids import new_id
from callbox.matters.models import Clock, Matter, Part
from tests import world
from tests.faults.kill import every_point
from tests.world import AT, INTAKE, LATER, dispatcher

pytestmark = pytest.mark.usefixtures("committed")

DISAGREE = """
SELECT m.id FROM matters_matter m LEFT JOIN LATERAL
  (SELECT becomes, number FROM journal_entry WHERE chain = m.id ORDER BY number DESC LIMIT 1) e ON true
WHERE e.becomes IS DISTINCT FROM m.state OR e.number IS DISTINCT FROM m.version OR m.owner = ''
"""


def check_agreement() -> None:
    """State and journal agree, everything is owned, and the journal verifies."""
    with connection.cursor() as cursor:
        cursor.execute(DISAGREE)
        assert cursor.fetchall() == []
    assert journal.verify().ok


def contact(words: str = "made-up") -> UUID:
    """A raw contact as the door leaves it."""
    identity = new_id()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO door_contact (id, channel, lane, source, key, digest, content_type, body, received_at,"
            " taken_by, retain_until)"
            " VALUES (%s, 'text', 'emergency', '', %s, '', 'text/plain', %s, %s, 'database', %s)",
            [identity, str(identity), words.encode(), AT, AT.replace(year=2027)],
        )
    return identity


def test_a_worker_killed_anywhere_makes_each_contact_one_call() -> None:
    contacts = {contact()}

    def check(_came_to_its_end: bool) -> None:
        take_contacts(by=INTAKE, at=AT)
        assert {call.pk for call in Call.objects.all()} == contacts
        check_agreement()
        contacts.add(contact())  # the next kill hits a new one

    assert every_point(lambda: take_contacts(by=INTAKE, at=AT), check) > 5


def send(incident_id: UUID, unit_id: UUID) -> Callable[[], object]:
    return lambda: dispatch.assign_unit(incident_id, unit_id, by=dispatcher(), at=AT)


def test_a_dispatchers_process_killed_anywhere_sends_a_unit_once_or_not_at_all() -> None:
    unit, found = world.unit(), world.incident()

    def check(came_to_its_end: bool) -> None:
        check_agreement()
        sent = list(Assignment.objects.filter(active=True))
        assert len(sent) == Part.objects.filter(part__final=False).count() <= 1
        state = Matter.objects.get(pk=found.pk).state
        assert state == ("dispatched" if sent else "assessed")
        assert Clock.objects.filter(matter_id=found.pk, name="arrival", stopped_at=None).exists() == bool(
            sent
        )
        if not sent:
            assert not came_to_its_end
        else:  # it was killed after COMMIT, or not at all: take it back for the next one
            dispatch.withdraw_assignment(sent[0].pk, "recall", "again", by=dispatcher(), at=LATER)

    assert every_point(send(found.pk, unit.pk), check) > 10


@pytest.mark.parametrize("milestone", ["acknowledge", "arrive", "clear"])
def test_a_crews_process_killed_anywhere_leaves_a_milestone_whole_or_unset(milestone: str) -> None:
    unit = world.unit()

    def prepare() -> UUID:
        sent: UUID = dispatch.assign_unit(world.incident().pk, unit.pk, by=dispatcher(), at=AT).pk
        return sent

    waiting = [prepare()]

    def check(_came_to_its_end: bool) -> None:
        check_agreement()
        assignment = Assignment.objects.select_related("matter").get(pk=waiting[-1])
        history = [entry.move for entry in journal.history(assignment.pk)]
        stamps = {
            "acknowledge": assignment.acknowledged_at,
            "arrive": assignment.on_scene_at,
            "clear": assignment.clear_at,
        }
        assert (milestone in history) == (stamps[milestone] is not None)
        if assignment.active:
            dispatch.move_assignment(assignment.pk, "clear", by=dispatcher(), at=LATER)
        waiting.append(prepare())

    every_point(
        lambda: dispatch.move_assignment(waiting[-1], milestone, by=world.crew_of(unit.pk), at=LATER), check
    )
    assert len(waiting) > 10
