# SPDX-License-Identifier: Apache-2.0
"""`callbox routing`, as it is typed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from callbox.cli import main
from callbox.commands import _routing
from callbox.requests import queries
from callbox.requests.areas import Located
from callbox.requests.tests.drawn import GRIDS, LEFT, SUB_GRIDS, collection
from callbox.requests.tests.scene import RULES, request, town


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Areas in a file for each level, the last of which has a hole; the database is that of the test."""

    @contextmanager
    def same_database() -> Iterator[None]:
        yield

    monkeypatch.setattr(_routing, "database", same_database)
    bare = [{**each, "properties": {**each["properties"], "level": None}} for each in SUB_GRIDS[1:]]
    for each in bare:
        del each["properties"]["level"]
    for name, features in {"districts": [LEFT], "grids": GRIDS, "sub_grids": bare}.items():
        (tmp_path / f"{name}.geojson").write_text(collection(*features))
    return tmp_path


@pytest.mark.django_db
def test_what_would_change_is_shown_before_it_is_loaded(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["routing", "areas", *(str(files / f"{name}.geojson") for name in ("districts", "grids"))]
    asked.append(f"sub_grid={files / 'sub_grids.geojson'}")
    assert main(asked) == 0
    told = capsys.readouterr().out.splitlines()
    assert "FAULT    G00: uncovered  (25.0 %)" in told
    assert json.loads(told[-1]) == {
        "kind": "areas",
        "edition": 1,
        "changes": {"new": 20},
        "faults": 1,
        "applied": False,
    }
    assert queries.areas_in_force().at(11.5, 50.5) == Located()
    assert main([*asked, "--apply"]) == 0
    assert queries.areas_in_force().at(11.5, 50.5) == Located("D1", "G00", "S10")


@pytest.mark.django_db
def test_new_rules_are_tried_on_what_was(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    town()
    for _ in range(3):
        request()
    request("other")
    (files / "rules.tsv").write_text(RULES.replace("\troads\t", "\tpower\t"))
    assert main(["routing", "rules", str(files / "rules.tsv"), "--since", "2026-01-31"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert "       3 requests would have gone to power instead of roads" in told
    said = json.loads(told[-1])
    assert (said["changes"], said["tried"], said["elsewhere"]) == ({"altered": 1}, 4, 3)
    assert main(["routing", "rules", str(files / "rules.tsv"), "--since", "2027-01-31"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["tried"] == 0


@pytest.mark.django_db
def test_a_file_that_cannot_be_read_is_named(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "no.geojson").write_text('{"features": [1]}')
    assert main(["routing", "areas", str(files / "no.geojson")]) == 1
    assert "no.geojson cannot be read" in capsys.readouterr().err
    assert main(["routing", "rules", str(files / "none.tsv")]) == 1
