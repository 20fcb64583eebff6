# SPDX-License-Identifier: Apache-2.0
"""Loading a calendar: shown first, applied knowingly, clock by clock; provisional ones are settled."""

from datetime import date, datetime
from importlib.resources import files

import pytest
from django.db import transaction
from tests.world import SETUP, journal_size, someone

from callbox.journal import queries as journal
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid, NotAllowed, Refusal
from callbox.matters import actions, queries
from callbox.matters.calendars import Plan, load_calendar, plan_calendar
from callbox.matters.models import CalendarVersion
from callbox.matters.reckoning import unknown_soon
from callbox.matters.settling import chain_of, settle_clocks
from callbox.matters.tests.test_standstill import WORKER, at, clock, errand, local

FOLDER = files("callbox.kernel").joinpath("data", "calendars", "cn")
ABOUT, DAYS = (FOLDER.joinpath(name).read_text(encoding="utf-8") for name in ("about.tsv", "days.tsv"))
# Made up: the arrangement of 2027 is not known when this is written.
NEXT = "year\t2027-01-01\t2027-12-31\t2027\t2027年\tmade up\n"
NEXT += "holiday\t2027-01-01\t2027-01-03\tNew Year's Day\t元旦\tmade up\n"
ADMIN = someone("administrator")


def plan(days: str = DAYS + NEXT, by: Actor = ADMIN) -> Plan:
    return plan_calendar(ABOUT, days, by=by)


def settle() -> int:
    return settle_clocks(by=WORKER, at=at("12-30 10:00"))


@pytest.mark.django_db
def test_what_reaches_into_an_unknown_year_is_settled_when_it_is_loaded() -> None:
    reaching, not_reaching = errand(start=at("12-28 09:00")), errand(start=at("11-02 09:00"))
    assert (local(clock(reaching).due_at), clock(reaching).provisional) == ("01-05 00:00", True)
    shown = plan()
    assert [(each.name, local(each.was), local(each.becomes), each.provisional) for each in shown.shifts] == [
        ("resolve", "01-05 00:00", "01-06 00:00", False)
    ]
    assert queries.provisional_clocks() == 1
    load_calendar(shown, by=ADMIN, at=at("12-30 09:00"))
    assert local(clock(reaching).due_at) == "01-05 00:00"
    assert (settle(), settle()) == (2, 0)
    found = clock(reaching)
    assert (local(found.due_at), found.provisional, found.calendar_version) == ("01-06 00:00", False, 2)
    told = journal.history(reaching.id)[-1]
    assert (told.move, told.facts["calendar"]) == ("settle_clock", "cn/2")
    assert [entry.move for entry in journal.history(not_reaching.id)] == ["open"]
    assert [entry.move for entry in journal.history(chain_of("cn"))] == ["load", "settle"]
    assert queries.provisional_clocks() == 0


@pytest.mark.django_db
def test_nothing_is_changed_by_looking() -> None:
    errand(start=at("12-28 09:00"))
    size = journal_size()
    assert len(plan().shifts) == 1
    assert (journal_size(), CalendarVersion.objects.count()) == (size, 0)
    assert queries.calendar_in_force().label == "cn/1"


@pytest.mark.django_db
def test_what_starts_after_the_loading_is_reckoned_with_it() -> None:
    load_calendar(plan(), by=ADMIN, at=at("12-30 09:00"))
    found = clock(errand(start=at("12-28 09:00")))
    assert (local(found.due_at), found.provisional, found.calendar_version) == ("01-06 00:00", False, 2)


@pytest.mark.django_db
def test_a_clock_that_is_not_settled_yet_does_not_fire() -> None:
    matter = errand(start=at("12-28 09:00"))
    load_calendar(plan(), by=ADMIN, at=at("12-30 09:00"))
    old_end = datetime(2027, 1, 5, tzinfo=at("12-30 09:00").tzinfo)
    assert actions.fire_due_clocks(by=WORKER, at=old_end) == 0
    settle_clocks(by=WORKER, at=old_end)
    assert actions.fire_due_clocks(by=WORKER, at=old_end) == 0
    assert actions.fire_due_clocks(by=WORKER, at=clock(matter).due_at) == 1


@pytest.mark.django_db
def test_what_was_late_by_a_provisional_end_is_not_late_by_a_settled_later_one() -> None:
    matter = errand(start=at("12-28 09:00"))
    early = datetime(2027, 1, 5, tzinfo=at("12-30 09:00").tzinfo)
    assert actions.fire_due_clocks(by=WORKER, at=early) == 1
    load_calendar(plan(), by=ADMIN, at=early)
    settle_clocks(by=WORKER, at=early)
    assert clock(matter).fired_at is None
    assert [entry.move for entry in journal.history(matter.id)] == ["open", "late", "settle_clock"]


@pytest.mark.django_db
def test_two_who_looked_at_the_same_plan_do_not_both_load() -> None:
    first, second = plan(), plan()
    load_calendar(first, by=ADMIN, at=at("12-30 09:00"))
    size = journal_size()
    with pytest.raises(Conflict), transaction.atomic():
        load_calendar(second, by=ADMIN, at=at("12-30 09:00"))
    assert (journal_size(), CalendarVersion.objects.count()) == (size, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("about", "days", "by", "refusal"),
    [
        (ABOUT, DAYS + NEXT, WORKER, NotAllowed),
        (ABOUT, DAYS.replace("year\t2024", "# year\t2024"), ADMIN, Invalid),
        (ABOUT.replace("cn\t1", "fi\t1"), DAYS, ADMIN, Invalid),
        (ABOUT, DAYS + "holiday\t2027-02-30\t\tA\t甲\ts\n", ADMIN, Invalid),
    ],
)
def test_what_may_not_be_loaded_is_refused(about: str, days: str, by: Actor, refusal: type[Refusal]) -> None:
    size = journal_size()
    with pytest.raises(refusal):
        plan_calendar(about, days, by=by)
    assert (journal_size(), CalendarVersion.objects.count()) == (size, 0)


@pytest.mark.django_db
def test_a_part_of_callbox_may_load_too_but_a_plan_is_not_enough_for_others() -> None:
    with pytest.raises(NotAllowed), transaction.atomic():
        load_calendar(plan(by=SETUP), by=WORKER, at=at("12-30 09:00"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("when", "year"), [("11-01 23:59", None), ("11-02 00:00", 2027), ("12-31 23:59", 2027)]
)
def test_an_unknown_year_is_seen_sixty_days_ahead(when: str, year: int | None) -> None:
    assert unknown_soon(queries.calendar_in_force(), at(when)) == year


@pytest.mark.django_db
def test_once_known_nothing_is_missing() -> None:
    load_calendar(plan(), by=ADMIN, at=at("12-30 09:00"))
    assert unknown_soon(queries.calendar_in_force(), at("12-31 23:59")) is None
    assert queries.calendar_in_force().knows(date(2027, 6, 1))
