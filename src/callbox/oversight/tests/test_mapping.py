# SPDX-License-Identifier: Apache-2.0
"""Reading files: each bad row is told by line and reason and kept aside, and the rest goes on."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from callbox.host.config import load
from callbox.kernel.tables import TableError
from callbox.oversight.bulk import scan
from callbox.oversight.domain.events import Event, history
from callbox.oversight.domain.judging import judge
from callbox.oversight.files import MAPPINGS, mapping_for, read_events, read_mapping
from callbox.oversight.library import shipped_rules
from callbox.oversight.mapping import Aside, parse_mapping
from callbox.oversight.store import Added, Store

HEADING = "case_id,activity,date,seq,amount,expense,paymentamount,totalpaymentamount\n"
FINES = read_mapping(MAPPINGS / "road_traffic_fines.yaml")


def read(folder: Path, *lines: str) -> list[Event | Aside]:
    path = folder / "log.csv"
    path.write_text(HEADING + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    assert mapping_for(path).name == "road_traffic_fines"
    return list(read_events(path, FINES))


def test_a_row_becomes_an_event(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "A1,Create Fine,2010-01-01,0,35.5,,,0")
    assert found == Event(
        "A1/0",
        "fine.created",
        datetime(2009, 12, 31, 23, tzinfo=UTC),  # midnight in Rome
        None,
        0,
        (("case", "A1"),),
        {"amount": Decimal("35.5"), "total_paid": Decimal(0)},
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",Create Fine,2010-01-01,0,35,,,", "case_id is empty"),
        ("A1,,2010-01-01,0,35,,,", "activity is empty"),
        ("A1,Create Fine,2010-13-01,0,35,,,", "date is no moment"),
        ("A1,Create Fine,2010-01-01,first,35,,,", "seq is no whole number"),
        ("A1,Create Fine,2010-01-01,0,Zhang San,,,", "amount is no number"),
        ("A1,Create Fine,2010-01-01,0,nan,,,", "amount is no number"),
        ("A1,Create Fine,2010-01-01,0,1e99,,,", "amount is no number"),
        ("A1,Create Fine,2010-01-01,0,0.00001,,,", "amount has more than four decimals"),
    ],
)
def test_a_bad_row_is_told_by_line_and_reason(tmp_path: Path, line: str, reason: str) -> None:
    found = read(tmp_path, "A0,Create Fine,2010-01-01,0,35,,,", line, "A2,Create Fine,2010-01-01,0,35,,,")
    assert [each for each in found if isinstance(each, Aside)] == [Aside(3, reason)]
    good = [each for each in found if isinstance(each, Event) and each.happened]
    assert [each.id for each in good] == ["A0/0", "A2/0"]


def test_a_slip_in_a_date_does_not_look_like_neglect(tmp_path: Path) -> None:
    events = [
        each
        for each in read(tmp_path, "A1,Create Fine,2010-01-01,0,35,,,0", "A1,Send Fine,2010-02-31,1,,11,,")
        if isinstance(each, Event)
    ]
    rule = shipped_rules()["fine_never_sent"]
    (found,) = judge(rule, history("case", "A1", events), datetime(2011, 1, 1, tzinfo=UTC))
    assert found.verdict == "unknown"


def test_an_event_that_says_nothing_of_its_moment_is_taken_in(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "A1,Create Fine,,0,35,,,")
    assert isinstance(found, Event)
    assert found.happened is None


def test_a_file_that_no_mapping_fits_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("who,what,when\n", encoding="utf-8")
    with pytest.raises(TableError, match="none does; give one with --mapping"):
        mapping_for(path)
    with pytest.raises(TableError, match="it has no column activity, amount"):
        list(read_events(path, FINES))
    (tmp_path / "log.parquet").write_bytes(b"no parquet")
    with pytest.raises(TableError, match="it cannot be read"):
        mapping_for(tmp_path / "log.parquet")


@pytest.mark.parametrize(
    "said",
    [
        {"over": "officer", "zone": "Europe/Rome", "key": "a", "activity": "b", "happened": "c"},
        {"over": "case", "zone": "Mars", "key": "a", "activity": "b", "happened": "c"},
        {"over": "case", "zone": "Europe/Rome", "key": "a", "activity": "b"},
        {"over": "case", "zone": "Europe/Rome", "key": "a", "activity": "b", "happened": "c", "who": "d"},
        {
            "over": "case",
            "zone": "Europe/Rome",
            "key": "a",
            "activity": "b",
            "happened": "c",
            "values": {"d": "e"},
        },
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(said: object) -> None:
    with pytest.raises(TableError, match="mine"):
        parse_mapping("mine", said)


def test_a_broken_import_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "log.duckdb")
    event = Event("e1", "begun", datetime(2026, 1, 1, tzinfo=UTC), objects=(("case", "1"),))

    def broken() -> object:
        yield event
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - raised above
        store.add(broken())  # type: ignore[arg-type]
    assert len(store.columns("case")) == 0
    assert store.add([event, event]) == Added(new=1, known=1)
    assert store.add([event]) == Added(new=0, known=1)
    store.close()


def test_the_permit_cases_of_a_municipality(tmp_path: Path) -> None:
    """Counted again in the file: a case late against its own deadline, and one person at two steps."""
    path = load().data / "cases" / "receipt.csv.gz"
    if not path.is_file():
        pytest.skip(f"{path} is not there; set CALLBOX_DATA")
    events = [each for each in read_events(path, mapping_for(path)) if isinstance(each, Event)]
    store = Store(tmp_path / "log.duckdb")
    store.add(events)
    as_of = datetime(2014, 1, 1, tzinfo=UTC)
    rules = [shipped_rules()[code] for code in ("permit_in_time", "permit_checked_by_another")]
    counts = {code: each.counts() for code, each in scan(store.columns("case"), rules, as_of).items()}
    store.close()
    with duckdb.connect() as link:
        link.execute("CREATE TABLE log AS SELECT * FROM read_csv(?, all_varchar = true)", [str(path)])
        link.execute("""CREATE VIEW one AS SELECT min("case:deadline"::TIMESTAMPTZ) AS due,
            min("case:startdate"::TIMESTAMPTZ) AS opened, min("case:enddate"::TIMESTAMPTZ) AS ended
            FROM log GROUP BY "case:concept:name" """)
        link.execute("""CREATE VIEW step AS SELECT "case:concept:name" AS key, "concept:name"[:3] AS name,
            "org:resource" AS who, ("time:timestamp"::TIMESTAMPTZ, rowid) AS place FROM log""")
        in_time = link.execute("""SELECT count(*) FILTER (WHERE ended BETWEEN opened AND due),
            count(*) FILTER (WHERE ended > due), count(*) FILTER (WHERE ended IS NULL OR ended < opened), 0
            FROM one""").fetchone()
        by_another = link.execute("""SELECT count(*) FILTER (WHERE who <> checker),
            count(*) FILTER (WHERE who = checker), 0, count(*) FILTER (WHERE checker IS NULL)
            FROM (SELECT who, (SELECT arg_max(b.who, b.place) FROM step b
                WHERE b.key = a.key AND b.name = 'T02' AND b.place < a.place) AS checker
            FROM step a WHERE name = 'T04')""").fetchone()
    told = ("fine", "broken_late", "overdue", "unknown")
    assert tuple(counts["permit_in_time"][each] for each in told) == in_time
    assert tuple(counts["permit_checked_by_another"][each] for each in told) == by_another
