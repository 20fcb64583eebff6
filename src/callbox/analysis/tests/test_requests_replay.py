# SPDX-License-Identifier: Apache-2.0
"""Recorded requests played again: every row goes through the actions, and the journal says what the file says."""

import csv
import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from callbox.analysis.baltimore import read_requests
from callbox.analysis.learned import areas_of, rules_of
from callbox.analysis.requests_replay import replay_requests, request_id
from callbox.journal import queries as journal
from callbox.requests.areas import Located, parse_areas
from callbox.requests.models import Request
from callbox.requests.routing import parse_rules

NOW = datetime(2026, 11, 2, tzinfo=UTC)
COLUMNS = (
    *(
        "SRRecordID",
        "SRType",
        "MethodReceived",
        "CreatedDate",
        "SRStatus",
        "StatusDate",
        "DueDate",
        "CloseDate",
    ),
    *("Agency", "CouncilDistrict", "Latitude", "Longitude"),
)


def line(number: int, kind: str, agency: str, **said: str) -> dict[str, str]:
    day = f"01/{number:02d}/2018 08:00:00 AM"
    usual = {
        "SRRecordID": f"r{number}",
        "SRType": kind,
        "Agency": agency,
        "CreatedDate": day,
        "StatusDate": day,
    }
    more = {"MethodReceived": "Phone", "SRStatus": "Closed", "CouncilDistrict": "1"}
    empty = dict.fromkeys(COLUMNS, "")
    return {**empty, **usual, **more, "Latitude": f"39.{number:02d}", "Longitude": "-76.5", **said}


DUE, LATE = "02/01/2018 12:00:00 PM", "02/01/2018 12:00:01 PM"
LINES = [
    line(1, "SW-Dirty Alley", "Solid Waste", DueDate=DUE, CloseDate=DUE),  # at the very moment: in time
    line(2, "SW-Dirty Alley", "Solid Waste", DueDate=DUE, CloseDate=LATE),
    line(3, "SW-Dirty Alley", "Solid Waste", CloseDate=LATE),  # nothing was promised
    line(4, "TRM-Pothole", "Transportation", DueDate=DUE),  # never closed
    line(5, "TRM-Pothole", "Transportation", Latitude="39", Longitude="-77", CloseDate=LATE, DueDate=DUE),
    line(
        6, "TRM-Pothole", "Transportation", CouncilDistrict="2", SRStatus="Closed (Duplicate)", CloseDate=DUE
    ),
    line(7, "TRM-Pothole", "Transportation", CouncilDistrict="", Latitude="", Longitude=""),
    line(8, "SW-Dirty Alley", "Solid Waste", StatusDate="03/01/2018 08:00:00 AM"),
    line(9, "SW-Dirty Alley", "Solid Waste"),
    line(
        10, "SW-Dirty Alley", "Transportation", DueDate=DUE, CloseDate=LATE
    ),  # the rules name another agency
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The lines as a packed file, the last one first."""
    path = tmp_path / "requests.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerows(reversed(LINES))
    return path


def test_the_file_is_read_whole_and_in_order(file: Path) -> None:
    rows = read_requests(file)
    assert [row.number for row in rows] == [f"r{number}" for number in range(1, 11)]
    assert [row.late for row in rows] == [False, True, False, False, True, *[False] * 4, True]
    assert (rows[4].point, rows[6].point, rows[0].point) == (None, None, (-76.5, 39.01))


def test_a_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("SRRecordID,CreatedDate\nr1,yesterday\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2"):
        read_requests(path)


def test_each_district_holds_its_own_points(file: Path) -> None:
    rows = read_requests(file)
    book = parse_areas(areas_of(rows))
    assert book.faults() == []
    for row in rows:
        if row.point and row.district:
            assert book.at(*row.point).district == f"council-{row.district}"


def test_rules_say_who_had_most_and_where_that_was_another(file: Path) -> None:
    rows = read_requests(file) + [
        row for _ in range(3) for row in read_requests(file) if row.number in ("r10",)
    ]
    found = parse_rules(rules_of(rows))
    local = datetime(2018, 6, 1)  # noqa: DTZ001 - rules are asked by the city's own time
    for located, kind, lead in (
        (Located(), "sw-dirty-alley", "solid-waste"),
        (Located(), "trm-pothole", "transportation"),
        (Located(), "trm-never-seen", "transportation"),
    ):
        routed = found.decide(kind, kind.partition("-")[0], located, local)
        assert routed is not None
        assert routed.lead == lead
    assert found.decide("hcd-never-seen", "hcd", Located(), local) is None


def test_the_journal_says_what_the_file_says(file: Path, committed: None) -> None:
    done = replay_requests(read_requests(file), now=NOW).as_dict()
    assert {**done, "seconds": 0} == {
        "requests": 10,
        "routed": 10,
        "agencies": 2,
        "route_tried": 2,
        "route_agreement": 0.5,
        "late_journal": 3,
        "late_file": 3,
        "late_share_journal": 0.3,
        "late_share_file": 0.3,
        "overdue": 1,
        "overdue_file": 1,
        "overdue_share": 0.1,
        "refused": 0,
        "seconds": 0,
        "journal_ok": True,
    }
    rows = {
        row.number: Request.objects.select_related("agency").get(pk=request_id(row))
        for row in read_requests(file)
    }
    assert (rows["r5"].district, rows["r7"].district, rows["r6"].disposition) == (
        "council-1",
        "",
        "known_already",
    )
    assert [entry.move for entry in journal.history(rows["r10"].pk)] == [
        "open",
        "assign",
        "reassign",
        "accept",
        "feed_back",
        "close",
    ]
    assert rows["r10"].agency is not None
    assert rows["r10"].agency.code == "transportation"
