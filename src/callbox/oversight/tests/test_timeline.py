# SPDX-License-Identifier: Apache-2.0
"""The drawing of a history: everything has a place, in its order, and what is broken shows past its limit."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbox.oversight.desk.timeline import AHEAD, EDGE, LATE, PAUSED, RAN, TICKS, WIDTH, Drawing, draw
from callbox.oversight.domain.events import Event, history
from callbox.oversight.domain.judging import judge
from callbox.oversight.library import MODELS, read_examples, shipped_rules

ZONE = ZoneInfo("Asia/Shanghai")
BEGUN = datetime(2026, 3, 2, 1, tzinfo=UTC)


def drawn(code: str, kind: str, number: int = 0) -> Drawing:
    rule = shipped_rules()[code]
    example = [each for each in read_examples(MODELS / code, rule) if each.kind == kind][number]
    return draw(example.history.events, judge(rule, example.history, example.as_of), example.as_of, ZONE)


def test_what_came_late_shows_past_its_limit() -> None:
    (lane,) = drawn("d07_seizure_30_60_days", "firing").lanes
    kinds = {piece.kind: piece for piece in lane.pieces}
    assert set(kinds) == {RAN, LATE}
    assert lane.limit == kinds[LATE].x == kinds[RAN].x + kinds[RAN].width


def test_what_was_done_in_time_leaves_the_rest_of_the_limit() -> None:
    (lane,) = drawn("d07_seizure_30_60_days", "quiet").lanes
    kinds = {piece.kind: piece for piece in lane.pieces}
    assert LATE not in kinds
    assert kinds[AHEAD].x + kinds[AHEAD].width == lane.limit


def test_a_pause_stands_where_it_was() -> None:
    rule = shipped_rules()["d07_seizure_30_60_days"]
    acts = ("item.seized_administrative", "appraisal.commissioned", "appraisal.received", "item.returned")
    events = [
        Event(str(n), act, BEGUN + timedelta(days=days))
        for n, (act, days) in enumerate(zip(acts, (0, 5, 15, 38), strict=True))
    ]
    case = history("item", "1", events)
    as_of = BEGUN + timedelta(days=60)
    found = draw(case.events, judge(rule, case, as_of), as_of, ZONE)
    (paused,) = [piece for piece in found.lanes[0].pieces if piece.kind == PAUSED]
    assert (paused.x, paused.x + paused.width) == (found.marks[1].x, found.marks[2].x)
    assert found.lanes[0].verdict.verdict == "fine"


@settings(deadline=None, max_examples=60)
@given(st.lists(st.one_of(st.none(), st.integers(0, 3 * 10**8)), max_size=40), st.integers(0, 4 * 10**8))
def test_every_event_has_one_mark_and_nothing_leaves_the_drawing(
    seconds: list[int | None], ends: int
) -> None:
    moments = [None if n is None else BEGUN + timedelta(seconds=n) for n in seconds]
    case = history("case", "1", [Event(str(n), "a", at) for n, at in enumerate(moments)])
    found = draw(case.events, [], BEGUN + timedelta(seconds=ends), ZONE)
    covered = [n for mark in found.marks for n in range(mark.first, mark.last + 1)]
    assert covered == [n for n, each in enumerate(case.events, 1) if each.happened]
    places = [each.x for each in found.marks] + [each.x for each in found.ticks]
    assert all(EDGE <= x <= WIDTH - EDGE for x in places)
    assert len(found.ticks) <= TICKS + 1
    assert [each.x for each in found.marks] == sorted({each.x for each in found.marks})


@pytest.mark.parametrize("hours", [0, 1, 30, 47, 49, 24 * 40, 24 * 3000, 24 * 20000])
def test_a_span_of_any_length_has_readable_ticks(hours: int) -> None:
    events = [Event("1", "a", BEGUN), Event("2", "b", BEGUN + timedelta(hours=hours))]
    labels = [each.label for each in draw(events, [], BEGUN, ZONE).ticks]
    assert 1 <= len(labels) <= TICKS + 1
    assert len(set(labels)) == len(labels)
