# SPDX-License-Identifier: Apache-2.0
"""`callbox city`, as it is typed."""

from pathlib import Path

import pytest

from callbox.cli import main
from callbox.geo.tests.drawn import Town


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A road file, and an installation of its own."""
    monkeypatch.setenv("CALLBOX_HOME", str(tmp_path / "home"))
    drawn = Town({"A": (1, 1), "B": (2, 1), "C": (2, 2), "D": (1, 2), "X": (9, 9), "Y": (9, 9.5)})
    return drawn.way("Ring Road", "ABCDA").way("Lost Lane", "XY").write(tmp_path / "town.osm")


def test_import_list_check_and_use(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["city", "list"]) == 0
    assert "No city yet" in capsys.readouterr().out
    assert main(["city", "import", str(town), "--time-zone", "Europe/Helsinki"]) == 0
    told = capsys.readouterr().out
    assert "strong component: 88.9 %" in told
    assert "fallen out: 1 road pieces" in told
    assert "Lost Lane" in told
    assert main(["city", "check", "town"]) == 0
    assert "in order" in capsys.readouterr().out
    assert main(["city", "list"]) == 0
    listed = capsys.readouterr().out.split()
    assert listed[:2] == ["*", "town"]
    assert main(["city", "use", "town", listed[2]]) == 0


def test_a_failed_import_says_what_to_do(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["city", "import", str(town.parent / "none.osm.pbf")]) == 1
    assert "Check the path" in capsys.readouterr().err
