# SPDX-License-Identifier: Apache-2.0
"""`callbox oversight`: what it imports, what it says of it, and that it tells nothing of what stands in a row."""

import json
from contextlib import nullcontext
from pathlib import Path

import pytest

from callbox.cli import main
from callbox.commands import _setup
from tests.world import waiting_call

ROWS = """case_id,activity,date,seq,amount,expense,paymentamount,totalpaymentamount
A1,Create Fine,2010-01-01,0,35,,,0
A1,Send Fine,2010-04-01,1,,11,,
A2,Create Fine,2010-01-01,0,35,,,0
A2,Send Fine,2010-04-02,1,,11,,
A3,Create Fine,2010-01-01,0,Zhang San,,,0
"""


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CALLBOX_HOME", str(tmp_path / "home"))
    path = tmp_path / "log.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["oversight", *words])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_importing_twice_changes_nothing(
    log: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out, err = said(capsys, "import", str(log))
    assert (code, err) == (0, "line 6: amount is no number\n")
    assert json.loads(out) == {"mapping": "road_traffic_fines", "new": 5, "known": 0, "aside": 1}
    _code, first, _err = said(capsys, "scan", "--as-of", "2014-01-01", "--json")
    _code, out, _err = said(capsys, "import", str(log))
    assert json.loads(out) == {"mapping": "road_traffic_fines", "new": 0, "known": 5, "aside": 1}
    assert said(capsys, "scan", "--as-of", "2014-01-01", "--json")[1] == first
    found = json.loads(first)["models"]
    assert {key: value for key, value in found["fine_sent"].items() if value} == {
        "activations": 2,
        "fine": 1,
        "broken_late": 1,
        "pairing": "each",
        "certainty": "local",
    }
    assert (
        found["fine_never_sent"]["unknown"] == 1
    )  # the row kept aside: a fine of which nobody knows the day
    kept = tmp_path / "home" / "oversight" / "log.duckdb"
    assert kept.stat().st_mode & 0o077 == 0


def test_one_model_can_be_asked_for(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "import", str(log))
    _code, out, _err = said(capsys, "scan", "--as-of", "2010-02-01", "--model", "fine_never_sent")
    heading, line = (text.split("\t") for text in out.splitlines())
    assert dict(zip(heading, line, strict=True))["running"] == "2"
    assert dict(zip(heading, line, strict=True))["activations"] == "3"
    code, _out, err = said(capsys, "scan", "--as-of", "2010-02-01", "--model", "no_such")
    assert (code, "There is no model no_such" in err) == (1, True)


def test_a_file_of_something_else_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], log: Path
) -> None:
    log.write_text("who,what\nZhang San,came\n", encoding="utf-8")
    code, out, err = said(capsys, "import", str(log))
    assert (code, out) == (1, "")
    assert "none does; give one with --mapping" in err
    assert "Zhang" not in err


def test_the_models_are_listed_with_how_sure_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "models")[1].splitlines()
    assert len(lines) >= 73
    assert {line.split("\t")[3] for line in lines} <= {"law", "secondary", "unconfirmed", "local", "derived"}


def test_both_engines_print_the_same(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "import", str(log))
    words = ("scan", "--as-of", "2010-05-01", "--json")
    assert said(capsys, *words, "--engine", "sql") == said(capsys, *words, "--engine", "bulk")
    assert json.loads(said(capsys, *words, "--engine", "sql")[1])["models"]["fine_sent"]["broken_late"] == 1


def test_a_model_is_printed_as_the_text_that_runs(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _err = said(capsys, "sql", "fine_sent")
    assert code == 0
    assert out.startswith("-- fine_sent: Fine sent within 90 days\nWITH ")
    assert "e.activity IN ('fine.sent')" in out
    code, _out, err = said(capsys, "sql", "d07_seizure_30_60_days")
    assert (code, "SQL cannot say d07_seizure_30_60_days: pauses" in err) == (1, True)
    assert said(capsys, "sql", "no_such")[0] == 1


def test_the_journal_comes_in_and_is_scanned(
    log: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, committed: None
) -> None:
    monkeypatch.setattr(_setup, "database", nullcontext)
    waiting_call("canary words")
    code, out, _err = said(capsys, "import", "--journal")
    first = json.loads(out.splitlines()[-1])
    assert (code, first["known"]) == (0, 0)
    assert first["new"] > 0
    _code, out, _err = said(capsys, "import", "--journal")
    assert json.loads(out.splitlines()[-1]) == {**first, "new": 0, "known": first["new"]}
    _code, out, _err = said(capsys, "scan", "--as-of", "2030-01-01", "--model", "own_call_answered", "--json")
    assert json.loads(out)["models"]["own_call_answered"]["overdue"] == 1
