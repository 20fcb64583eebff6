# SPDX-License-Identifier: Apache-2.0
"""Races, each with the other one moving in between the read and the write. Two threads and a barrier show nothing."""

import os
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction

from callbox.access import domain as access
from callbox.dispatch import actions as dispatch
from callbox.dispatch import crew, units
from callbox.dispatch import queries as dispatch_queries
from callbox.dispatch.models import Assignment, CrewMessage
from callbox.dispatch.phone_clock import Stamp
from callbox.host.provision import with_part
from callbox.incidents import actions as incidents
from callbox.incidents import queries as incident_queries
from callbox.incidents.models import Incident
from callbox.intake import actions as intake
from callbox.intake import queries as intake_queries
from callbox.intake.domain import Said
from callbox.intake.models import Call
from callbox.journal import queries as journal
from callbox.kernel.errors import Conflict
from callbox.kernel.ids import new_id
from callbox.matters.models import Matter
from tests import world
from tests.world import AT, INTAKE, LATER, call_taker, dispatcher, moves_in_between


@pytest.fixture(autouse=True)
def _journal_verifies_afterwards(committed: None) -> Iterator[None]:
    yield
    assert journal.verify().ok


def state(matter_id: UUID) -> str:
    return Matter.objects.get(pk=matter_id).state


def test_two_claim_one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    call = world.waiting_call()
    moves_in_between(
        monkeypatch,
        intake_queries,
        "call_for",
        lambda: intake.claim_call(call.pk, by=call_taker("quick"), at=AT),
    )
    with pytest.raises(Conflict):
        intake.claim_call(call.pk, by=call_taker("slow"), at=AT)
    assert Matter.objects.get(pk=call.pk).owner == call_taker("quick").id
    assert [entry.move for entry in journal.history(call.pk)] == ["open", "claim"]


def test_one_contact_is_taken_by_two_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    contact = new_id()

    def take() -> object:
        return intake.take_contact(
            intake.Arrived("web", "emergency", AT, contact), Said(words="made-up"), by=INTAKE, at=AT
        )

    moves_in_between(monkeypatch, intake_queries, "contacts_taken", take)
    with pytest.raises(Conflict):
        take()
    assert Call.objects.count() == 1


def test_two_dispatchers_send_one_unit_to_two_incidents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both see the unit free. Only the partial unique index stands between; the second one learns where it went."""
    unit, first, second = world.unit(), world.incident(), world.incident()
    moves_in_between(
        monkeypatch,
        dispatch_queries,
        "active_assignment",
        lambda: dispatch.assign_unit(first.pk, unit.pk, by=dispatcher("quick"), at=AT),
    )
    with pytest.raises(Conflict, match=f"E01 was sent to incident {first.number}"):
        dispatch.assign_unit(second.pk, unit.pk, by=dispatcher("slow"), at=LATER)
    (kept,) = Assignment.objects.all()
    assert kept.incident_id == first.pk
    assert (state(first.pk), state(second.pk)) == ("dispatched", "assessed")
    assert "unit:" not in str(Matter.objects.get(pk=second.pk).scope)


def test_two_dispatchers_send_one_unit_to_the_same_incident(monkeypatch: pytest.MonkeyPatch) -> None:
    unit, found = world.unit(), world.incident()
    moves_in_between(
        monkeypatch,
        dispatch_queries,
        "active_assignment",
        lambda: dispatch.assign_unit(found.pk, unit.pk, by=dispatcher("quick"), at=AT),
    )
    with pytest.raises(Conflict):
        dispatch.assign_unit(found.pk, unit.pk, by=dispatcher("slow"), at=LATER)
    assert Assignment.objects.count() == 1


def test_an_incident_is_closed_while_a_unit_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    unit, found = world.unit(), world.incident()
    moves_in_between(
        monkeypatch,
        incident_queries,
        "incident_for",
        lambda: incidents.close_incident(found.pk, "handled", by=dispatcher("quick"), at=AT),
    )
    read_by_dispatch = incident_queries.incident_for
    monkeypatch.setattr(dispatch, "incident_for", read_by_dispatch)
    with pytest.raises(Conflict):
        dispatch.assign_unit(found.pk, unit.pk, by=dispatcher("slow"), at=LATER)
    assert (state(found.pk), Assignment.objects.count()) == ("closed", 0)


def test_a_unit_is_sent_while_the_incident_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The closing read the incident, then a unit was sent: the state has changed, so the closing is refused."""
    unit, found = world.unit(), world.incident()
    moves_in_between(
        monkeypatch,
        incident_queries,
        "incident_for",
        lambda: dispatch.assign_unit(found.pk, unit.pk, by=dispatcher("quick"), at=AT),
    )
    with pytest.raises(Conflict):
        incidents.close_incident(found.pk, "handled", by=dispatcher("slow"), at=LATER)
    assert state(found.pk) == "dispatched"


def test_a_second_unit_is_sent_while_the_incident_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same with an incident whose state does not change by it: the parts are counted after the swap."""
    first, second, found = world.unit("E01"), world.unit("E02"), world.incident()
    sent = dispatch.assign_unit(found.pk, first.pk, by=dispatcher(), at=AT)
    dispatch.move_assignment(sent.pk, "arrive", by=dispatcher(), at=AT)
    dispatch.move_assignment(sent.pk, "clear", by=dispatcher(), at=AT)
    moves_in_between(
        monkeypatch,
        incident_queries,
        "incident_for",
        lambda: dispatch.assign_unit(found.pk, second.pk, by=dispatcher("quick"), at=AT),
    )
    with pytest.raises(Conflict):
        incidents.close_incident(found.pk, "handled", by=dispatcher("slow"), at=LATER)
    assert state(found.pk) == "on_scene"
    assert Incident.objects.get(pk=found.pk).disposition == ""


def test_a_crew_message_that_arrives_twice_at_once_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    unit, found = world.unit(), world.incident()
    sent = dispatch.assign_unit(found.pk, unit.pk, by=dispatcher(), at=AT)
    by, key = world.crew_of(unit.pk), new_id()
    message = crew.Pressed(key, 1, "safety_alarm", sent.incident_id, Stamp(LATER))

    def send() -> list[bool]:
        return [each.done for each in crew.take_messages(unit, [message], LATER, by=by, at=LATER)]

    moves_in_between(monkeypatch, dispatch_queries, "message_result", send)
    assert send() == [True]
    assert CrewMessage.objects.count() == 1
    assert [entry.move for entry in journal.history(found.pk)].count("safety_alarm") == 1


def test_a_clock_is_swept_by_two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from callbox.matters import actions as matters
    from callbox.matters import queries as matter_queries

    call = world.waiting_call()
    clocks = access.system_actor("clocks")
    late = AT.replace(hour=5)
    moves_in_between(
        monkeypatch, matter_queries, "due_clocks", lambda: matters.fire_due_clocks(by=clocks, at=late)
    )
    matters.fire_due_clocks(by=clocks, at=late)
    assert [entry.move for entry in journal.history(call.pk)] == ["open", "late"]


def test_duty_ends_while_the_unit_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    unit, found = world.unit(), world.incident()
    moves_in_between(
        monkeypatch,
        dispatch_queries,
        "unit_for",
        lambda: units.set_availability(unit.pk, "end_duty", by=dispatcher("quick"), at=AT),
    )
    with pytest.raises(Conflict):
        dispatch.assign_unit(found.pk, unit.pk, by=dispatcher("slow"), at=LATER)
    assert Assignment.objects.count() == 0


def test_a_sweep_waits_for_nobody_who_moves_the_matter_and_fires_later_if_still_due() -> None:
    """A move takes the matter's row and then its clocks. A sweep that went the other way round would make a circle."""
    from callbox.matters import actions as matters

    call, late = world.waiting_call(), AT.replace(hour=5)
    clocks = access.system_actor("clocks")
    with psycopg.connect(with_part(os.environ["DATABASE_URL"], "system")) as mover:
        mover.execute("UPDATE matters_matter SET version = version WHERE id = %s", [call.pk])
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '3s'")
        assert matters.fire_due_clocks(by=clocks, at=late) == 0
        mover.execute("UPDATE matters_clock SET due_at = due_at WHERE matter_id = %s", [call.pk])
    assert matters.fire_due_clocks(by=clocks, at=late) == 1


def test_a_clock_that_was_stopped_after_the_sweep_read_it_stays_quiet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from callbox.matters import actions as matters
    from callbox.matters import queries as matter_queries

    call, late = world.waiting_call(), AT.replace(hour=5)
    with transaction.atomic():
        stale = matter_queries.due_clocks(matter_queries.known_now(), late, 10)
    assert len(stale) == 1
    intake.claim_call(call.pk, by=call_taker(), at=AT)
    monkeypatch.setattr(matter_queries, "due_clocks", lambda *_asked: stale)
    assert matters.fire_due_clocks(by=access.system_actor("clocks"), at=late) == 0
    assert [entry.move for entry in journal.history(call.pk)] == ["open", "claim"]
