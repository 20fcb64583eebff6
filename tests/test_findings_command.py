# SPDX-License-Identifier: Apache-2.0
"""`callbox findings raise`: a scan of the imported log becomes findings, with evidence, once."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from callbox.cli import main
from callbox.commands import _setup
from callbox.findings.models import Finding

HEAD = "case_id,activity,date,seq,amount,expense,paymentamount,totalpaymentamount\n"
ROWS = f"""{HEAD}A1,Create Fine,2010-01-01,0,35,,,0
A1,Send Fine,2010-04-01,1,,11,,
A2,Create Fine,2010-01-01,0,35,,,0
A2,Send Fine,2010-04-02,1,,11,,
A3,Create Fine,2010-01-01,0,35,,,0
"""


type Say = Callable[..., dict[str, object]]
WORDS = ("findings", "raise", "--as-of", "2014-01-01", "--model", "fine_sent", "--model", "fine_never_sent")


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """The command said over the log as it stands, after these rows were imported beside it; what it printed."""
    monkeypatch.setenv("CALLBOX_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(_setup, "database", nullcontext)

    def said(rows: str = "") -> dict[str, object]:
        if rows:
            log = tmp_path / "log.csv"
            log.write_text(rows, encoding="utf-8")
            assert main(["oversight", "import", str(log)]) == 0
        capsys.readouterr()
        assert main([*WORDS]) == 0
        printed: dict[str, object] = json.loads(capsys.readouterr().out)
        return printed

    return said


@pytest.mark.django_db
def test_a_scan_of_the_log_is_raised_once_with_its_evidence(say: Say) -> None:
    assert say(ROWS) == {"as_of": "2014-01-01", "found": 2, "changed": 2}
    late = Finding.objects.get(rule="fine_sent")
    assert (late.key, late.verdict, late.curable) == ("A2", "broken_late", False)
    assert late.evidence["limit"]["days"], "the arithmetic is there, day by day"
    assert Finding.objects.get(rule="fine_never_sent").key == "A3"
    assert say()["changed"] == 0


@pytest.mark.django_db
def test_what_a_newer_log_holds_lifts_a_finding(say: Say) -> None:
    say(ROWS)
    standing = Finding.objects.get(rule="fine_never_sent")
    told = say(HEAD + "A3,Send Fine,2010-02-01,1,,11,,\n")
    standing.refresh_from_db()
    assert (standing.state, standing.verdict) == ("closed", "fine")
    assert told["changed"] == 1
    assert Finding.objects.get(rule="fine_sent").state == "raised", "of this the log holds nothing new"
    assert say()["changed"] == 0


@pytest.mark.django_db
def test_a_finding_of_a_case_that_the_log_does_not_hold_stands(
    say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(ROWS)
    monkeypatch.setenv("CALLBOX_HOME", str(tmp_path / "other"))
    assert say(HEAD + "B1,Create Fine,2010-01-01,0,35,,,0\n")["found"] == 1
    assert Finding.objects.get(key="A3").state == "raised"
