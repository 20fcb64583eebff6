# SPDX-License-Identifier: Apache-2.0
"""The engine in SQL: one text, and on each database that it runs on the verdicts of the plain evaluator."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbox.oversight.bulk import by_activation, scan
from callbox.oversight.columns import columns_of
from callbox.oversight.domain.events import Event, Value
from callbox.oversight.domain.forms import Within
from callbox.oversight.domain.rules import Rule
from callbox.oversight.generator import AS_OF as PLANTED_AS_OF
from callbox.oversight.generator import Made, planted_once
from callbox.oversight.library import shipped_rules
from callbox.oversight.sql.engine import Loaded
from callbox.oversight.sql.links import Duck, Link, Postgres, Spark, rows_of
from callbox.oversight.sql.tables import Filled
from callbox.oversight.sql.text import query_for
from callbox.oversight.sql.words import NotSaid
from callbox.oversight.tests.histories import rule
from callbox.oversight.tests.test_engines import ENOUGH, HARD, PLAIN, START, activities, moments, plainly

STEPS = [
    {"by": {"act": "told", "where": "amount >= 1"}, "limit": "3 days next_day rolls"},
    {"by": "told", "limit": "100 hours at_once inclusive"},
]
LATE = {"act": "told", "where": "paid known"}
MORE = [
    rule("within", limit="deadline", target="done", waived_by="excused"),
    rule("within", limit="case.deadline", target="done", warn=[]),
    rule("within", limit="2 working_days next_day", target="done", cured_by="told", warn=[10]),
    rule("within", limit="20 hours next_day", target="done", cured_by=LATE, waived_by=ENOUGH),
    rule("ladder", limit="1 days next_day", target="done", steps=STEPS, cured_by="excused"),
    rule("silence", limit="2 days next_day rolls", target="told", until="done", cured_by="excused"),
    rule("silence", limit="30 hours at_once inclusive", target=LATE, waived_by="excused"),
    rule("silence", limit="2 working_days next_day", target="told", until="done", pairing="last"),
    rule("count", counted="begun", most=2),
    rule("count", counted={"act": "begun", "where": "amount >= 1"}, most=1, window="2 working_days at_once"),
    rule("not_after", limit="deadline", waived_by="told"),
    rule("not_after", limit="30 hours at_once", anchor={"act": "told", "where": "class in a, b"}),
    rule("distinct", values=["class", "case.amount?", "paid"], others=["told", LATE]),
    rule("distinct", values=["class"], others=["told"], waived_by="excused", cured_by="done"),
    rule("agree", values=["class", "case.class", "case.amount"]),
    rule("gap", following="begun", limit="2 days next_day rolls"),
    rule(
        "gap", following={"act": "done", "where": "amount = paid"}, limit="30 hours at_once", cured_by="told"
    ),
    rule(
        "overlap", end="done", same="amount", span="class", trigger={"act": "begun", "where": "amount known"}
    ),
    rule("holds", condition={"any": ["class = 'a'", "amount > case.paid", {"not": "expense? + 1 = 2.5"}]}),
    rule("holds", condition=["class != 'b'", "amount = 'a'", "case.amount in a, 1"], pairing="last"),
    rule("precede", required=[{"act": "told", "where": "case.amount <= case.paid?"}], cured_by="done"),
    rule(
        "both",
        waived_by="excused",
        cured_by={"act": "told", "where": "class != 'a'"},
        parts=[
            {"form": "within", "target": "done", "limit": "2 days next_day", "cured_by": "excused"},
            {"form": "distinct", "values": ["class", "amount"], "others": ["told"]},
            {"form": "count", "counted": "told", "most": 1},
        ],
    ),
]
SIMILAR = rule("similar", hashes="class", share=0.5)
RESTARTED = rule("within", limit="2 days next_day", target="done", restarted_by="told")
# What SQL without dialect cannot say, all of it. The plain evaluator judges these rules.
UNSAID = {
    "similar: lists of hashes have no plain SQL": SIMILAR,
    "pauses and restarts: the kernel counts each day between them": RESTARTED,
    "open hours, and hours that begin at the next full one": rule(
        "within", limit="2 hours next_hour", target="done"
    ),
    "the order of texts": rule("holds", condition="class > 'a'"),
    "a quotation mark, backslash or control character in a text": rule("absent", target="don't"),
    "a number finer or greater than the log keeps": rule("holds", condition="amount > 0.00001"),
}
RULES = [
    replace(each, code=f"r{n}_{type(each.versions[0].form).__name__}")
    for n, each in enumerate([*PLAIN, *HARD, *MORE, *UNSAID.values()])
]
NOT_SAID = {each.code for each in RULES[-len(UNSAID) :]}

numbers = st.one_of(st.integers(0, 3).map(Decimal), st.just(Decimal("1.5")))
texts = st.sampled_from(["a", "b", "c", ""])
odd: st.SearchStrategy[Value] = st.one_of(
    numbers,
    texts,
    moments,
    st.lists(texts, min_size=1, max_size=2).map(tuple),
    st.just(Decimal("0.00001")),
    st.sampled_from(["\0", "\ud800", "=a", "#0", "x" * 5000]),
)


def values_of(
    amounts: st.SearchStrategy[Value], classes: st.SearchStrategy[Value]
) -> st.SearchStrategy[dict[str, Value]]:
    said = {"amount": amounts, "paid": numbers, "expense": numbers, "class": classes, "deadline": moments}
    return st.fixed_dictionaries({}, optional=said)


def logs(values: st.SearchStrategy[dict[str, Value]]) -> st.SearchStrategy[list[Event]]:
    rarely = st.integers(0, 24).map(lambda n: n == 0)
    drawn = st.lists(
        st.tuples(activities, moments, rarely, st.integers(0, 2), st.sampled_from("pqrs"), values),
        max_size=40,
    )
    return drawn.map(
        lambda rows: [
            Event(f"e{n}", act, None if lost else at, None, seq, (("case", key),), said)
            for n, (act, at, lost, seq, key, said) in enumerate(rows)
        ]
    )


well_said = logs(values_of(numbers, texts))
oddly_said = logs(values_of(odd, odd))


@pytest.fixture(scope="module")
def duck() -> Iterator[Link]:
    link = Duck(threads=1)
    yield link
    link.close()


@pytest.fixture(scope="module")
def postgres() -> Iterator[Link]:
    link = Postgres(os.environ["CALLBOX_OWNER_URL"])
    yield link
    link.close()


@pytest.fixture(scope="module")
def spark() -> Iterator[Link]:
    pytest.importorskip("pyspark", reason="pyspark is not installed: the text is not tried on Spark")
    link = Spark("local[2]")
    yield link
    link.close()


def agrees(link: Link, rules: list[Rule], events: list[Event], as_of: datetime, seed: int) -> None:
    """What the database says of all rules is what the plain evaluator says, in any order of arrival."""
    columns = columns_of("case", Random(seed).sample([*events, *events[:3]], len([*events, *events[:3]])))
    found = by_activation(columns, Loaded(link, columns, rules).scan(as_of))
    expected: dict[tuple[str, str, str], str] = {}
    for each in rules:
        expected |= plainly(each, events, as_of)
    assert found == expected


def many(seed: int, size: int) -> list[Event]:
    """So many events of a few each in their histories: enough that what is rare happens too."""
    chance = Random(seed)
    made = []
    for n in range(size):
        hours = chance.choice([24 * chance.randrange(15), chance.randrange(15 * 24)])
        at = START + timedelta(hours=hours, microseconds=chance.choice([0, 0, 0, 1, -1, 500_001]))
        said: dict[str, Value] = {
            name: Decimal(chance.randrange(4))
            for name in ("amount", "paid", "expense")
            if chance.random() < 0.6
        }
        if chance.random() < 0.7:
            said["class"] = chance.choice("aabc")
        if chance.random() < 0.5:
            said["deadline"] = START + timedelta(days=chance.randrange(15))
        act = chance.choice(["begun", "begun", "done", "told", "told", "excused"])
        key = ("case", f"k{chance.randrange(size // 7 + 1)}")
        made.append(Event(f"e{n}", act, None if chance.random() < 0.01 else at, None, n % 3, (key,), said))
    return made


AS_OFS = [START + timedelta(days=6, hours=9), START + timedelta(days=40)]


@pytest.mark.parametrize("as_of", AS_OFS)
def test_on_duckdb_as_one_by_one(duck: Link, as_of: datetime) -> None:
    agrees(duck, RULES, many(1, 800), as_of, 1)


def test_on_postgresql_as_one_by_one(postgres: Link) -> None:
    agrees(postgres, RULES, many(2, 500), AS_OFS[0], 2)


@settings(max_examples=3)
@given(events=oddly_said, as_of=moments, seed=st.integers(0, 99))
def test_whatever_is_said(duck: Link, events: list[Event], as_of: datetime, seed: int) -> None:
    agrees(duck, RULES, events, as_of, seed)


def test_what_no_database_keeps_is_left_to_the_plain_evaluator(duck: Link, postgres: Link) -> None:
    said: list[Value] = ["\0", "\ud800", "x" * 5000, Decimal("0.00001"), Decimal(10**15), ("a", "\0")]
    events = [
        Event(f"e{n}", "begun", START, None, n, (("case", f"k{n}"),), {"amount": each, "class": each})
        for n, each in enumerate(said)
    ]
    odd_act = Event("e9", "be\0gun", START, None, 0, (("case", "k0"),))
    for link in (duck, postgres):
        agrees(link, RULES, [*events, odd_act], AS_OFS[0], 4)


@pytest.mark.slow
@settings(max_examples=40)
@given(events=st.one_of(well_said, oddly_said), as_of=moments, seed=st.integers(0, 99))
def test_on_duckdb_for_long(duck: Link, events: list[Event], as_of: datetime, seed: int) -> None:
    agrees(duck, RULES, events, as_of, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_on_both_for_long(duck: Link, postgres: Link, seed: int) -> None:
    for link in (duck, postgres):
        agrees(link, RULES, many(seed, 1500), START + timedelta(days=2 * seed, hours=9), seed)


@pytest.mark.slow
def test_on_spark_as_one_by_one(spark: Link) -> None:
    """One rule of each form: each text is compiled for seconds."""
    of_each_form = {type(each.versions[0].form): each for each in RULES if each.code not in NOT_SAID}
    agrees(spark, list(of_each_form.values()), many(3, 300), AS_OFS[0], 3)


@pytest.mark.parametrize("size", [0, 3])
def test_a_table_written_as_parquet_reads_as_it_was(duck: Link, tmp_path: Path, size: int) -> None:
    """So Spark is given what the others are given."""
    assert isinstance(duck, Duck)
    nothing = np.arange(size) == 1
    table = [
        Filled("number", "BIGINT", np.arange(size, dtype=np.int64) + 2**53, nothing),
        Filled("truth", "BOOLEAN", np.arange(size) == 2, nothing),
        Filled("words", "TEXT", ["a'b", "", "居民"][:size], nothing),
    ]
    duck.fill("written", table)
    duck.write("written", tmp_path / "it's.parquet")
    read = duckdb.read_parquet(str(tmp_path / "it's.parquet"))
    assert read.fetchall() == list(rows_of(table))
    assert [str(each) for each in read.types] == ["BIGINT", "BOOLEAN", "VARCHAR"]


@pytest.mark.parametrize("why", UNSAID)
def test_what_sql_cannot_say_is_a_short_list(why: str) -> None:
    with pytest.raises(NotSaid) as refused:
        query_for(UNSAID[why])
    assert str(refused.value) == why


def test_every_other_rule_is_said() -> None:
    """Else the tests above would compare the plain evaluator with itself."""
    for each in [*PLAIN, *HARD, *MORE]:
        form = each.versions[0].form
        if not (isinstance(form, Within) and (form.paused_by or form.restarted_by)):
            assert "judged" in query_for(each).text


def test_a_plain_history_is_judged_by_the_database_alone(duck: Link) -> None:
    said: dict[str, Value] = {
        **dict.fromkeys(("amount", "paid", "expense"), Decimal(1)),
        "class": "a",
        "deadline": START,
    }
    events = [
        Event(f"e{n}", act, START + timedelta(days=n), None, n, (("case", "p"),), said)
        for n, act in enumerate(["begun", "told", "done", "excused"])
    ]
    loaded = Loaded(duck, columns_of("case", events), RULES)
    for code, each in loaded.scan(START + timedelta(days=9)).items():
        assert len(each.others if code in loaded.not_said else each.codes) == 1, code
        assert not (each.others and code not in loaded.not_said), code


def test_what_the_database_counts_is_what_it_says(duck: Link) -> None:
    events = [
        Event(f"e{n}", act, at, None, n, (("case", key),), {})
        for n, (act, at, key) in enumerate(
            [("begun", START, "p"), ("done", START, "p"), ("begun", START, "q"), ("done", None, "q")]
        )
    ]
    loaded = Loaded(duck, columns_of("case", events), RULES)
    as_of = START + timedelta(days=3)
    assert loaded.counts(as_of) == {code: each.counts() for code, each in loaded.scan(as_of).items()}


@pytest.fixture(scope="module")
def planted() -> Mapping[str, Made]:
    """Of every shipped model a lawful history, and one for each way to break it."""
    return planted_once(shipped_rules(), seed=1)


def test_the_shipped_models_on_planted_histories(duck: Link, planted: Mapping[str, Made]) -> None:
    for made in planted.values():
        loaded = Loaded(duck, made.columns, shipped_rules().values())
        found = by_activation(made.columns, loaded.scan(PLANTED_AS_OF))
        assert found == by_activation(made.columns, scan(made.columns, loaded.rules, PLANTED_AS_OF))
        assert len({rule for rule, _key, _event in found}) == len(loaded.rules)


def test_few_shipped_models_have_no_text() -> None:
    reasons = []
    for each in shipped_rules().values():
        try:
            query_for(each)
        except NotSaid as reason:
            reasons.append(str(reason))
    assert set(reasons) <= set(UNSAID)
    assert len(reasons) * 5 < len(shipped_rules())
