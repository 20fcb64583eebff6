# SPDX-License-Identifier: Apache-2.0
"""Loading ladders and quiet hours: shown first, applied knowingly; no step twice and none left out in between."""

import pytest
from django.db import transaction
from tests.world import journal_size

from callbox.journal import queries as journal
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid, NotAllowed, Refusal
from callbox.kernel.tables import TableError
from callbox.matters import climbing, queries, standstill
from callbox.matters.hanging import CHAIN, LONGEST, LaddersPlan, hang_anew, load_ladders, plan_ladders
from callbox.matters.ladders import parse_ladders, shipped_ladders, tell_at
from callbox.matters.models import Clock, LadderEdition, Matter, Step
from callbox.matters.retelling import tell_anew
from callbox.matters.tests.test_calendar_loading import ADMIN
from callbox.matters.tests.test_ladders import CN, FIVE
from callbox.matters.tests.test_standstill import WORKER, at, clock, do, errand, local

TEXT, QUIET = shipped_ladders().text, shipped_ladders().quiet_text
FIRST = "2026-01-01\t\trequest\t80%\t1\tremind\towner\tset by the authority\n"
SECOND = "2026-01-01\t\trequest\t100%\t2\tremind\towner supervisor\tset by the authority\n"
THIRD = (
    "2026-01-01\t\trequest\t+1 working_days next_day\t3\tsupervise\towner supervisor\tset by the authority\n"
)
FOURTH = "2026-01-01\t\trequest\t+3 working_days next_day\t4\treport\tsupervisor\tset by the authority\n"
HALF = FIRST.replace("80%", "50%")
ALWAYS = "2026-01-01\t\t*\t22:00\t07:00\tset by the authority\n"
TOLD = frozenset({"owner", *(f"coordination.{name}" for name in ("first", "second", "lead", "supervisor"))})
ROLES = TOLD | {"supervisor"}
NOW = at("09-29 09:00")
assert all(line in TEXT for line in (FIRST, SECOND, THIRD, FOURTH))
assert ALWAYS in QUIET


def plan(text: str = TEXT, quiet: str = QUIET, by: Actor = ADMIN) -> LaddersPlan:
    return plan_ladders(text, quiet, told=ROLES, by=by, at=NOW)


def apply(text: str, quiet: str = QUIET, when: str = "09-29 09:00") -> None:
    load_ladders(plan(text, quiet), by=ADMIN, at=at(when))
    while hang_anew(by=WORKER, at=at(when)):
        pass


def climb(when: str) -> int:
    return climbing.climb_ladders(by=WORKER, at=at(when))


def step_of(found: Clock) -> str:
    assert found.step_at is not None
    return local(found.step_at)


def levels(matter: Matter) -> list[int]:
    return [int(str(entry.facts["level"])) for entry in journal.history(matter.id) if "level" in entry.facts]


@pytest.mark.parametrize(
    ("text", "quiet", "problem"),
    [
        (TEXT.replace(FIRST, HALF.replace("\t1\t", "\t2\t")), QUIET, r"line 6: level 2 comes after level 2"),
        (TEXT.replace(FIRST + SECOND, SECOND + FIRST), QUIET, r"line 6: level 1 comes after level 2"),
        (
            TEXT.replace(FIRST, FIRST.replace("80%", "+1 hours at_once")),
            QUIET,
            r"line 6: this offset is earlier",
        ),
        (TEXT.replace("\towner\t", "\tOwner!\t"), QUIET, r"line 5: 'Owner!' is no role; write it as"),
        (TEXT.replace("2026-01-01\t\trequest", "2026-13-01\t\trequest"), QUIET, r"line 5: not a date"),
        (TEXT.replace("\tlevel\t", "\theight\t"), QUIET, r"line 4: the header lacks the column level"),
        ("", QUIET, "it has no ladder"),
        (TEXT, QUIET + ALWAYS, r"quiet_hours.tsv, line \d+: \* has quiet hours twice"),
        (TEXT, QUIET.replace("22:00", "25:00"), "write hours as 22:00"),
        (TEXT, QUIET.replace("\tends\t", "\tend\t"), "lacks the column ends"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(text: str, quiet: str, problem: str) -> None:
    with pytest.raises(TableError, match=problem):
        parse_ladders(text, quiet, 1)


def test_a_ladder_changes_from_a_day_on() -> None:
    """A line that ends and one that begins on that day are no two of one level."""
    later = FIRST.replace("\t\trequest", "\t2026-11-01\trequest") + HALF.replace("2026-01-01", "2026-11-01")
    found = parse_ladders(TEXT.replace(FIRST, later), QUIET, 1)
    shares = [found.rungs("request", at(day).date())[0].share for day in ("10-31 09:00", "11-01 09:00")]
    assert shares == [80, 50]


def test_quiet_hours_of_an_edition() -> None:
    never = parse_ladders(TEXT, QUIET.replace(ALWAYS, ""), 1)
    assert local(tell_at(at("11-02 23:00"), "owner", CN, never)) == "11-02 23:00"
    longer = parse_ladders(TEXT, QUIET.replace("22:00\t07:00", "20:00\t08:00"), 1)
    assert local(tell_at(at("11-02 20:00"), "owner", CN, longer)) == "11-03 08:00"


@pytest.mark.django_db
def test_what_would_move_is_shown_and_moves_only_when_it_is_loaded() -> None:
    matter = errand(FIVE)
    size, was = journal_size(), clock(matter).step_at
    shown = plan(TEXT.replace(FIRST, HALF))
    assert [(each.kind, each.rule, each.becomes) for each in shown.differences] == [
        ("altered", "request/1/2026-01-01", "50% remind: owner")
    ]
    (shift,) = shown.shifts
    assert (shift.matter, shift.was, shift.at_once(NOW)) == (matter.id, (1, was), False)
    assert (journal_size(), LadderEdition.objects.count(), clock(matter).step_at) == (size, 0, was)
    load_ladders(shown, by=ADMIN, at=NOW)
    assert clock(matter).step_at == was
    assert (hang_anew(by=WORKER, at=NOW), hang_anew(by=WORKER, at=NOW)) == (1, 0)
    found = clock(matter)
    assert shift.becomes == (1, found.step_at)
    assert (step_of(found), found.ladder_edition) == ("10-04 16:30", 1)  # half of 303 hours
    load, settle = journal.history(CHAIN)[-2:]
    assert (load.move, load.actor, load.facts["moves"], settle.move) == ("load", ADMIN.id, 1, "settle")


@pytest.mark.django_db
def test_a_step_that_was_taken_is_not_taken_again_when_it_moves_later() -> None:
    matter = errand(FIVE)
    assert climb("10-08 12:00") == 1
    apply(TEXT.replace(FIRST, FIRST.replace("80%", "95%")), when="10-08 13:00")
    assert climb("10-10 23:00") == 0
    assert climb("10-11 00:00") == 1
    assert levels(matter) == [1, 2]


@pytest.mark.django_db
def test_a_step_that_comes_in_above_is_taken_and_one_below_is_not() -> None:
    matter = errand(FIVE)
    climb("10-11 00:00")
    climb("10-11 00:00")
    assert levels(matter) == [1, 2]
    new = SECOND + THIRD.replace("+1 working_days next_day", "+6 hours at_once")
    below = FIRST.replace("80%", "10%")
    apply(TEXT.replace(FIRST, below).replace(SECOND + THIRD, new), when="10-11 01:00")
    assert climb("10-11 05:59") == 0
    assert climb("10-11 06:00") == 1
    assert levels(matter) == [1, 2, 3]
    assert journal.history(matter.id)[-1].facts["ladders"] == 1


@pytest.mark.django_db
def test_a_longer_ladder_is_climbed_on_by_what_had_reached_its_top() -> None:
    without = TEXT.replace(FOURTH, "")
    apply(without)
    matter = errand(FIVE)
    assert [climb("12-01 12:00") for _sweep in range(4)] == [1, 1, 1, 0]
    shown = plan(TEXT)
    assert [(each.was, each.at_once(at("12-01 12:00"))) for each in shown.shifts] == [(None, True)]
    apply(TEXT, when="12-01 13:00")
    assert (climb("12-01 13:00"), climb("12-01 13:00")) == (1, 0)
    assert levels(matter) == [1, 2, 3, 4]


@pytest.mark.django_db
def test_a_shorter_ladder_ends_where_it_ends() -> None:
    matter = errand(FIVE)
    climb("10-08 12:00")
    apply(TEXT.replace(SECOND + THIRD + FOURTH, ""), when="10-08 13:00")
    assert clock(matter).step_at is None
    assert climb("12-01 12:00") == 0


@pytest.mark.django_db
def test_until_it_is_hung_anew_a_clock_takes_no_step() -> None:
    matter = errand(FIVE)
    load_ladders(plan(TEXT.replace(FIRST, FIRST.replace("80%", "95%"))), by=ADMIN, at=NOW)
    assert climb("10-08 12:00") == 0
    assert hang_anew(by=WORKER, at=at("10-08 12:00")) == 1
    assert climb("10-08 12:00") == 0
    assert climb("10-10 23:00") == 1
    assert levels(matter) == [1]


@pytest.mark.django_db
def test_what_stands_still_climbs_by_the_new_edition_when_it_goes_on() -> None:
    matter = errand(FIVE)
    climb("10-08 12:00")
    do(standstill.pause_clock, matter, "r", when="10-09 09:00")
    apply(TEXT.replace(SECOND, SECOND.replace("100%", "99%")), when="10-09 10:00")
    do(standstill.resume_clock, matter, when="10-12 09:00")
    found = clock(matter)
    assert local(found.due_at) == "10-14 00:00"
    assert step_of(found) == "10-13 20:15"  # one in a hundred of 375 hours before
    assert (climb("10-13 20:15"), levels(matter)) == (1, [1, 2])


@pytest.mark.django_db
def test_what_starts_afterwards_climbs_by_it_at_once() -> None:
    load_ladders(plan(TEXT.replace(FIRST, HALF)), by=ADMIN, at=NOW)
    found = clock(errand(FIVE))
    assert (step_of(found), found.ladder_edition) == ("10-04 16:30", 1)
    assert hang_anew(by=WORKER, at=NOW) == 0


@pytest.mark.django_db
def test_people_are_told_by_the_quiet_hours_in_force_the_record_is_on_time() -> None:
    matter = errand(FIVE)
    apply(TEXT, QUIET.replace("22:00\t07:00", "10:00\t12:00"))
    assert climb("10-08 11:24") == 1
    (step,) = Step.objects.filter(matter=matter)
    assert (local(step.taken_at), local(step.tell_at)) == ("10-08 11:24", "10-08 12:00")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hours", "told"),
    [
        ("11:00\t15:00", "10-08 15:00"),
        ("10:00\t11:30", "10-08 11:45"),  # its new end is past: as soon as they are loaded
        ("11:30\t14:00", "10-08 14:00"),  # it would be told by now, and now is quiet
        ("10:00\t12:00", "10-08 12:00"),
        ("10:00\t10:00", "10-08 11:45"),  # never quiet
    ],
)
def test_what_was_taken_and_is_not_told_yet_follows_the_new_quiet_hours(hours: str, told: str) -> None:
    matter = errand(FIVE)
    before = QUIET.replace("22:00\t07:00", "10:00\t12:00")
    apply(TEXT, before)
    assert climb("10-08 11:24") == 1
    new = QUIET.replace("22:00\t07:00", hours)
    moves = int(told != "10-08 12:00")
    shown = plan_ladders(TEXT, new, told=ROLES, by=ADMIN, at=at("10-08 11:45"))
    assert shown.told_otherwise == moves
    size = journal_size()
    assert (tell_anew(by=WORKER, at=at("10-08 11:45")), journal_size()) == (0, size), "nothing is loaded yet"
    load_ladders(shown, by=ADMIN, at=at("10-08 11:45"))
    done = [tell_anew(by=WORKER, at=at("10-08 11:45")) for _time in range(2)]
    assert done == [moves, 0]
    (step,) = Step.objects.filter(matter=matter)
    assert (local(step.taken_at), local(step.tell_at), step.told_at) == ("10-08 11:24", told, None)


@pytest.mark.django_db
def test_what_was_told_or_is_due_to_be_told_stays() -> None:
    errand(FIVE)
    apply(TEXT, QUIET.replace("22:00\t07:00", "10:00\t12:00"))
    climb("10-08 11:24")
    (step,) = Step.objects.all()
    climbing.note_told([step.pk], at=at("10-08 11:40"))
    apply(TEXT, QUIET.replace("22:00\t07:00", "11:00\t15:00"), when="10-08 11:45")
    assert tell_anew(by=WORKER, at=at("10-08 11:45")) == 0
    Step.objects.update(told_at=None)
    assert tell_anew(by=WORKER, at=at("10-08 12:00")) == 0
    assert tell_anew(by=WORKER, at=at("10-08 11:45")) == 1


@pytest.mark.django_db
def test_two_who_looked_at_the_same_plan_do_not_both_load() -> None:
    first, second = plan(TEXT.replace(FIRST, HALF)), plan(TEXT.replace(FOURTH, ""))
    load_ladders(first, by=ADMIN, at=NOW)
    size = journal_size()
    with pytest.raises(Conflict), transaction.atomic():
        load_ladders(second, by=ADMIN, at=NOW)
    assert (journal_size(), LadderEdition.objects.count()) == (size, 1)
    assert queries.ladders_in_force().text == first.ladders.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "quiet", "by", "refusal", "said"),
    [
        (TEXT, QUIET, WORKER, NotAllowed, None),
        (TEXT.replace("\towner\t", "\tsupervisr\t"), QUIET, ADMIN, Invalid, "supervisr"),
        (TEXT.replace("\trequest\t", "\tpetition\t"), QUIET, ADMIN, Invalid, "petition|request"),
        (TEXT + "#" * LONGEST, QUIET, ADMIN, Invalid, "characters"),
        (TEXT, QUIET.replace("\t*\t", "\tboss\t"), ADMIN, Invalid, "boss"),
    ],
    ids=["stranger", "nobody-is-that", "a-promise-needs-it", "too-long", "quiet-for-nobody"],
)
def test_what_may_not_be_loaded_is_refused(
    text: str, quiet: str, by: Actor, refusal: type[Refusal], said: str | None
) -> None:
    errand(FIVE)
    size = journal_size()
    with pytest.raises(refusal, match=said):
        plan(text, quiet, by)
    assert (journal_size(), LadderEdition.objects.count()) == (size, 0)


@pytest.mark.django_db
def test_what_runs_keeps_the_lines_of_its_day() -> None:
    """A ladder that begins later alone would leave what began before without one."""
    errand(FIVE)
    later = TEXT.replace("2026-01-01\t\trequest", "2026-09-29\t\trequest")
    with pytest.raises(Invalid, match="since 2026-09-28"):
        plan(later)
    Clock.objects.update(stopped_at=NOW)
    assert plan(later).shifts == []


@pytest.mark.django_db
def test_a_plan_is_not_enough_for_others() -> None:
    with pytest.raises(NotAllowed), transaction.atomic():
        load_ladders(plan(), by=WORKER, at=NOW)
    assert LadderEdition.objects.count() == 0
