# SPDX-License-Identifier: Apache-2.0
"""`callbox findings raise`: a scan of the imported log becomes findings, with evidence, once."""

import json
from contextlib import nullcontext
from pathlib import Path

import pytest

from callbox.cli import main
from callbox.commands import _setup
from callbox.findings.models import Finding

ROWS = """case_id,activity,date,seq,amount,expense,paymentamount,totalpaymentamount
A1,Create Fine,2010-01-01,0,35,,,0
A1,Send Fine,2010-04-01,1,,11,,
A2,Create Fine,2010-01-01,0,35,,,0
A2,Send Fine,2010-04-02,1,,11,,
A3,Create Fine,2010-01-01,0,35,,,0
"""


@pytest.mark.django_db
def test_a_scan_of_the_log_is_raised_once_with_its_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLBOX_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(_setup, "database", nullcontext)
    log = tmp_path / "log.csv"
    log.write_text(ROWS, encoding="utf-8")
    main(["oversight", "import", str(log)])
    words = [
        "findings",
        "raise",
        "--as-of",
        "2014-01-01",
        "--model",
        "fine_sent",
        "--model",
        "fine_never_sent",
    ]
    capsys.readouterr()
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out) == {"as_of": "2014-01-01", "found": 2, "changed": 2}
    late = Finding.objects.get(rule="fine_sent")
    assert (late.key, late.verdict, late.curable) == ("A2", "broken_late", False)
    assert late.evidence["limit"]["days"], "the arithmetic is there, day by day"
    assert Finding.objects.get(rule="fine_never_sent").key == "A3"
    main(words)
    assert json.loads(capsys.readouterr().out)["changed"] == 0
