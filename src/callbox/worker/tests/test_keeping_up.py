# SPDX-License-Identifier: Apache-2.0
"""What waits too long raises an alarm, and personal data goes at its date."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from tests.contacts import raw_contact
from tests.world import AT, INTAKE, call_taker, dispatcher, incident, waiting_call

from callbox.host.clock import DatabaseClock
from callbox.host.vault import Vault, vault
from callbox.incidents.actions import add_remark, close_incident
from callbox.incidents.models import Place, Remark
from callbox.incidents.personal import place_told, remark_told
from callbox.intake.actions import claim_call, wrap_up_call
from callbox.intake.callers import told_of
from callbox.intake.models import Caller
from callbox.intake.reactions import take_contacts
from callbox.journal.models import Entry
from callbox.journal.queries import verify
from callbox.worker import standing
from callbox.worker.loops import retention, unread
from callbox.worker.models import Health

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    """Keys of these tests' own: they destroy some."""
    monkeypatch.setenv("CALLBOX_KEYS", str(tmp_path / "keys"))
    return vault()


LONG_AFTER = AT + timedelta(days=400)


def health() -> dict[str, bool]:
    return dict(Health.objects.values_list("part", "well"))


def test_an_unread_contact_raises_an_alarm_once_and_ends_it(caplog: pytest.LogCaptureFixture) -> None:
    raw_contact()
    for seconds in (1, 6, 8):
        unread.step(AT + timedelta(seconds=seconds))
    assert not health()["unread contact"]
    assert caplog.text.count("The oldest unread contact waits") == 1
    take_contacts(by=INTAKE)
    unread.step(AT + timedelta(seconds=10))
    assert health()["unread contact"]
    assert Health.objects.get(part="unread contact").since == AT + timedelta(seconds=10)


def test_what_a_finished_call_said_goes_at_its_date_and_the_chain_stays_whole() -> None:
    call = waiting_call(words="made up", number="000")
    open_call = waiting_call(words="made up, still open")
    claim_call(call.pk, by=call_taker(), at=AT)
    wrap_up_call(call.pk, "information", by=call_taker(), at=AT)
    assert retention.step(AT + timedelta(days=100)) == 0
    assert retention.step(LONG_AFTER) == 1
    assert retention.step(LONG_AFTER) == 0, "what is erased is not counted again"
    caller = told_of(Caller.objects.get(call=call))
    assert (caller.words, caller.number, caller.lon) == ("", "", None)
    assert told_of(Caller.objects.get(call=open_call)).words == "made up, still open"
    entry = Entry.objects.get(kind="erasure", move="erase")
    assert entry.facts == {"table": "intake_caller", "rows": 1}
    assert verify().ok


def test_place_and_remarks_of_a_closed_incident_go_at_their_date() -> None:
    closed = incident()
    add_remark(closed.pk, "made up", by=dispatcher(), at=AT)
    close_incident(closed.pk, "handled", by=dispatcher(), at=AT)
    still_open = incident()
    assert retention.step(LONG_AFTER) == 2
    assert remark_told(Remark.objects.get()).text == ""
    place = place_told(Place.objects.get(incident=closed))
    assert (place.lon, place.address) == (None, "")
    assert place_told(Place.objects.get(incident=still_open)).address


def test_raw_bytes_go_at_their_date_but_never_before_they_were_read() -> None:
    read = raw_contact(days=1)
    take_contacts(by=INTAKE)
    waiting = raw_contact(days=1)
    retention.step(AT + timedelta(days=2))
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, body IS NULL AND sealed IS NULL FROM door_contact")
        assert dict(cursor.fetchall()) == {read: True, waiting: False}


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_machine_whose_clock_leaps_is_told_of_and_calms_down(
    hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = DatabaseClock()
    monkeypatch.setattr(standing, "CLOCK", there)
    for ahead, well in ((hours, False), (0, True)):
        there.learned = False
        there.learn(timezone.now() + timedelta(hours=ahead), time.monotonic())
        standing.note_standing([], AT)
        assert health()["machine clock"] is well
    assert Health.objects.get(part="machine clock").behind_s < 1
