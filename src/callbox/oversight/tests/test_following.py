# SPDX-License-Identifier: Apache-2.0
"""The engine that follows events says at every moment what the plain evaluator says, however the events came in."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbox.oversight.domain.events import Event, Value
from callbox.oversight.domain.rules import Rule
from callbox.oversight.following.follower import NO_VERDICT, Flips, Follower
from callbox.oversight.following.wakes import Wakes
from callbox.oversight.tests.histories import rule
from callbox.oversight.tests.test_engines import HARD, PAUSED, PLAIN, START, logs, moments, plainly

EXTRA = [
    rule(
        "both",
        parts=[
            {"form": "within", "target": "done", "limit": "2 days next_day"},
            {"form": "silence", "target": "told", "limit": "1 days next_day", "until": "done"},
        ],
    ),
    rule("within", limit="2 working_days next_day", target="done", waived_by="excused", warn=[33]),
    rule("within", limit="25 hours at_once", target="done", **PAUSED, warn=[10, 50, 99]),
]
FINER = {"act": "done", "where": "amount > 0.00001"}  # finer than columns can say
EXTRA += [rule("within", limit="2 days next_day", target=FINER, warn=[20, 70])]
EVERYONE = [*PLAIN, *HARD, *EXTRA]


def said(follower: Follower) -> dict[tuple[str, str, str], str]:
    return {(code, key, event): verdict for code, event, verdict, key in follower.verdicts()}


@settings(max_examples=25, deadline=None)
@pytest.mark.parametrize("of", EVERYONE, ids=lambda each: f"{each.versions[0].form.__class__.__name__}")
@given(
    events=logs(st.integers(0, 14).map(lambda n: n == 0)),
    nows=st.lists(moments, min_size=1, max_size=8).map(sorted),
    seed=st.integers(0, 99),
)
def test_it_says_at_every_look_what_the_plain_evaluator_says(
    of: Rule, events: list[Event], nows: list[datetime], seed: int
) -> None:
    """Events in any order, some twice, some from the future, in any portions; looks at any moments between."""
    random = Random(seed)
    arriving = random.sample([*events, *events[:3]], len(events) + len(events[:3]))
    cuts = [0, *sorted(random.randrange(len(arriving) + 1) for _now in nows[1:]), len(arriving)]
    follower, known = Follower("case", [of]), []
    for (first, end), now in zip(pairwise(cuts), nows, strict=True):
        follower.look(arriving[first:end], now)
        known += arriving[first:end]
        assert said(follower) == plainly(of, known, now)


@settings(max_examples=25, deadline=None)
@pytest.mark.parametrize("of", EVERYONE, ids=lambda each: f"{each.versions[0].form.__class__.__name__}")
@given(events=logs(st.just(False)), steps=st.lists(st.integers(1, 40), min_size=1, max_size=12))
def test_time_alone_changes_what_it_must(of: Rule, events: list[Event], steps: list[int]) -> None:
    """All events at once, then only the clock moves: nothing but its timers makes it look again."""
    follower, now = Follower("case", [of]), START
    follower.look(events, now)
    for hours in steps:
        now += timedelta(hours=hours)
        follower.look([], now)
        assert said(follower) == plainly(of, events, now)


def test_it_looks_only_at_what_may_have_changed() -> None:
    """Else the tests above would say no more than that a scan is a scan."""
    of = rule("within", limit="2 days at_once", target="done", warn=[50])
    begun = [_event(n, "begun", timedelta(hours=n)) for n in range(4)]
    follower = Follower("case", [of])
    assert len(follower.look(begun, START + timedelta(hours=4)).which) == 4
    assert (
        len(follower.look([_event(9, "done", timedelta(hours=5), "p1")], START + timedelta(hours=5)).which)
        == 1
    )
    assert not len(follower.look([], START + timedelta(hours=23, minutes=59)).which)
    looked = follower.look([], START + timedelta(hours=24))
    assert follower.log.keys[int(looked.woken[0])] == "p0", "half of its two days have passed"
    (flips,) = looked.flips
    assert (flips.was.tolist(), flips.becomes.tolist()) == ([1], [2])
    looked = follower.look([], START + timedelta(days=9))
    assert len(looked.which) == 3
    assert not len(follower.look([], START + timedelta(days=90)).which), "what is overdue stays so"


@pytest.mark.parametrize("target", ["done", FINER], ids=["by columns", "plainly"])
def test_a_clock_that_stands_is_looked_at_again_as_its_limit_moves(target: object) -> None:
    """A day counts until its midnight has passed in the pause: so what is warned of may be running again."""
    of = rule("within", limit="2 days next_day", target=target, warn=[50], **PAUSED)
    events = [_event(1, "begun", timedelta(), "p"), _event(2, "told", timedelta(hours=30), "p")]
    follower = Follower("case", [of])
    follower.look(events, START + timedelta(hours=30))
    found: list[str] = []
    for hours in (31, 47, 49):
        follower.look([], START + timedelta(hours=hours))
        found += said(follower).values()
        assert said(follower) == plainly(of, events, START + timedelta(hours=hours))
    assert found == ["running", "warned", "running"]


def test_a_limit_that_is_inclusive_ends_just_after_its_moment() -> None:
    of = rule("within", limit="30 hours at_once inclusive", target="done", warn=[])
    follower, end = Follower("case", [of]), START + timedelta(hours=30)
    follower.look([_event(1, "begun", timedelta(), "p")], START)
    for now, verdict in ((end, "running"), (end + timedelta(microseconds=1), "overdue")):
        follower.look([], now)
        assert [*said(follower).values()] == [verdict]


def test_what_came_twice_or_out_of_turn_takes_back_what_was_said() -> None:
    of = rule("within", limit="1 days at_once", target="done", pairing="first")
    follower = Follower("case", [of])
    late = _event(2, "begun", timedelta(days=5), "p")
    assert _codes(follower, [late], 9) == [(NO_VERDICT, 3)]
    assert _codes(follower, [late], 9) == []
    early = _event(1, "begun", timedelta(days=1), "p")
    assert _codes(follower, [early], 9) == [(NO_VERDICT, 3), (3, NO_VERDICT)], (
        "the first of the history is another"
    )
    assert follower.counts()[of.code]["overdue"] == 1


def test_an_event_of_two_objects_is_of_both_histories_also_when_one_was_known_before() -> None:
    of = rule("within", limit="1 days at_once", target="done")
    follower = Follower("case", [of])
    both = replace(
        _event(1, "begun", timedelta(), "p"), objects=(("case", "p"), ("case", "q"), ("item", "i"))
    )
    follower.look([replace(both, objects=(("case", "p"),))], START)
    assert len(follower.look([both], START).which) == 1
    follower.look([_event(2, "done", timedelta(hours=1), "q")], START + timedelta(days=3))
    assert sorted(said(follower).items()) == [
        ((of.code, "p", "e1"), "overdue"),
        ((of.code, "q", "e1"), "fine"),
    ]


def test_a_value_that_is_no_number_after_many_that_are() -> None:
    of = rule("holds", condition="amount = 2")
    follower = Follower("case", [of])
    values: list[Value] = [Decimal(2), Decimal("2.5"), "two", Decimal("0.00001"), START, Decimal(2)]
    for number, value in enumerate(values):
        event = Event(
            f"e{number}", "begun", START, None, number, (("case", f"p{number}"),), {"amount": value}
        )
        follower.look([event], START)
    assert [verdict for *_which, verdict in sorted((k, v) for (_c, k, _e), v in said(follower).items())] == [
        "fine", "broken_late", "unknown", "broken_late", "unknown", "fine",
    ]  # fmt: skip


@given(
    sets=st.lists(st.tuples(st.integers(0, 5), st.integers(1, 400)), max_size=30),
    nows=st.lists(st.integers(1, 500), max_size=10).map(sorted),
)
def test_a_moment_that_has_come_is_due_once_it_is_set_and_no_other(
    sets: list[tuple[int, int]], nows: list[int]
) -> None:
    """Against a plain table of moments; minutes, so that some share an hour."""
    wakes, table, minute = Wakes(), {}, 60_000_000
    for number, (which, after) in enumerate(sets):
        now = nows[number % len(nows)] if nows else 0
        now = max(now, max(nows[: number % len(nows) + 1], default=0)) if nows else 0
        wakes.set(np.array([which]), np.array([(now + after) * minute]))
        table[which] = now + after
    for now in sorted(nows):
        due = wakes.due(now * minute).tolist()
        assert due == sorted(which for which, at in table.items() if at <= now)
        for which in due:
            wakes.set(np.array([which]), np.array([(now + 7) * minute]))
            table[which] = now + 7


def _event(number: int, act: str, after: timedelta, key: str = "") -> Event:
    return Event(f"e{number}", act, START + after, None, number, (("case", key or f"p{number}"),))


def _codes(follower: Follower, events: list[Event], days: int) -> list[tuple[int, int]]:
    looked = follower.look(events, START + timedelta(days=days))
    return sorted(_pairs(looked.flips))


def _pairs(flips: Sequence[Flips]) -> Iterator[tuple[int, int]]:
    for each in flips:
        yield from zip(each.was.tolist(), each.becomes.tolist(), strict=True)
