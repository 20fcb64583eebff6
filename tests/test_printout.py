# SPDX-License-Identifier: Apache-2.0
"""The printable list: what is open, in both languages, whole, private, dated, bounded, and noted as read."""

import dataclasses
import os
import re
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from callbox.access.models import PersonalRead
from callbox.dispatch.printout import printed
from callbox.host.printouts import KEPT, erase_printouts, keep_printout
from callbox.incidents import queries
from callbox.incidents.actions import add_remark, close_incident
from callbox.incidents.personal import place_told
from callbox.worker.loops import printout
from tests.world import AT, dispatcher, incident, waiting_call

AT_NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_what_is_open_stands_on_it_in_both_languages() -> None:
    shown = incident()
    add_remark(shown.pk, "made-up: not for paper", by=dispatcher(), at=AT)
    waiting_call("made-up: not for paper either")
    page = printed(AT + timedelta(minutes=5))
    for word in (
        str(shown.number),
        place_told(shown.place).address,
        "Open incidents",
        "等待接听",
        "As of 03:05:00",
        "截至 03:05:00",
    ):
        assert word in page, word
    assert page.count(f'<td class="number">{shown.number}</td>') == 2
    assert "not for paper" not in page
    assert re.search(r"<script|<link|src=|href=|http", page) is None
    assert page.count("11-01 03:00") >= 4
    noted = PersonalRead.objects.get(subject_id=shown.matter_id, purpose="board", actor="system:printout")
    assert noted.role == "system"


@pytest.mark.django_db
def test_what_people_wrote_is_text_and_never_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = incident()
    told = place_told(shown.place)
    said = dataclasses.replace(told, address="<script>made up</script>")
    monkeypatch.setattr(queries, "place_told", lambda _place: said)
    page = printed(AT)
    assert "<script" not in page
    assert "&lt;script&gt;made up" in page


@pytest.mark.django_db
def test_a_closed_incident_is_not_on_it_and_an_empty_list_says_so() -> None:
    shown = incident()
    close_incident(shown.pk, "false_alarm", by=dispatcher(), at=AT)
    page = printed(AT)
    assert f">{shown.number}<" not in page
    assert page.count('<td colspan="7">') == 2


def test_the_newest_and_one_of_each_last_hour_are_kept_closed_to_others(tmp_path: Path) -> None:
    for minutes in (0, 1, 61, 62, 125):
        keep_printout(tmp_path, f"after {minutes}", AT_NOON + timedelta(minutes=minutes))
    folder = tmp_path / "printout"
    assert {path.name: path.read_text() for path in folder.iterdir()} == {
        "open-incidents.html": "after 125",
        "open-incidents-20261101T12.html": "after 1",
        "open-incidents-20261101T13.html": "after 62",
    }
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    keep_printout(tmp_path, "late", AT_NOON + KEPT + timedelta(minutes=63))
    assert {path.name for path in folder.iterdir()} == {
        "open-incidents.html",
        "open-incidents-20261101T14.html",
    }


def test_a_failed_write_leaves_the_last_list_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newest = keep_printout(tmp_path, "whole", AT_NOON)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        keep_printout(tmp_path, "torn", AT_NOON + timedelta(seconds=10))
    assert newest.read_text() == "whole"


@pytest.mark.django_db
def test_switched_off_it_erases_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CONFIG", type("Home", (), {"home": tmp_path}))
    printout.step(AT)
    assert (tmp_path / "printout" / "open-incidents.html").exists()
    monkeypatch.setenv("CALLBOX_PRINTOUT", "0")
    printout.step(AT + timedelta(seconds=10))
    assert list((tmp_path / "printout").iterdir()) == []
    assert erase_printouts(tmp_path / "nowhere", AT) == 0
