# SPDX-License-Identifier: Apache-2.0
"""`callbox suggest`, as it is typed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from callbox.cli import main
from callbox.commands import _suggest
from callbox.requests.models import Request
from callbox.requests.tests.test_suggesting import little, past

__all__ = ["little", "past"]  # fixtures
pytestmark = pytest.mark.django_db


def test_the_command_learns_and_shows(
    past: list[Request], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @contextmanager
    def same_database() -> Iterator[None]:
        yield

    monkeypatch.setattr(_suggest, "database", same_database)
    assert main(["suggest", "show"]) != 0
    assert main(["suggest", "learn"]) == 0
    said = capsys.readouterr().out
    assert not [word for word in ("salary", "老板", "smithson") if word in said.lower()]
    learned = json.loads(said.splitlines()[-1])
    assert (learned["learned_from"], learned["held_out"], learned["in_use"]) == (80, 20, True)
    assert learned["top1"] > learned["baseline_top1"]
    assert main(["suggest", "show"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == learned
