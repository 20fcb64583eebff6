# SPDX-License-Identifier: Apache-2.0
"""Steps of ladders reach whom they are for, each once: also after a crash, downtime, and beside another worker."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.faults.kill import every_point
from tests.signed_in import person
from tests.world import AT, LATER, call_taker, moves_in_between, supervisor, waiting_call

from callbox.access.models import Person
from callbox.access.queries import actor_of
from callbox.kernel.errors import Invalid, NotAllowed
from callbox.matters.models import Clock, Matter, Step
from callbox.messages import queries, telling, turns
from callbox.messages.actions import set_reach
from callbox.messages.domain import UNDELIVERED
from callbox.messages.models import Message, Reach
from callbox.messages.retention import erase_expired
from callbox.messages.tests.outbox import ERASER, SENDER, files_in, folder, run

pytestmark = pytest.mark.usefixtures("committed")
HOUR = timedelta(hours=1)


@pytest.fixture
def out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    return folder(monkeypatch, tmp_path)


def reached(username: str, *roles: str, language: str = "en", agency: str | None = None) -> Person:
    """Somebody with these roles and a mail address."""
    who = person(username, *roles, agency=agency)
    set_reach(
        f"person:{who.pk}", "email", f"{username}@city.example", language, by=actor_of(who, LATER), at=AT
    )
    return who


def step(role: str = "supervisor", owner: str = "", number: int = 1) -> Step:
    """A step of a ladder that is to be told now."""
    call = waiting_call()
    if owner:
        Matter.objects.filter(pk=call.pk).update(owner=owner)
    clock = Clock.objects.filter(matter_id=call.pk).latest("id")
    return Step.objects.create(
        matter_id=call.pk, clock=clock, number=number, level=2, action="supervise", role=role, due_at=AT,
        taken_at=AT, tell_at=AT,
    )  # fmt: skip


def tell(at=LATER) -> int:  # type: ignore[no-untyped-def]  # a time
    return telling.tell_steps(by=SENDER, at=at)


def sent_to(out: Path, at=LATER) -> list[str]:  # type: ignore[no-untyped-def]  # a time
    turns.look_after(at)
    run("file", at)
    return sorted(each["to"] for each in files_in(out))


def test_a_step_is_told_to_everybody_of_its_role_each_in_their_language(out: Path) -> None:
    reached("chief", "supervisor")
    reached("zhuren", "supervisor", language="zh-hans")
    reached("other", "dispatcher")
    one = step()
    assert sent_to(out) == ["chief@city.example", "zhuren@city.example"]
    assert sent_to(out, LATER + HOUR) == ["chief@city.example", "zhuren@city.example"]
    words = {each["to"]: each for each in files_in(out)}
    assert words["chief@city.example"]["subject"] == "Call: Under supervision, level 2"
    assert words["zhuren@city.example"]["subject"] == "来话：督办，2 级"
    assert str(one.matter_id)[-8:] in words["chief@city.example"]["body"]
    assert Step.objects.get(pk=one.pk).told_at is not None


def test_an_owner_is_told_as_a_person_or_as_an_agency(out: Path) -> None:
    officer = reached("officer", "dispatcher", agency="water")
    step("owner", f"person:{officer.pk}")
    step("owner", f"agency:{officer.agency_id}")
    assert sent_to(out) == ["officer@city.example"] * 2
    administrator = actor_of(person("admin", "administrator"), LATER)
    set_reach(f"agency:{officer.agency_id}", "email", "duty@water.example", "en", by=administrator, at=LATER)
    step("owner", f"agency:{officer.agency_id}")
    assert sent_to(out, LATER + HOUR)[0] == "duty@water.example"


def test_a_role_that_ended_and_somebody_who_left_are_told_nothing(out: Path) -> None:
    from callbox.access.models import Grant

    ended, left = reached("ended", "supervisor"), reached("left", "supervisor")
    Grant.objects.filter(person=ended).update(until=LATER)
    Person.objects.filter(pk=left.pk).update(is_active=False)
    step()
    assert sent_to(out) == []


def test_a_step_that_reaches_nobody_is_in_view_once() -> None:
    person("chief", "supervisor")
    step()
    tell()
    tell(LATER + HOUR)
    (row,) = queries.undelivered(supervisor())
    assert (row.state, row.problem) == (UNDELIVERED, "no_address")


def test_after_an_hour_of_downtime_every_step_is_told_once(out: Path) -> None:
    reached("chief", "supervisor")
    for number in range(1, 4):
        step(number=number)
    assert len(sent_to(out, LATER + HOUR)) == 3
    assert len(sent_to(out, LATER + 2 * HOUR)) == 3


def test_two_workers_at_once_tell_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reached("chief", "supervisor")
    step()
    moves_in_between(monkeypatch, telling, "steps_to_tell", tell)
    assert tell() == 0
    assert Message.objects.count() == 1


def test_killed_anywhere_a_step_is_told_once(out: Path) -> None:
    reached("chief", "supervisor")
    steps = [step()]

    def check(_alive: bool) -> None:
        tell()
        assert Message.objects.count() == len(steps)
        assert Step.objects.filter(told_at=None).count() == 0
        steps.append(step())

    assert every_point(tell, check) > 3


def test_killed_between_sending_and_noting_it_arrives_once(out: Path) -> None:
    """At every word that the worker says to the database, before and after, the file gateway in the middle."""
    reached("chief", "supervisor")
    told = 0

    def check(_alive: bool) -> None:
        nonlocal told
        for minutes in (2, 4, 8):
            sent_to(out, LATER + minutes * timedelta(minutes=1))
        told += 1
        assert len(files_in(out)) == Message.objects.filter(state="sent").count() == told
        step()
        tell()
        Message.objects.filter(state="waiting").update(gateway="file")

    step()
    tell()
    Message.objects.update(gateway="file")
    assert every_point(lambda: run("file", LATER, 1), check) > 3


def test_people_set_their_own_address_and_nobody_elses(out: Path) -> None:
    chief = reached("chief", "supervisor")
    with pytest.raises(NotAllowed):
        set_reach(f"person:{chief.pk}", "email", "other@city.example", "en", by=call_taker(), at=AT)
    with pytest.raises(Invalid):
        set_reach(f"person:{chief.pk}", "email", "nobody", "en", by=actor_of(chief, LATER), at=AT)
    assert queries.own_reaches(actor_of(chief, LATER)) == {"email": ("chief@city.example", "en")}
    set_reach(f"person:{chief.pk}", "email", "", "en", by=actor_of(chief, LATER), at=AT)
    assert queries.own_reaches(actor_of(chief, LATER)) == {}
    assert Reach.objects.get().sealed is None


def test_the_address_of_somebody_who_left_is_erased(out: Path) -> None:
    stays, left = reached("stays", "supervisor"), reached("left", "supervisor")
    Person.objects.filter(pk=left.pk).update(is_active=False)
    erase_expired(by=ERASER, at=Reach.objects.latest("retain_until").retain_until)
    assert Reach.objects.get(holder=f"person:{left.pk}").sealed is None
    assert Reach.objects.get(holder=f"person:{stays.pk}").sealed is not None
