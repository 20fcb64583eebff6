# SPDX-License-Identifier: Apache-2.0
"""`callbox promises`, as it is typed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from callbox.cli import main
from callbox.commands import _promises
from callbox.matters import queries
from callbox.matters.promises import shipped_table
from callbox.matters.tests.test_standstill import errand
from callbox.matters.tests.test_terms_loading import OLD, SEVEN, TEXT, wanted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _same_database(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def same() -> Iterator[None]:
        yield

    monkeypatch.setattr(_promises, "database", same)


def test_what_would_move_is_shown_before_it_is_loaded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    matter = errand(wanted())
    file = tmp_path / "promises.tsv"
    file.write_text(TEXT.replace(OLD, SEVEN), encoding="utf-8")
    assert main(["promises", str(file)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("altered  resolve/*/3-5/2026-01-01 100 %: 5 working_days next_day")
    assert (
        told[1] == f"{matter.id}  resolve        2026-10-11 00:00+08:00 -> 2026-10-14 00:00+08:00  +3d 00:00"
    )
    said = json.loads(told[-1])
    assert (said["edition"], said["changes"], said["moved"], said["applied"]) == (1, 1, 1, False)
    assert queries.table_in_force() is shipped_table()
    assert main(["promises", str(file), "--apply"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["applied"] is True
    assert queries.table_in_force().edition == 1


def test_the_table_in_force_is_printed_to_be_changed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["promises"]) == 0
    assert capsys.readouterr().out == TEXT


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["promises", str(tmp_path / "none.tsv")]) == 1
    assert "none.tsv cannot be read" in capsys.readouterr().err
    (tmp_path / "wrong.tsv").write_text("nothing", encoding="utf-8")
    assert main(["promises", str(tmp_path / "wrong.tsv")]) == 1
    assert "line 1: the header lacks the column valid_from" in capsys.readouterr().err
