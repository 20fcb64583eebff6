# SPDX-License-Identifier: Apache-2.0
"""What comes into the live log is followed, by events and by timers, and becomes findings: each once, none lost."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from tests.faults.kill import killed_at

from callbox.findings import following
from callbox.findings.domain import JUDGING
from callbox.findings.following import follow, unit_of
from callbox.findings.judging import note_followed
from callbox.findings.models import Finding
from callbox.findings.tests.scene import ENGINE, unit
from callbox.journal import queries as journal
from callbox.journal.queries import position_of
from callbox.oversight.actions import append_events
from callbox.oversight.domain.events import Event, histories
from callbox.oversight.domain.judging import judge
from callbox.oversight.domain.rules import Rule
from callbox.oversight.domain.verdicts import NEWS
from callbox.oversight.following import ledger, watch
from callbox.oversight.following.watch import Watch
from callbox.oversight.models import Followed
from callbox.oversight.queries import live_events
from callbox.oversight.tests.histories import rule

pytestmark = pytest.mark.usefixtures("committed")
AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TWO_DAYS = replace(rule("within", limit="48 hours at_once", target="done", warn=[50]), code="two_days")
NEVER_TOLD = replace(rule("absent", target="told"), code="never_told")
RULES = {each.code: each for each in (TWO_DAYS, NEVER_TOLD)}


def new_watch(rules: Mapping[str, Rule] = RULES, library: str = "one") -> Watch:
    return Watch(rules, library)


def tell(*events: tuple[str, str, timedelta], source: str = "file:x") -> None:
    """Events such as ("C1", "begun", after AT)."""
    made = [
        Event(f"{key}-{act}-{after}", act, AT + after, None, 0, (("case", key),))
        for key, act, after in events
    ]
    append_events(source, made, by=ENGINE, at=AT)


def go_on(watching: Watch, at: datetime) -> int:
    """Steps until there is nothing left to do at this moment."""
    steps = 0
    while follow(watching, by=ENGINE, at=at):
        steps += 1
    return steps


def found() -> dict[tuple[str, str], str]:
    return {(row.rule, row.key): f"{row.state} {row.verdict}" for row in Finding.objects.all()}


def test_by_events_and_by_time_alone() -> None:
    watching = new_watch()
    tell(("C1", "begun", timedelta()), ("C2", "begun", timedelta()))
    assert go_on(watching, AT) == 1
    assert found() == {}
    assert go_on(watching, AT + DAY - timedelta(seconds=1)) == 0, "no timer is due"
    assert go_on(watching, AT + DAY) == 1
    assert found() == {("two_days", key): "warned warned" for key in ("C1", "C2")}
    tell(("C1", "done", DAY), ("C2", "told", DAY))
    go_on(watching, AT + DAY)
    assert found() == {
        ("two_days", "C1"): "heeded fine",
        ("two_days", "C2"): "warned warned",
        ("never_told", "C2"): "raised broken_late",
    }
    go_on(watching, AT + 2 * DAY)
    assert found()["two_days", "C2"] == "raised overdue"
    tell(("C2", "done", DAY + timedelta(hours=3)))
    go_on(watching, AT + 3 * DAY)
    assert found()["two_days", "C2"] == "closed fine", "it was done in time, as is known now"
    assert Followed.objects.filter(next_at__isnull=False).count() == 0


def test_once_a_day_it_is_noted_how_much_stays_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "PORTION", 2)  # so that it is read in several portions
    zone = ZoneInfo("Asia/Shanghai")
    assert note_followed(RULES, zone, by=ENGINE, at=AT) == 0, "nothing is followed yet"
    tell(*((f"C{number}", "begun", timedelta()) for number in range(4)), ("C1", "told", timedelta()))
    for act, day in (("begun", AT), ("done", None)):  # that it was done is known, but not when
        dateless = Event(f"C5-{act}", act, day, AT, 0, (("case", "C5"),))
        append_events("file:x", [dateless], by=ENGINE, at=AT)
    go_on(new_watch(), AT)
    assert note_followed(RULES, zone, by=ENGINE, at=AT) == 1
    assert note_followed(RULES, zone, by=ENGINE, at=AT + timedelta(hours=5)) == 0, "the same day"
    assert note_followed([*RULES, "other"], zone, by=ENGINE, at=AT + DAY) == 1
    said = [entry.facts for entry in journal.told([JUDGING])]
    assert [each["log"] for each in said] == ["live", "live"]
    assert [each["models"] for each in said] == [{"never_told": [5, 0], "two_days": [5, 1]}] * 2


def test_what_another_process_wrote_is_read_and_not_lost() -> None:
    """Each step by a process that remembers nothing, or something old."""
    old, new = new_watch(), new_watch()
    tell(("C1", "begun", timedelta()))
    go_on(old, AT)
    tell(("C1", "told", timedelta(hours=1)))
    go_on(new, AT + timedelta(hours=1))
    assert found() == {("never_told", "C1"): "raised broken_late"}
    go_on(old, AT + DAY)
    assert found()["two_days", "C1"] == "warned warned"
    go_on(new_watch(), AT + 2 * DAY)
    assert found() == {("never_told", "C1"): "raised broken_late", ("two_days", "C1"): "raised overdue"}
    tell(("C1", "done", DAY))
    go_on(old, AT + 2 * DAY)
    assert found()["two_days", "C1"] == "closed fine", "lifted by one that had never said it"


def test_an_event_of_two_cases_is_judged_in_the_whole_history_of_each() -> None:
    """A process that reads the one history anew must not take what it saw of the other for all of it."""
    tell(("C2", "begun", timedelta()))
    shared = Event("shared", "looked", AT, AT, 1, (("case", "C1"), ("case", "C2")))
    append_events("file:x", [shared], by=ENGINE, at=AT)
    tell(("C1", "begun", timedelta()), ("C2", "done", timedelta(hours=1)))
    go_on(new_watch(), AT + timedelta(hours=2))
    fresh = new_watch()
    tell(("C1", "told", timedelta(hours=2)))
    assert follow(fresh, by=ENGINE, at=AT + timedelta(hours=2)) > 0
    assert found() == {("never_told", "C1"): "raised broken_late"}
    go_on(fresh, AT + 4 * DAY)
    assert found() == {("never_told", "C1"): "raised broken_late", ("two_days", "C1"): "raised overdue"}


def test_of_two_at_once_the_second_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between reading the place in the log and moving it, another process does the same."""
    first, second = new_watch(), new_watch()
    assert go_on(first, AT) == go_on(second, AT) == 0
    tell(("C1", "begun", timedelta()), ("C1", "told", timedelta(hours=1)))

    def raced(name: str) -> tuple[int, int]:
        place = position_of(name)
        monkeypatch.setattr(watch, "position_of", position_of)
        _apart(lambda: follow(first, by=ENGINE, at=AT + DAY))
        return place

    monkeypatch.setattr(watch, "position_of", raced)
    assert follow(second, by=ENGINE, at=AT + DAY) == 0
    assert found() == {("two_days", "C1"): "warned warned", ("never_told", "C1"): "raised broken_late"}
    assert [row.rev for row in Followed.objects.all()] == [1]
    assert go_on(second, AT + 2 * DAY) == 1
    assert found()["two_days", "C1"] == "raised overdue"


def test_a_timer_that_two_fire_is_fired_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No event moves the place in the log: the row's own compare-and-swap tells them apart."""
    tell(("C1", "begun", timedelta()))
    first, second = new_watch(), new_watch()
    go_on(first, AT)
    (rev,) = (row.rev for row in Followed.objects.all())
    rows = ledger.rows_of

    def raced(kind: str, keys: Iterable[str]) -> dict[str, ledger.Row]:
        there = rows(kind, keys)
        monkeypatch.setattr(ledger, "rows_of", rows)
        _apart(lambda: follow(first, by=ENGINE, at=AT + DAY))
        return there

    monkeypatch.setattr(ledger, "rows_of", raced)
    assert follow(second, by=ENGINE, at=AT + DAY) == 0
    assert [row.rev for row in Followed.objects.all()] == [rev + 1]
    assert found() == {("two_days", "C1"): "warned warned"}


def test_what_a_failed_step_remembers_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would take a row that another process wrote meanwhile, with more events, for its own."""
    first = new_watch()
    tell(("C1", "begun", timedelta()))
    go_on(first, AT)
    tell(("C1", "told", timedelta(hours=1)))
    with monkeypatch.context() as failing:
        failing.setattr(following, "note_verdicts", lambda *_args, **_said: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            follow(first, by=ENGINE, at=AT + timedelta(hours=1))
    tell(("C1", "done", timedelta(hours=2)))
    go_on(new_watch(), AT + timedelta(hours=3))
    go_on(first, AT + 2 * DAY)
    assert found() == {("never_told", "C1"): "raised broken_late"}


def test_other_models_judge_anew_what_was_judged() -> None:
    tell(("C1", "begun", timedelta()), ("C1", "told", timedelta(hours=1)))
    go_on(new_watch({"two_days": TWO_DAYS}), AT + 3 * DAY)
    assert found() == {("two_days", "C1"): "raised overdue"}
    go_on(new_watch(), AT + 3 * DAY)
    assert len(found()) == 1, "the same library: nothing is due"
    go_on(new_watch(library="two"), AT + 3 * DAY)
    assert found()["never_told", "C1"] == "raised broken_late"


def test_an_object_that_was_erased_is_forgotten() -> None:
    watching = new_watch()
    tell(("C1", "begun", timedelta()))
    go_on(watching, AT)
    with connection.cursor() as cursor:
        for table in ("followed", "eventobject", "event", "object"):
            cursor.execute(f"DELETE FROM oversight_{table}")
    tell(("C1", "told", DAY))
    assert follow(watching, by=ENGINE, at=AT + DAY) == 0, "it begins anew"
    go_on(watching, AT + 3 * DAY)
    assert found() == {}, "of the old trigger nothing is left"


KILLED = [
    ("C1", "begun", timedelta()),
    ("C2", "begun", timedelta()),
    ("C2", "told", DAY),
    ("C3", "begun", DAY),
]


def test_killed_at_any_word_to_the_database_it_goes_on() -> None:
    """A new process each time, as after SIGKILL; in the end each finding once, and what a scan says."""
    tell(*KILLED)
    moments = [AT + DAY, AT + 2 * DAY, AT + 3 * DAY]

    def work() -> None:
        watching = new_watch()
        for at in moments:
            go_on(watching, at)

    killed = point = 0
    alive = False
    while not alive:
        point += 3
        alive = not killed_at(work, point, after=bool(point % 2))
        killed += not alive
    assert killed > 5
    end = moments[-1]
    told = _scanned(list(live_events()), end)
    assert {(row.rule, row.key, row.activation): row.verdict for row in Finding.objects.all()} == told
    assert len(told) == 4


def test_the_unit_is_the_one_whose_system_told() -> None:
    key = unit()
    tell(("C1", "begun", timedelta()), source=key)
    go_on(new_watch(), AT + 3 * DAY)
    assert Finding.objects.get().unit == key
    assert unit_of("journal/1/2") == unit_of("file:x/7") == ""


def _scanned(events: Sequence[Event], at: datetime) -> dict[tuple[str, str, str], str]:
    said = (
        each
        for history in histories("case", events).values()
        for of in RULES.values()
        for each in judge(of, history, at)
    )
    return {(each.rule, each.key, each.activation): each.verdict for each in said if each.verdict in NEWS}


def _apart(work: Callable[[], object]) -> None:
    """In a connection of its own, as another process has one."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()
