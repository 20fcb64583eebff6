# SPDX-License-Identifier: Apache-2.0
"""The time that is written down: the database's, whatever the machine's clock does meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest

from callbox.host import clock
from callbox.host.clock import DatabaseClock

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Machine:
    """This machine's two clocks: of the day, and the one that only counts."""

    def __init__(self) -> None:
        self.day, self.counted = NOON.timestamp(), 1_000.0

    def time(self) -> float:
        return self.day

    def monotonic(self) -> float:
        return self.counted

    def wait(self, seconds: float) -> None:
        self.day += seconds
        self.counted += seconds


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine()
    monkeypatch.setattr(clock, "time", made)
    return made


def test_it_counts_on_when_the_clock_of_the_day_leaps(machine: Machine) -> None:
    kept = DatabaseClock()
    assert kept.now() == NOON
    machine.day -= 3_600
    machine.wait(5)
    assert kept.now() == NOON + timedelta(seconds=5)


def test_it_says_what_the_database_said(machine: Machine) -> None:
    kept, said = DatabaseClock(), NOON + timedelta(minutes=7)
    kept.learn(said, begun=machine.counted - 0.5)
    assert kept.now() == said + timedelta(seconds=0.25), "half of the way is gone when the answer is here"
    machine.wait(60)
    assert kept.now() == said + timedelta(seconds=60.25)


def test_a_slow_answer_counts_only_when_there_was_none_before(machine: Machine) -> None:
    kept = DatabaseClock()
    kept.learn(NOON + timedelta(hours=1), begun=machine.counted - 4)
    assert kept.now() == NOON + timedelta(hours=1, seconds=2)
    kept.learn(NOON + timedelta(hours=2), begun=machine.counted - 4)
    assert kept.now() == NOON + timedelta(hours=1, seconds=2)
