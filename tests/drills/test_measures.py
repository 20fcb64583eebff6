# SPDX-License-Identifier: Apache-2.0
"""What a drill measures beside the invariants: bounds, gaps, and when waits were as usual again."""

import json
from pathlib import Path

import pytest

from callbox.benches._reliability import Line, read_record, rounds, summary
from callbox.benches.reliability import PARTS, Part
from callbox.drills.latency import back_after_s
from callbox.drills.ledger import Ack, Attempt, Ledger, Sent
from callbox.drills.registry import drill, names
from callbox.drills.result import Broken, Result
from callbox.drills.sampling import Bounds, Sample, within
from callbox.drills.site import await_true

BOUNDS = Bounds(memory=100, files=10, spool=50, connections=5, waiting=7)
FINE = Sample({"door": 100}, {"door": 10}, 50, 5, 7)


@pytest.mark.parametrize(
    ("sample", "what"),
    [
        (Sample({"door": 101}, {}, 0, 0, 0), "memory of door"),
        (Sample({}, {"web": 11}, 0, 0, 0), "files of web"),
        (Sample({}, {}, 51, None, None), "spool"),
        (Sample({}, {}, 0, 6, None), "connections"),
        (Sample({}, {}, 0, None, 8), "waiting contacts"),
    ],
)
def test_a_bound_that_is_passed_is_told_once(sample: Sample, what: str) -> None:
    assert list(within([FINE], BOUNDS)) == []
    (found,) = within([FINE, sample, FINE, sample], BOUNDS)
    assert found.what.startswith(what)


def waited(first_at: float, wait_s: float | None, *outcomes: str) -> Sent:
    sent = Sent(str(first_at), "web", "", b"", first_at)
    sent.attempts = [Attempt(first_at, 0.1, outcome) for outcome in outcomes]
    sent.acks = [] if wait_s is None else [Ack("id", "spool", first_at + wait_s)]
    return sent


def test_the_gap_is_the_longest_wait_and_may_leave_out_a_door_that_was_gone() -> None:
    ledger = Ledger(sent=[waited(1, 0.5, "201"), waited(2, 3.0, "ClientOSError", "201"), waited(3, None)])
    assert ledger.gap_s() == 3.0
    assert ledger.gap_s(door_there=True) == 0.5


def test_waits_are_as_usual_again_after_the_last_slow_one() -> None:
    ledger = Ledger(
        sent=[waited(9, 5.0), waited(10, 0.1), waited(12, 4.0), waited(13, 0.2), waited(20, None)]
    )
    assert back_after_s(ledger, 10, until=15) == 2
    assert back_after_s(ledger, 10) == 10
    assert back_after_s(ledger, 12.5, until=15) == 0


def test_a_result_is_one_line_that_says_what_is_broken() -> None:
    result = Result("made-up", 3, broken=[Broken("lost", "one"), Broken("doubled", "two")], gap_s=1.23456)
    result.counts["app_kills"] += 2
    said = json.loads(result.line())
    assert (said["lost"], said["doubled"], said["app_kills"], said["gap_s"]) == (1, 1, 2, 1.235)
    assert (said["ok"], said["broken"]) == (False, ["lost: one", "doubled: two"])
    assert Result("made-up", 3).ok
    assert not Result("made-up", 3, controls_failed=False).ok
    assert not Result("made-up", 3, late=["slow"]).ok


def line(result: Result) -> Line:
    return json.loads(result.line())  # type: ignore[no-any-return]  # what a line holds


def test_the_bench_adds_up_and_says_what_was_not_run() -> None:
    kills = Result("kill-postgres", 1, gap_s=0.5, recovery_s=2.0, broken=[Broken("lost", "x")])
    kills.counts["db_kills"] = 3
    freezes = Result("freeze-postgres", 1, gap_s=0.9, recovery_s=4.0)
    cuts = Result("power-cut", 1, gap_s=9.0, controls_failed=True)
    storm = Result("storm", 1, extra={"storm_errors": 0, "storm_emergency_p99_ms": 12})
    said = summary(map(line, [kills, kills, freezes, cuts, storm]), {"disk-full-wal": "refused"})
    assert (said["db_kills"], said["lost"], said["doubled"], said["broken"]) == (6, 2, 0, 2)
    assert (said["accept_gap_s"], said["recovery_s"]) == (0.9, 2.0)
    assert (said["controls_failed"], said["storm_errors"]) == (True, 0)
    assert said["not_run"] == {"disk-full-wal": "refused"}
    failed = [line(cuts), line(Result("x", 1, controls_failed=False))]
    assert summary(failed, {})["controls_failed"] is False
    assert summary([], {})["controls_failed"] is None


def test_the_bench_goes_in_rounds_and_takes_up_a_record(tmp_path: Path) -> None:
    parts = [Part("kill-any", 3, 25, 10), Part("storm", 1, 1, 1)]
    all_rounds = [("kill-any", 7, 10), ("storm", 7, 1), ("kill-any", 8, 10), ("kill-any", 9, 5)]
    assert list(rounds(parts, True, 7, [])) == all_rounds
    assert list(rounds(parts, False, 7, [])) == [("kill-any", 7, 3), ("storm", 7, 1)]
    kept = tmp_path / "record"
    assert read_record(kept) == read_record(None) == []
    kept.write_text("".join(Result(name, seed).line() + "\n" for name, seed, _ in all_rounds[:3]))
    assert list(rounds(parts, True, 7, read_record(kept))) == all_rounds[3:]


def test_the_bench_names_drills_that_exist() -> None:
    assert {part.drill for part in PARTS} <= set(names())


@pytest.mark.parametrize("name", names())
def test_every_drill_says_what_it_does(name: str) -> None:
    found = drill(name)
    assert found.HELP
    assert found.TIMES > 0
    assert callable(found.run)


def test_patience_begins_anew_with_each_progress() -> None:
    left, made = iter([False, False, True]), iter(range(9))
    await_true(lambda: next(left), 0.0, "never", lambda: next(made))
    with pytest.raises(TimeoutError, match=r"After 0 s it stays so\."):
        await_true(lambda: False, 0.0, "it stays so", lambda: "the same")
