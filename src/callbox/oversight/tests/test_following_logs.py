# SPDX-License-Identifier: Apache-2.0
"""The engine event by event over the real log of fines and over planted histories: it says what a scan says."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from random import Random

import pytest

from callbox.host.config import load
from callbox.oversight.bulk import by_activation, scan
from callbox.oversight.columns import Columns
from callbox.oversight.domain.events import Event
from callbox.oversight.domain.verdicts import BROKEN
from callbox.oversight.files import mapping_for
from callbox.oversight.following.follower import Follower
from callbox.oversight.following.state import holds_any, rule_mark, unpack
from callbox.oversight.generator import AS_OF, columns_by_kind, events_of, planted_once
from callbox.oversight.library import shipped_rules
from callbox.oversight.quick import add_file
from callbox.oversight.store import Store

RULES = list(shipped_rules().values())
type Said = dict[tuple[str, str, str], str]


def said(follower: Follower) -> Said:
    return {(code, key, event): verdict for code, event, verdict, key in follower.verdicts()}


def portions(events: Sequence[Event], seed: int, most: int) -> Iterator[Sequence[Event]]:
    """Of random sizes, so that a history is split in every way."""
    random, first = Random(seed), 0
    while first < len(events):
        size = random.randint(1, most)
        yield events[first : first + size]
        first += size


def rows(columns: Columns, numbers: Iterable[int]) -> Iterator[Event]:
    for number in numbers:
        history = columns.history(number)
        for event in history.events:
            yield Event(
                event.id, event.activity, event.happened, None, event.seq,
                ((history.kind, history.key),), event.values,
            )  # fmt: skip


@pytest.mark.parametrize("in_order", [True, False], ids=["as it happened", "in any order"])
@pytest.mark.parametrize("name", ["road_traffic_fines_full.parquet", "receipt.csv.gz"])
def test_real_logs_as_a_stream_end_as_a_scan_says(
    name: str, in_order: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every twentieth case of the fines, each of the receipts; looks at many moments on the way."""
    path = load().data / "cases" / name
    if not path.is_file():
        pytest.skip(f"{path} is not there; set CALLBOX_DATA")
    with closing(Store(tmp_path_factory.mktemp("log") / "log.duckdb")) as store:
        add_file(store, path, mapping_for(path))
        columns = store.columns("case")
    events = list(rows(columns, range(0, len(columns.keys), 20 if "fines" in name else 1)))
    events.sort(key=lambda each: (each.happened or AS_OF, each.seq))
    end = max(each.happened for each in events if each.happened)
    if not in_order:
        Random(5).shuffle(events)
    follower, now = Follower("case", RULES), min(each.happened for each in events if each.happened)
    for portion in portions(events, seed=2, most=400):
        now = max(now, *(each.happened for each in portion if each.happened))
        follower.look(portion, now)
    follower.look([], end)
    asked = {event.id for event in events}
    scanned = by_activation(columns, scan(columns, RULES, end))
    assert said(follower) == {which: verdict for which, verdict in scanned.items() if which[2] in asked}
    assert len(asked) > 8_000


def test_what_is_planted_is_found_and_nothing_else() -> None:
    for kind, made in planted_once(shipped_rules(), seed=1).items():
        events = list(events_of(made))
        Random(3).shuffle(events)
        follower = Follower(kind, RULES)
        for portion in portions(events, seed=4, most=900):
            follower.look(portion, AS_OF)
        found = {which: verdict for which, verdict in said(follower).items() if verdict in BROKEN}
        assert found == made.planted


def test_all_models_by_time_alone_say_what_a_scan_says_at_each_moment() -> None:
    """All events are known from the start; then only the clock moves, through the days in which most limits end."""
    for kind, made in columns_by_kind(400, seed=9, rules=shipped_rules(), share_lawful=0.3).items():
        rules = [rule for rule in RULES if rule.over == kind]
        moments = sorted(_moments(made.columns))[:: max(1, len(made.columns) // 12)]
        follower = Follower(kind, rules)
        follower.look(list(events_of(made)), moments[0])
        for now in [*moments, AS_OF]:
            follower.look([], now)
            assert said(follower) == by_activation(made.columns, scan(made.columns, rules, now))


def test_what_is_packed_is_read_again_and_no_two_models_share_a_mark() -> None:
    marks = defaultdict(list)
    for rule in RULES:
        marks[rule_mark(rule.code)].append(rule.code)
    assert not [codes for codes in marks.values() if len(codes) > 1]
    names = {mark: codes[0] for mark, codes in marks.items()}
    for kind, made in planted_once(shipped_rules(), seed=1).items():
        follower = Follower(kind, RULES)
        follower.look(list(events_of(made)), AS_OF)
        which = follower.log.numbers_of(follower.log.keys[:50])
        told = follower.said_of(which)
        for key, state in zip(told, follower.states(which), strict=True):
            events = [event.id for event in follower.history(key, AS_OF).events]
            assert unpack(state, names, events) == told[key]
            assert holds_any(state, BROKEN) == any(verdict in BROKEN for verdict in told[key].values())
            assert unpack(state, {}, events) == unpack(state, names, []) == {}


def _moments(columns: Columns) -> set[datetime]:
    return {at for place in range(len(columns)) if (at := columns.moment(place)) is not None}
