# SPDX-License-Identifier: Apache-2.0
"""`callbox ladders`, as it is typed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from callbox.cli import main
from callbox.commands import _ladders
from callbox.matters import queries
from callbox.matters.models import LadderEdition
from callbox.matters.tests.test_ladders import FIVE
from callbox.matters.tests.test_ladders_loading import FIRST, HALF, QUIET, TEXT
from callbox.matters.tests.test_standstill import errand

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _same_database(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def same() -> Iterator[None]:
        yield

    monkeypatch.setattr(_ladders, "database", same)


def test_those_in_force_are_written_changed_shown_and_loaded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    matter, folder = errand(FIVE), tmp_path / "mine"
    assert main(["ladders", str(folder), "--write"]) == 0
    assert [(folder / name).read_text() for name in _ladders.NAMES] == [TEXT, QUIET]
    (folder / "ladders.tsv").write_text(TEXT.replace(FIRST, HALF), encoding="utf-8")
    capsys.readouterr()
    assert main(["ladders", str(folder)]) == 0
    change, step, last = capsys.readouterr().out.splitlines()
    assert change == "altered  request/1/2026-01-01: 80% remind: owner -> 50% remind: owner"
    assert step.startswith(
        f"{matter.id}  resolve        1 at 2026-10-08 11:24+08:00 -> 1 at 2026-10-04 16:30"
    )
    assert (json.loads(last)["moved"], json.loads(last)["applied"], LadderEdition.objects.count()) == (
        1,
        False,
        0,
    )
    assert main(["ladders", str(folder), "--apply"]) == 0
    assert queries.ladders_in_force().edition == 1


def test_what_is_wrong_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ladders", str(tmp_path)]) == 1
    assert "--write" in capsys.readouterr().err
    assert main(["ladders", str(tmp_path), "--write"]) == 0
    assert main(["ladders", str(tmp_path), "--write"]) == 1
    assert "already" in capsys.readouterr().err
    (tmp_path / "ladders.tsv").write_text(TEXT.replace("80%", "180%"), encoding="utf-8")
    assert main(["ladders", str(tmp_path), "--apply"]) == 1
    assert "ladders.tsv, line 5: offset is a share" in capsys.readouterr().err
    assert LadderEdition.objects.count() == 0
