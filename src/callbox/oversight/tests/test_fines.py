# SPDX-License-Identifier: Apache-2.0
"""The whole real log of traffic fines: what the models count is counted again, from the file, in another way."""

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path

import duckdb
import pytest

from callbox.host.config import load
from callbox.oversight.bulk import Judged, by_activation, scan
from callbox.oversight.columns import Columns
from callbox.oversight.domain.clocks import last_moment
from callbox.oversight.domain.events import Event
from callbox.oversight.domain.judging import judge
from callbox.oversight.domain.verdicts import VERDICTS
from callbox.oversight.files import mapping_for, read_events
from callbox.oversight.library import shipped_rules
from callbox.oversight.quick import add_file
from callbox.oversight.sql.engine import Loaded
from callbox.oversight.sql.links import Duck, Postgres
from callbox.oversight.store import Added, Store

AS_OF = date(2014, 1, 1)
RULES = [rule for code, rule in shipped_rules().items() if code.startswith("fine_")]
END = last_moment(RULES[0].calendar, datetime.combine(AS_OF, time(), RULES[0].calendar.zone))

# One question each, to the file as it is: no mapping, no places, no searches.
BY_HAND = {
    ("fine_sent", "broken_late"): "SELECT count(*) FROM one WHERE sent - created > 90",
    ("fine_sent", "fine"): "SELECT count(*) FROM one WHERE sent - created <= 90",
    ("fine_never_sent", "overdue"): """
        SELECT count(*) FROM one WHERE sent IS NULL
        AND NOT EXISTS (FROM paid WHERE paid.case_id = one.case_id AND paid.enough)""",
    ("fine_notified", "broken_late"): "SELECT count(*) FROM one WHERE notified - created > 150",
    ("fine_never_notified", "overdue"): """
        SELECT count(*) FROM one WHERE notified IS NULL
        AND NOT EXISTS (FROM paid WHERE paid.case_id = one.case_id AND paid.enough)""",
    ("fine_appeal_prefecture", "broken_late"): """
        SELECT count(*) FROM one WHERE appealed - notified > 60 AND appealed_seq > notified_seq""",
    ("fine_appeal_judge", "broken_late"): """
        SELECT count(*) FROM one WHERE judged - notified > 60 AND judged_seq > notified_seq""",
    ("fine_appeal_judge", "unknown"): """
        SELECT count(*) FROM one WHERE judged IS NOT NULL AND (notified IS NULL OR notified_seq > judged_seq)""",
    ("fine_appeal_needs_notice", "broken_late"): """
        SELECT count(*) FROM log JOIN one USING (case_id) WHERE activity LIKE '%Appeal%'
        AND (notified IS NULL OR notified_seq > seq)""",
    ("fine_penalty_not_early", "broken_late"): "SELECT count(*) FROM one WHERE penalty - notified < 60",
    ("fine_penalty_needs_notice", "fine"): "SELECT count(*) FROM one WHERE penalty_seq > notified_seq",
    ("fine_collection_needs_penalty", "fine"): "SELECT count(*) FROM one WHERE collected_seq > penalty_seq",
    ("fine_collection_unpaid", "broken_late"): """
        SELECT count(*) FROM one WHERE collected IS NOT NULL AND (
            SELECT arg_max(totalpaymentamount::DECIMAL(12, 2), seq) FROM log WHERE log.case_id = one.case_id
            AND totalpaymentamount IS NOT NULL AND seq < collected_seq
        ) >= (
            SELECT arg_max(amount::DECIMAL(12, 2), seq) FROM log WHERE log.case_id = one.case_id
            AND amount IS NOT NULL AND seq < collected_seq
        ) + (
            SELECT arg_max(expense::DECIMAL(12, 2), seq) FROM log WHERE log.case_id = one.case_id
            AND expense IS NOT NULL AND seq < collected_seq)""",
    ("fine_appeal_passed_on", "overdue"): """
        SELECT count(*) FROM one WHERE appealed IS NOT NULL AND (passed_on IS NULL OR passed_on_seq < appealed_seq)""",
    ("fine_appeal_passed_on", "broken_late"): "SELECT count(*) FROM one WHERE passed_on - appealed > 60",
    ("fine_result_told", "fine"): "SELECT count(*) FROM one WHERE told_seq > result_seq",
}
NAMES = {
    "created": "Create Fine",
    "sent": "Send Fine",
    "notified": "Insert Fine Notification",
    "penalty": "Add penalty",
    "collected": "Send for Credit Collection",
    "appealed": "Insert Date Appeal to Prefecture",
    "passed_on": "Send Appeal to Prefecture",
    "result": "Receive Result Appeal from Prefecture",
    "told": "Notify Result Appeal to Offender",
    "judged": "Appeal to Judge",
}


def log() -> Path:
    path = load().data / "cases" / "road_traffic_fines_full.parquet"
    if not path.is_file():
        pytest.skip(f"{path} is not there; set CALLBOX_DATA")
    return path


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Columns]:
    store, mapped = Store(tmp_path_factory.mktemp("oversight") / "log.duckdb"), mapping_for(log())
    assert add_file(store, log(), mapped) == (Added(new=561_470, known=0), [])
    # The reader of rows finds what the quick one took in.
    rows = [each for each in islice(read_events(log(), mapped), 1000) if isinstance(each, Event)]
    assert store.add(rows) == Added(new=0, known=1000)
    yield store.columns("case")
    store.close()


@pytest.fixture(scope="module")
def counted(columns: Columns) -> dict[str, Judged]:
    return scan(columns, RULES, END)


@pytest.fixture(scope="module")
def duck(columns: Columns) -> Iterator[Loaded]:
    with closing(Duck()) as link:
        yield Loaded(link, columns, RULES)


@pytest.fixture(scope="module")
def by_hand() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as link:
        link.execute(f"CREATE TABLE log AS SELECT * FROM read_parquet('{log()}')")
        picked = ", ".join(
            f"max(date) FILTER (WHERE activity = '{name}') AS {short}, "
            f"max(seq) FILTER (WHERE activity = '{name}') AS {short}_seq"
            for short, name in NAMES.items()
        )
        link.execute(f"CREATE TABLE one AS SELECT case_id, {picked} FROM log GROUP BY case_id")
        link.execute("""
            CREATE TABLE paid AS SELECT p.case_id, p.date, p.totalpaymentamount::DECIMAL(12, 2) >= (
                SELECT arg_max(a.amount, a.seq)::DECIMAL(12, 2) FROM log a
                WHERE a.case_id = p.case_id AND a.amount IS NOT NULL AND a.seq < p.seq
            ) + coalesce((
                SELECT arg_max(e.expense, e.seq)::DECIMAL(12, 2) FROM log e
                WHERE e.case_id = p.case_id AND e.expense IS NOT NULL AND e.seq < p.seq), 0) AS enough
            FROM log p WHERE p.activity = 'Payment'""")
        yield link


@pytest.mark.parametrize(("code", "verdict"), BY_HAND, ids=lambda each: str(each))
def test_counted_again_from_the_file(
    code: str, verdict: str, counted: dict[str, Judged], by_hand: duckdb.DuckDBPyConnection
) -> None:
    found = by_hand.execute(BY_HAND[code, verdict]).fetchone()
    assert found is not None
    assert counted[code].counts()[verdict] == found[0]


def test_every_activation_has_one_verdict(counted: dict[str, Judged]) -> None:
    activations = {code: sum(each.counts().values()) for code, each in counted.items()}
    assert len(activations) == 13
    assert activations["fine_never_sent"] == 150_370
    assert activations["fine_penalty_not_early"] == 79_860
    assert activations["fine_appeal_needs_notice"] == 4188 + 4141 + 999 + 896 + 555


def test_the_plain_evaluator_says_the_same_of_every_five_hundredth_case(
    columns: Columns, counted: dict[str, Judged]
) -> None:
    for rule in RULES:
        judged = counted[rule.code]
        plain = dict(zip(judged.places.tolist(), judged.codes.tolist(), strict=True))
        assert not judged.others
        for number in range(0, len(columns.keys), 500):
            history = columns.history(number)
            places = range(columns.starts[number], columns.starts[number + 1])
            expected = {columns.ids[p]: plain[p] for p in places if p in plain}
            found = {each.activation: each.verdict for each in judge(rule, history, END)}
            assert found == {event: VERDICTS[code] for event, code in expected.items()}


@pytest.mark.parametrize("as_of", [END, END.replace(year=2004, month=3)])
def test_the_text_on_duckdb_counts_the_same(duck: Loaded, columns: Columns, as_of: datetime) -> None:
    assert duck.counts(as_of) == {code: each.counts() for code, each in scan(columns, RULES, as_of).items()}
    assert not duck.not_said


@pytest.mark.slow
@pytest.mark.parametrize("as_of", [END, END.replace(year=2004, month=3)])
def test_the_text_on_duckdb_says_the_same_of_every_activation(
    duck: Loaded, columns: Columns, as_of: datetime
) -> None:
    assert by_activation(columns, duck.scan(as_of)) == by_activation(columns, scan(columns, RULES, as_of))


@pytest.mark.slow
def test_the_text_on_postgresql_says_the_same_of_every_activation(
    columns: Columns, counted: dict[str, Judged]
) -> None:
    with closing(Postgres(os.environ["CALLBOX_OWNER_URL"])) as link:
        found = Loaded(link, columns, RULES).scan(END)
    assert by_activation(columns, found) == by_activation(columns, counted)
