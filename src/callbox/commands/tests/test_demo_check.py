# SPDX-License-Identifier: Apache-2.0
"""The whole job, without a clock: every call is dealt with, and two plays of one seed are the same."""

import os

import pytest
from conftest import empty_database
from tests.city import link_sf
from tests.contacts import raw_contact

from callbox.commands._demo_check import play
from callbox.demo.figures import figures
from callbox.host.config import load
from callbox.intake.models import Call

KEYS = {"calls", "incidents", "assignments", "closed", "late", "dealt_with", "journal_ok", "city", "seed"}


@pytest.fixture
def _in_sf(monkeypatch: pytest.MonkeyPatch) -> None:
    link_sf(load().home)
    monkeypatch.setenv("CALLBOX_CITY", "sf")


def played(seed: int) -> dict[str, object]:
    found = dict(play("sf", seed, 1.0, os.environ["DATABASE_URL"]))
    found.pop("seconds")
    return found


@pytest.mark.usefixtures("committed", "_in_sf")
def test_every_call_is_dealt_with_and_the_same_seed_gives_the_same_numbers() -> None:
    first = played(3)
    assert set(first) == KEYS
    assert first["dealt_with"]
    assert first["journal_ok"]
    assert int(str(first["calls"])) >= int(str(first["incidents"])) > 0
    assert first["closed"] == first["incidents"]
    assert not Call.objects.exclude(matter__state="done").exists()
    empty_database()
    assert played(3) == first


@pytest.mark.usefixtures("committed")
def test_a_contact_that_nobody_took_is_not_dealt_with() -> None:
    raw_contact()
    assert not figures()["dealt_with"]
