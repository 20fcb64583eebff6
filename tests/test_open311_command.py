# SPDX-License-Identifier: Apache-2.0
"""`callbox open311`, as it is typed: a key is shown once, serves, and ends."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from callbox.cli import main
from callbox.commands import _open311
from callbox.journal.models import Entry
from callbox.requests.models import ApiKey
from callbox.requests.open311.keys import key_known
from tests.world import journal_size

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def same_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is that of the test."""

    @contextmanager
    def nothing() -> Iterator[None]:
        yield

    monkeypatch.setattr(_open311, "database", nothing)


def told(capsys: pytest.CaptureFixture[str], *asked: str) -> Any:
    assert main(["open311", *asked]) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_a_key_is_given_listed_and_ended(capsys: pytest.CaptureFixture[str]) -> None:
    given = told(capsys, "give", "Made-up App")
    assert given["app"] == "Made-up App"
    key = given["api_key"]
    assert key_known(key) == str(ApiKey.objects.get().pk)
    assert told(capsys, "list") == {"apps": ["Made-up App"]}
    assert told(capsys, "end", "Made-up App") == {"app": "Made-up App", "ended": True}
    assert key_known(key) == ""
    assert told(capsys, "list") == {"apps": []}
    assert [entry.move for entry in Entry.objects.filter(kind="api_key").order_by("seq")] == ["open", "end"]
    kept = str(list(Entry.objects.values_list("facts", flat=True))) + str(list(ApiKey.objects.values()))
    assert key not in kept


@pytest.mark.parametrize("asked", [["give", ""], ["give", "  "], ["end", "Nobody's App"], ["give", "Taken"]])
def test_what_cannot_be_is_refused_in_words_and_changes_nothing(
    capsys: pytest.CaptureFixture[str], asked: list[str]
) -> None:
    told(capsys, "give", "Taken")
    before = journal_size()
    assert main(["open311", *asked]) != 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.strip()
    assert "Traceback" not in said.err
    assert journal_size() == before
