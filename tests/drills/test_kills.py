# SPDX-License-Identifier: Apache-2.0
"""A few faults of each kind in every run, with seeds of their own; `callbox drill NAME --times N` makes more."""

import pytest

from callbox.drills.faults.freeze_postgres import frozen
from callbox.drills.faults.kill_at_each_write import chosen
from callbox.drills.faults.kill_postgres import killed
from callbox.drills.faults.slow_postgres import SETTINGS, locked, no_connection
from callbox.drills.registry import drill
from callbox.drills.result import Result
from callbox.drills.trouble import troubled


def sound(result: Result) -> None:
    assert result.broken == []
    assert result.extra["acknowledged"] == result.extra["contacts"]


def test_nothing_is_lost_when_processes_are_killed() -> None:
    result = drill("kill-any").run(seed=7, times=7)
    sound(result)
    assert result.counts["app_kills"] == 7


@pytest.mark.slow
def test_nothing_is_lost_when_the_database_is_killed_frozen_locked_or_full_of_strangers() -> None:
    faults = [killed, frozen, locked("door_contact"), locked("journal_chain"), no_connection]
    result = troubled(Result("trouble", seed=7), faults, len(faults), "trouble", settings=SETTINGS)
    sound(result)
    assert result.counts["trouble"] == len(faults)


@pytest.mark.slow
def test_nothing_is_lost_when_a_process_is_killed_at_a_write() -> None:
    result = drill("kill-at-each-write").run(seed=7, times=6)
    sound(result)
    assert result.counts["app_kills"] > 2


def test_points_are_spread_over_all_writes() -> None:
    assert chosen(2, 0) == [(1, False), (1, True), (2, False), (2, True)]
    assert chosen(2, 9) == chosen(2, 0)
    assert len(set(chosen(50, 7))) == 7
    assert (chosen(50, 7)[0], chosen(50, 7)[-1]) == ((1, False), (50, True))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "times"),
    [
        ("kill-door", 20),
        ("kill-web", 20),
        ("kill-worker", 20),
        ("kill-at-each-write", 60),
        ("kill-postgres", 10),
        ("freeze-postgres", 10),
        ("slow-postgres", 9),
    ],
)
def test_nothing_is_lost_in_many_faults(name: str, times: int) -> None:
    sound(drill(name).run(seed=11, times=times))
