# SPDX-License-Identifier: Apache-2.0
"""The law of equality: on any history, as of any moment, in any order of arrival, the engines say the same."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import batched
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbox.oversight.bulk import by_activation, scan
from callbox.oversight.columns import columns_of, micros
from callbox.oversight.domain.events import Event, Value, histories
from callbox.oversight.domain.judging import judge
from callbox.oversight.domain.rules import Rule
from callbox.oversight.searching import Search
from callbox.oversight.store import Store
from callbox.oversight.tests.histories import rule
from callbox.oversight.vectors import judge_form
from callbox.oversight.verdict_codes import HARD as HARD_CODE

ENOUGH = {"act": "excused", "where": "paid >= case.amount + case.expense?"}
PLAIN = [
    rule("within", limit="2 days next_day", target="done"),
    rule("within", limit="2 days at_once rolls", target="done", waived_by=ENOUGH),
    rule("within", limit="30 hours at_once inclusive", target=["done", "told"], pairing="first", warn=[50]),
    rule("within", limit="1 months next_day", target="done", pairing="last", calendar="zone Europe/Rome"),
    rule("present", limit="3 working_days next_day", target="done", waived_by="excused", warn=[]),
    rule(
        "at_most", limit="1 days next_day", target="done", trigger={"act": "begun", "where": "class in a, b"}
    ),
    rule("precede", required=["told", {"act": "done", "where": "amount > 1"}], waived_by=ENOUGH),
    rule("not_before", limit="2 days next_day", anchor="told", on_last_day=True),
    rule("not_before", limit="2 working_days next_day", anchor="told", from_anchor="first", trigger="done"),
    rule("not_after", limit="1 days next_day rolls", anchor="told", pairing="first"),
    rule("holds", condition=["case.amount >= 2", {"any": ["class in a", {"not": "paid known"}]}]),
    rule("absent", target="done", waived_by="told"),
]
PAUSED = {"paused_by": "told", "resumed_by": "excused"}
PLAIN += [
    rule("within", limit="2 days next_day", target="done", **PAUSED),
    rule("within", limit="2 days at_once", target="done", pairing="first", waived_by=ENOUGH, **PAUSED),
    rule("within", limit="30 hours at_once", target="done", **PAUSED, cured_by="done"),
    rule(
        "at_most", limit="5 days next_day", target="ended", paused_by="told", resumed_by="done", warn=[50, 80]
    ),
    rule("within", limit="2 days next_day", target="done", cured_by="told"),
    rule("precede", required=["excused"], cured_by="told", waived_by="done"),
    rule(
        "ladder",
        limit="1 days next_day",
        target="done",
        steps=[
            {"by": {"act": "told", "where": "amount >= 1"}, "limit": "60 hours at_once inclusive"},
            {"by": "told", "limit": "4 working_days next_day"},
            {"by": "excused", "limit": "7 days next_day"},
        ],
    ),
    rule(
        "ladder",
        limit="1 days next_day",
        target="done",
        steps=[{"by": "told", "limit": "3 days next_day"}, {"by": "told", "limit": "5 days next_day"}],
        paused_by="excused",
        resumed_by="told",
    ),
    rule("within", limit="2 days next_day", target={"act": "done", "where": "class = 'a'"}),
    rule("holds", condition=["case.class != 'b'", "other = 'b'"]),
    rule("within", limit="until", target="done", waived_by="told"),
    rule("not_after", limit="case.until", trigger="done"),
    rule("count", counted="told", most=1, window="3 days next_day"),
    rule("count", counted=["begun", "told"], most=2, cured_by="done"),
    rule("count", counted="begun", most=1, window="2 working_days next_day", pairing="first"),
    rule("silence", limit="2 days next_day", target="told", until="done"),
    rule(
        "silence",
        limit="3 working_days next_day",
        target="told",
        until="done",
        cured_by="done",
        pairing="first",
    ),
    rule(
        "silence",
        limit="20 hours at_once inclusive",
        target=["told", "done"],
        waived_by="excused",
        cured_by="told",
    ),
    rule("silence", limit="5 days next_day", target="told", until={"act": "told", "where": "class = 'a'"}),
    rule("gap", following="done", limit="2 days next_day"),
    rule("agree", values=["case.amount", "case.paid", "expense"]),
    rule("distinct", values=["class", "case.other"], others=["told", "done"]),
    rule("both", parts=[{"form": "absent", "target": "done"}, {"form": "precede", "required": ["told"]}]),
]
HARD = [
    rule("overlap", end="done", same="class", span="other"),
    rule("within", limit="2 working_days next_day", target="done", **PAUSED),
    rule("within", limit="2 days next_day", target="done", restarted_by="told", **PAUSED),
    rule("distinct", values=["amount", "class"]),
]
START = datetime(2026, 9, 27, 16, tzinfo=UTC)  # a midnight in Shanghai, a few days before a long holiday

numbers = st.integers(0, 3).map(Decimal)
values: st.SearchStrategy[dict[str, Value]] = st.fixed_dictionaries(
    {},
    optional={
        "amount": numbers,
        "paid": numbers,
        "expense": numbers,
        "class": st.sampled_from(["a", "b", "c"]),
        "other": st.sampled_from(["b", "c", "d"]),
        "until": st.integers(0, 14).map(lambda day: START + timedelta(days=day)),
    },
)
moments = st.one_of(
    st.integers(0, 14).map(lambda day: START + timedelta(days=day)),
    st.integers(0, 14 * 24).map(lambda hour: START + timedelta(hours=hour)),
    st.integers(0, 14 * 24 * 3600 * 10).map(lambda tenth: START + timedelta(seconds=tenth / 10)),
)
activities = st.sampled_from(["begun", "done", "told", "excused"])


def logs(untimed: st.SearchStrategy[bool]) -> st.SearchStrategy[list[Event]]:
    drawn = st.lists(
        st.tuples(activities, moments, untimed, st.integers(0, 2), st.sampled_from("pqr"), values),
        max_size=24,
    )
    return drawn.map(
        lambda rows: [
            Event(f"e{n}", act, None if lost else at, None, seq, (("case", key),), said)
            for n, (act, at, lost, seq, key, said) in enumerate(rows)
        ]
    )


def plainly(of: Rule, events: list[Event], as_of: datetime) -> dict[tuple[str, str, str], str]:
    found = (each for history in histories("case", events).values() for each in judge(of, history, as_of))
    return {(each.rule, each.key, each.activation): each.verdict for each in found}


@settings(max_examples=20, deadline=None)
@pytest.mark.parametrize(
    "of", [*PLAIN, *HARD], ids=lambda each: f"{each.versions[0].form.__class__.__name__}"
)
@given(events=logs(st.integers(0, 14).map(lambda n: n == 0)), as_of=moments, seed=st.integers(0, 99))
def test_in_bulk_as_one_by_one(of: Rule, events: list[Event], as_of: datetime, seed: int) -> None:
    expected = plainly(of, events, as_of)
    arrived = Random(seed).sample([*events, *events[:3]], len(events) + len(events[:3]))
    columns = columns_of("case", arrived)
    assert by_activation(columns, scan(columns, [of], as_of)) == expected
    assert plainly(of, arrived, as_of) == expected


@pytest.mark.parametrize("of", PLAIN, ids=lambda each: f"{each.versions[0].form.__class__.__name__}")
def test_what_is_plain_is_judged_by_columns(of: Rule) -> None:
    """Else the test above would compare the plain evaluator with itself."""
    said: dict[str, Value] = {"amount": Decimal(1), "class": "a", "paid": Decimal(1)}
    events = [
        Event(f"e{n}", act, START + timedelta(days=n), None, n, (("case", "p"),), said)
        for n, act in enumerate(["begun", "told", "done", "excused"])
    ]
    search = Search(columns_of("case", events), micros(START + timedelta(days=30)))
    form = of.versions[0].form
    codes = judge_form(search, of, form, search.triggers(form))
    assert len(codes) == 1
    assert HARD_CODE not in codes


@settings(max_examples=8, deadline=None)
@given(events=logs(st.integers(0, 9).map(lambda n: n == 0)), size=st.integers(1, 9), seed=st.integers(0, 99))
def test_the_store_gives_back_what_came_however_it_was_split(
    events: list[Event], size: int, seed: int
) -> None:
    expected = columns_of("case", events)
    arrived = Random(seed).sample([*events, *events], 2 * len(events))
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "log.duckdb")
        new = sum(store.add(batch).new for batch in batched(arrived, size, strict=False))
        found = store.columns("case")
        store.close()
    assert new == len(events)
    assert list(found.keys) == list(expected.keys)
    histories_of = [[each.history(n) for n in range(len(each.keys))] for each in (found, expected)]
    assert histories_of[0] == histories_of[1]
