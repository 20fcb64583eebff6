# SPDX-License-Identifier: Apache-2.0
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from math import ceil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbox.analysis.figures import (
    MEASURES,
    CaseTimes,
    Promise,
    UnitTimes,
    figures_of,
    nearest_rank,
    shares_of,
    spans_of,
)
from callbox.analysis.reference import reference_figures
from callbox.analysis.sffd import Calls
from callbox.analysis.sffd_times import times_of
from callbox.kernel.tables import read_table

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def at(seconds: float | None) -> datetime | None:
    return None if seconds is None else NOON + timedelta(seconds=seconds)


def unit(
    name: str, *stamps: float | None, agency: str = "fire"
) -> UnitTimes:  # assigned, en route, on scene, clear
    assigned, en_route, on_scene, clear = (at(stamp) for stamp in stamps)
    assert assigned is not None
    return UnitTimes(name, agency, assigned, en_route, on_scene, clear)


def case(*units: UnitTimes, answered: float | None = None, priority: int = 1, hour: int = 12) -> CaseTimes:
    return CaseTimes(priority, hour, NOON, at(answered), units)


def measured(one: CaseTimes) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for span in spans_of(one):
        found.setdefault(span.measure, []).append(span.seconds)
    return found


def test_what_is_measured_on_an_ordinary_call() -> None:
    both = case(unit("E1", 60, 130, 400, 2000), unit("M1", 70, 90, 300, 3000), answered=7)
    assert measured(both) == {
        "answer": [7],
        "processing": [60],
        "turnout": [70, 20],
        "travel": [270, 210],
        "first_travel": [210],
        "response": [300],
        "total": [3000],
    }


@pytest.mark.parametrize(
    ("said", "one", "without"),
    [
        ("nobody was sent", case(answered=5), {"processing", "turnout", "travel", "response", "total"}),
        ("no answering time", case(unit("E1", 60, 130, 400, 900)), {"answer"}),
        (
            "cancelled on the way",
            case(unit("E1", 60, 130, None, 900)),
            {"travel", "first_travel", "response"},
        ),
        ("arrived without saying it went", case(unit("E1", 60, None, 400, 900)), {"turnout", "travel"}),
        ("one is not clear yet", case(unit("E1", 60, 70, 80, 90), unit("E2", 60, 70, 80, None)), {"total"}),
    ],
)
def test_what_is_not_known_is_not_counted(said: str, one: CaseTimes, without: set[str]) -> None:
    assert not without & set(measured(one)), said


def test_a_measure_nobody_has_is_empty_not_zero() -> None:
    (answer,) = (
        f for f in figures_of([case(unit("E1", 60, 130, 400, 900))])[: len(MEASURES)] if f.measure == "answer"
    )
    assert (answer.count, answer.median_s, answer.p90_s) == (0, None, None)


def test_figures_by_priority_and_hour() -> None:
    cases = [case(unit("E1", n, n, n, n), priority=1 + n % 2, hour=n % 3) for n in range(10)]
    found = {
        (f.by, f.value): (f.count, f.median_s, f.p90_s) for f in figures_of(cases) if f.measure == "response"
    }
    assert found == {
        ("all", ""): (10, 4, 8),
        ("priority", "1"): (5, 4, 8),
        ("priority", "2"): (5, 5, 9),
        ("hour", "0"): (4, 3, 9),
        ("hour", "1"): (3, 4, 7),
        ("hour", "2"): (3, 5, 8),
    }
    assert [f.measure for f in figures_of(cases)[:7]] == list(MEASURES)


@settings(deadline=None)
@given(st.lists(st.integers(0, 10_000), min_size=1), st.integers(1, 100))
def test_nearest_rank_is_the_least_value_that_covers_the_share(values: list[int], percent: int) -> None:
    found = nearest_rank(sorted(values), percent)
    assert found is not None
    assert found == sorted(values)[ceil(percent * len(values) / 100 - 1e-9) - 1]
    assert sum(value <= found for value in values) * 100 >= percent * len(values)
    assert sum(value < found for value in values) * 100 < percent * len(values)


@dataclass(frozen=True)
class Limit:
    within: timedelta
    percent: int
    source: str
    scope: str = "*"
    most_urgent: int = 1
    least_urgent: int = 5


EIGHTY = Limit(timedelta(seconds=80), 90, "NFPA 1710")


def promised(clock: str, agency: str, priority: int | None) -> Sequence[Promise]:
    return [EIGHTY] if (clock, agency, priority) == ("turnout", "fire", 1) else []


def test_the_share_that_kept_a_promise() -> None:
    cases = [case(unit("E1", 0, seconds, 500, 900)) for seconds in [80] * 9 + [81]]
    cases += [
        case(unit("E1", 0, 300, 500, 900), priority=2),
        case(unit("M1", 0, 300, 500, 900, agency="ems")),
    ]
    (share,) = shares_of(cases, promised)
    assert (share.measure, share.count, share.kept, share.percent) == ("turnout", 10, 9, 90.0)
    assert share.is_reached
    (missed,) = shares_of(cases[1:], promised)
    assert not missed.is_reached


def test_every_measure_has_words() -> None:
    assert [row["code"] for row in read_table("callbox.analysis", "measures.tsv")] == list(MEASURES)


def test_the_fortnight_agrees_to_the_second_with_the_csv(fortnight: Calls, fortnight_file: Path) -> None:
    ours = {
        (f.by, f.value, f.measure): (f.count, f.median_s, f.p90_s)
        for f in figures_of(map(times_of, fortnight.calls))
        if f.count
    }
    assert ours == reference_figures(fortnight_file)
    assert ours["all", "", "response"] == (5112, 420, 1027)
    assert not any(measure == "answer" for _, _, measure in ours)


def test_turnout_of_the_fortnight_against_its_limits(fortnight: Calls) -> None:
    def limits(clock: str, agency: str, _priority: int | None) -> Sequence[Promise]:
        seconds = {"fire": 80, "ems": 60}.get(agency)
        return [Limit(timedelta(seconds=seconds), 90, agency)] if clock == "turnout" and seconds else []

    shares = shares_of(map(times_of, fortnight.calls), partial(limits))
    assert {share.promise.source: (share.count, share.kept) for share in shares} == {
        "ems": (5520, 4904),
        "fire": (4668, 2381),
    }
