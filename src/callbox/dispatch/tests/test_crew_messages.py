# SPDX-License-Identifier: Apache-2.0
"""What a crew's phone sends, in every order and number of times it may come."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from tests.world import AT, crew_of, dispatcher, incident, unit

from callbox.access.domain import actor
from callbox.dispatch import crew as crew_module
from callbox.dispatch import queries
from callbox.dispatch.actions import assign_unit, move_assignment
from callbox.dispatch.crew import Pressed, Taken, take_messages
from callbox.dispatch.found import Found
from callbox.dispatch.models import Assignment, CrewMessage, Position
from callbox.dispatch.phone_clock import Stamp
from callbox.incidents.actions import Where
from callbox.incidents.models import Incident
from callbox.incidents.personal import remark_told
from callbox.journal.queries import history
from callbox.kernel.ids import new_id

pytestmark = pytest.mark.django_db
NOW = AT + timedelta(minutes=30)
STEPS = ("acknowledge", "go", "arrive", "clear")


class Phone:
    """One phone of a unit; its clock is off by `error`."""

    def __init__(self, of: Any, *, error: timedelta = timedelta(), person: str = "") -> None:
        self.unit, self.error, self.pressed = of, error, 0
        self.crew = actor(f"person:{new_id()}", ["crew"], [f"unit:{of.pk}"])

    def press(self, what: str, target: UUID, minute: float = 0, **more: Any) -> Pressed:
        self.pressed += 1
        stamp = Stamp(AT + timedelta(minutes=minute) + self.error)
        return Pressed(new_id(), self.pressed, what, target, stamp, **more)

    def send(self, messages: Sequence[Pressed], at: datetime = NOW) -> list[Taken]:
        return take_messages(self.unit, messages, at + self.error, by=self.crew, at=at)


@pytest.fixture
def sent() -> tuple[Any, Any, Any]:
    """A unit, an incident, and the assignment."""
    engine, fire = unit(), incident()
    return engine, fire, assign_unit(fire.pk, engine.pk, by=dispatcher(), at=AT)


def moves(assignment: Assignment) -> list[tuple[str, datetime]]:
    return [(entry.move, entry.at) for entry in history(assignment.pk)][1:]


def after(minutes: float) -> datetime:
    return AT + timedelta(minutes=minutes)


def all_steps(phone: Phone, target: UUID) -> list[Pressed]:
    return [phone.press(what, target, minute) for minute, what in enumerate(STEPS, start=1)]


@pytest.mark.parametrize("error", [timedelta(), timedelta(hours=1), timedelta(hours=-1)])
def test_a_late_phone_tells_when_it_was_so(sent: Any, error: timedelta) -> None:
    engine, _fire, assignment = sent
    phone = Phone(engine, error=error)
    messages = all_steps(phone, assignment.pk)
    assert all(taken.done for taken in phone.send(messages))
    assert moves(assignment) == [(what, after(minute)) for minute, what in enumerate(STEPS, start=1)]
    row = Assignment.objects.get(pk=assignment.pk)
    assert (row.acknowledged_at, row.clear_at, row.active) == (after(1), after(4), False)
    said = history(assignment.pk)[1]
    assert said.facts["message"] == str(messages[0].key)
    assert datetime.fromisoformat(str(said.facts["pressed_at"])) == after(1) + error
    assert said.recorded_at > said.at


def test_order_is_that_of_pressing(sent: Any) -> None:
    engine, _fire, assignment = sent
    phone = Phone(engine)
    messages = all_steps(phone, assignment.pk)
    assert all(taken.done for taken in phone.send(messages[::-1]))
    assert [move for move, _at in moves(assignment)] == list(STEPS)


def test_repeats_count_once_and_are_answered_as_the_first_time(sent: Any) -> None:
    engine, _fire, assignment = sent
    phone = Phone(engine)
    messages = all_steps(phone, assignment.pk)
    wrong = phone.press("acknowledge", assignment.pk, 5)
    first = phone.send([*messages[:2], wrong])
    again = phone.send([*messages, wrong], NOW + timedelta(hours=1))
    assert [taken.done for taken in first] == [True, True, False]
    assert {taken.key: taken for taken in again}[wrong.key] == first[2]
    assert [move for move, _at in moves(assignment)] == list(STEPS)


def test_a_refusal_in_the_middle_does_not_hold_up_the_rest(sent: Any) -> None:
    engine, fire, assignment = sent
    phone = Phone(engine)
    messages = [
        phone.press("acknowledge", assignment.pk, 1),
        phone.press("dance", assignment.pk, 2),
        phone.press("remark", fire.pk, 3, words="   "),
        phone.press("set_unavailable", engine.pk, 3, words="free words of mine"),
        phone.press("go", assignment.pk, 4),
    ]
    assert [taken.done for taken in phone.send(messages)] == [True, False, False, False, True]
    assert [move for move, _at in moves(assignment)] == ["acknowledge", "go"]


def test_a_refusal_is_kept_untranslated_with_its_values(sent: Any) -> None:
    engine, _fire, assignment = sent
    phone = Phone(engine)
    taken = phone.send([phone.press("dance", assignment.pk)])[0]
    assert taken.message % taken.params
    assert "%(what)s" in taken.message
    assert taken.params == {"what": "dance"}


def test_what_the_desk_set_by_radio_meanwhile_stays(sent: Any) -> None:
    engine, _fire, assignment = sent
    move_assignment(assignment.pk, "arrive", radio=True, by=dispatcher(), at=after(3))
    phone = Phone(engine)
    taken = phone.send(all_steps(phone, assignment.pk))
    assert [one.done for one in taken] == [False, False, False, True]
    assert moves(assignment) == [("arrive", after(3)), ("clear", after(4))]


def test_a_later_milestone_is_never_before_an_earlier_one(sent: Any) -> None:
    """A phone whose clock was set forward while its page was closed claims minutes before it was even sent."""
    engine, _fire, assignment = sent
    phone = Phone(engine)
    early = phone.press("acknowledge", assignment.pk, -60)
    then = phone.press("go", assignment.pk, -61)
    assert all(taken.done for taken in phone.send([early, then]))
    assert moves(assignment) == [("acknowledge", AT), ("go", AT)]


def test_another_units_assignment_looks_as_if_it_were_not_there() -> None:
    """Crews of one agency see each other's assignments, and still move only their own."""
    engine, other, fire = unit("E01"), unit("E02"), incident()
    theirs = assign_unit(fire.pk, other.pk, by=dispatcher(), at=AT)
    phone = Phone(engine)
    phone.crew = actor("person:x", ["crew"], [f"unit:{engine.pk}", f"agency:{engine.agency_id}"])
    taken = phone.send([phone.press(what, theirs.pk) for what in ("acknowledge", "activate")])
    taken += phone.send([phone.press("remark", fire.pk, words="made-up")])
    assert [one.done for one in taken] == [False] * 3
    assert all("not found" in one.message for one in taken)
    assert moves(theirs) == []


def test_two_phones_of_one_unit(sent: Any) -> None:
    engine, _fire, assignment = sent
    one, two = Phone(engine), Phone(engine, error=timedelta(hours=1))
    assert one.send([one.press("acknowledge", assignment.pk, 1)])[0].done
    taken = two.send([two.press("acknowledge", assignment.pk, 2), two.press("go", assignment.pk, 3)])
    assert [each.done for each in taken] == [False, True]
    assert moves(assignment) == [("acknowledge", after(1)), ("go", after(3))]


def test_availability_and_remarks(sent: Any) -> None:
    engine, fire, _assignment = sent
    phone = Phone(engine)
    messages = [
        phone.press("set_unavailable", engine.pk, 1, words="refuelling"),
        phone.press("remark", fire.pk, 2, words="Made-up: gate is open."),
    ]
    assert all(taken.done for taken in phone.send(messages))
    fresh = queries.unit_for(dispatcher(), engine.pk)
    assert (fresh.matter.state, fresh.reason) == ("unavailable", "refuelling")
    remark = Incident.objects.get(pk=fire.pk).remarks.get()
    assert (remark.id, remark.at, remark_told(remark).text) == (
        messages[1].key,
        after(2),
        "Made-up: gate is open.",
    )


def test_a_found_incident_is_dealt_with_at_once_also_offline(sent: Any) -> None:
    """The phone names incident and assignment itself, so that later presses can speak of them."""
    engine, fire, assignment = sent
    phone = Phone(engine)
    found, taking = new_id(), new_id()
    there = Found(Where(address="made-up bridge"), "TRA.INJURY", stays=True, assignment=taking)
    messages = [
        phone.press("go", assignment.pk, 1),
        phone.press("open_incident", found, 2, found=there),
        phone.press("clear", taking, 9),
        phone.press("acknowledge", assignment.pk, 10),
    ]
    assert [taken.message for taken in phone.send(messages)] == [""] * 4
    opened = Incident.objects.select_related("matter").get(pk=found)
    assert (opened.type, opened.priority, opened.matter.state) == ("TRA.INJURY", 2, "on_scene")
    assert Assignment.objects.get(pk=taking).on_scene_at == after(2)
    assert [move for move, _at in moves(assignment)] == ["go", "stack", "activate", "acknowledge"]
    assert Incident.objects.get(pk=fire.pk).matter.state == "dispatched"


def test_a_found_incident_may_be_left_to_others(sent: Any) -> None:
    engine, _fire, assignment = sent
    phone = Phone(engine)
    found = new_id()
    there = Found(Where(24.9, 60.1), "TRA.HAZARD")
    assert phone.send([phone.press("open_incident", found, 1, found=there)])[0].done
    assert Incident.objects.get(pk=found).matter.state == "assessed"
    assert list(Assignment.objects.filter(incident_id=found)) == []
    assert Assignment.objects.get(pk=assignment.pk).active


def test_the_safety_alarm_stands_on_what_the_unit_is_on(sent: Any) -> None:
    engine, fire, _assignment = sent
    phone = Phone(engine)
    assert phone.send([phone.press("safety_alarm", fire.pk, 1)])[0].done
    assert Incident.objects.get(pk=fire.pk).safety_alarm
    assert phone.send([phone.press("safety_alarm", engine.pk, 2)])[0].done
    assert [entry.move for entry in history(fire.pk)].count("safety_alarm") == 2


def test_the_safety_alarm_is_never_refused_for_want_of_an_incident() -> None:
    engine = unit()
    Position.objects.create(
        unit=engine, callsign="E01", lon=24.9, lat=60.1, city="x", edge=0, along_m=0.0, at=AT
    )
    phone = Phone(engine)
    message = phone.press("safety_alarm", new_id(), 1)
    assert phone.send([message, message])[0].done
    opened = Incident.objects.select_related("place").get()
    assert (opened.type, opened.priority, opened.safety_alarm) == ("OTH.CREW_DANGER", 1, True)
    assert (opened.place.lon, opened.place.lat) == (24.9, 60.1)


def test_a_stranger_to_the_unit_may_do_nothing(sent: Any) -> None:
    engine, _fire, assignment = sent
    phone = Phone(engine)
    phone.crew = crew_of(new_id())
    assert not phone.send([phone.press("acknowledge", assignment.pk)])[0].done
    assert moves(assignment) == []


@pytest.mark.usefixtures("committed")
class TestRace:
    """The same key twice at once, as a phone sends it that gave up waiting for the first answer."""

    def setup_method(self) -> None:
        self.known = queries.message_result

    def _overtaken(self, phone: Phone, message: Pressed) -> Any:
        """A read of the key after which, still unseen, the other copy is dealt with and committed."""
        calls: list[UUID] = []

        def read(key: UUID) -> str | None:
            before = self.known(key)
            calls.append(key)
            if len(calls) == 1:
                phone.send([message])
            return before

        return patch.object(queries, "message_result", read)

    def test_it_counts_once(self) -> None:
        engine, fire = unit(), incident()
        phone = Phone(engine)
        message = phone.press("safety_alarm", fire.pk, 1)
        assign_unit(fire.pk, engine.pk, by=dispatcher(), at=AT)
        with self._overtaken(phone, message):
            taken = phone.send([message])
        assert taken[0].done
        assert [entry.move for entry in history(fire.pk)].count("safety_alarm") == 1
        assert CrewMessage.objects.count() == 1

    def test_without_the_guard_it_would_count_twice(self) -> None:
        """What the test above would see were the first one not to count."""
        engine, fire = unit(), incident()
        phone = Phone(engine)
        message = phone.press("safety_alarm", fire.pk, 1)
        assign_unit(fire.pk, engine.pk, by=dispatcher(), at=AT)
        keep = crew_module._keep
        with (
            self._overtaken(phone, message),
            patch.object(crew_module, "_keep", lambda *a: (keep(*a)[0], True)),
        ):
            phone.send([message])
        assert [entry.move for entry in history(fire.pk)].count("safety_alarm") == 2

    def test_a_refused_one_is_answered_alike(self) -> None:
        engine, fire = unit(), incident()
        phone = Phone(engine)
        assignment = assign_unit(fire.pk, engine.pk, by=dispatcher(), at=AT)
        message = phone.press("acknowledge", assignment.pk, 1)
        with self._overtaken(phone, message):
            taken = phone.send([message])
        assert taken[0].done
        assert [move for move, _at in moves(assignment)] == ["acknowledge"]
