# SPDX-License-Identifier: Apache-2.0
"""The most urgent lane goes first: made a call first, shown first, whatever else waits."""

from datetime import timedelta

import pytest
from tests.contacts import raw_contact
from tests.world import AT, INTAKE, call_taker

from callbox.door.retention import erase_expired
from callbox.intake import queries
from callbox.intake.models import Call
from callbox.intake.reactions import NAME, PORTION, take_contacts
from callbox.journal.queries import position_of

pytestmark = pytest.mark.usefixtures("committed")


def test_somebody_on_the_line_does_not_wait_behind_a_thousand_complaints() -> None:
    crowd = [raw_contact(channel="civic", lane="civic") for _ in range(2 * PORTION)]
    written = raw_contact(channel="web", lane="written")
    sos = raw_contact(channel="sos", lane="sos")
    line = raw_contact(channel="phone", lane="live")
    assert take_contacts(by=INTAKE, limit=3) == 3
    assert {call.pk for call in Call.objects.all()} == {line, sos, written}
    assert take_contacts(by=INTAKE, limit=PORTION) == PORTION
    late = raw_contact(channel="phone", lane="live")
    assert take_contacts(by=INTAKE, limit=1) == 1
    assert Call.objects.filter(pk=late).exists()
    assert take_contacts(by=INTAKE) == PORTION
    assert {call.pk for call in Call.objects.all()} == {*crowd, written, sos, line, late}
    assert take_contacts(by=INTAKE) == 0


def test_a_contact_of_a_lane_that_nobody_knows_becomes_a_call_too() -> None:
    sent = {
        raw_contact(lane=lane) for lane in ("written", "of another release", "civic", "of another release")
    }
    assert take_contacts(by=INTAKE) == len(sent)
    assert {call.pk for call in Call.objects.all()} == sent


def test_the_common_position_never_passes_a_contact_that_is_no_call_yet() -> None:
    """Bytes are erased up to it, and the alarm on what waits is measured from it."""
    begun = position_of(NAME)
    waiting = raw_contact(channel="civic", lane="civic", days=1)
    line = raw_contact(channel="phone", lane="live", days=1)
    assert take_contacts(by=INTAKE, limit=1) == 1
    assert Call.objects.get().pk == line
    assert position_of(NAME) == begun
    assert erase_expired(by=INTAKE, at=AT + timedelta(days=9)) == 0
    assert take_contacts(by=INTAKE) == 1
    assert Call.objects.filter(pk=waiting).exists()
    assert erase_expired(by=INTAKE, at=AT + timedelta(days=9)) == 2


def test_the_queue_shows_the_most_urgent_lane_first_then_the_oldest() -> None:
    sent = [
        raw_contact(channel=channel, lane=lane, at=AT + timedelta(seconds=seconds))
        for seconds, (channel, lane) in enumerate(
            [("civic", "civic"), ("web", "written"), ("sos", "sos"), ("web", "written"), ("phone", "live")]
        )
    ]
    take_contacts(by=INTAKE)
    assert [call.pk for call in queries.queue(call_taker())] == [sent[4], sent[2], sent[1], sent[3], sent[0]]
