# SPDX-License-Identifier: Apache-2.0
"""Every read of personal data is noted; the same one over and over is noted once in ten minutes."""

from datetime import timedelta

import pytest
from tests.world import AT, call_taker, dispatcher, incident, someone

from callbox.access.actions import NOTED_ONCE_IN
from callbox.access.models import PersonalRead
from callbox.incidents.queries import details_for, places_for
from callbox.kernel.errors import NotFound

pytestmark = pytest.mark.django_db


def test_a_repeated_read_is_noted_once_in_ten_minutes() -> None:
    found = incident()
    for seconds in (0, 2, 4, 599):
        places_for(dispatcher(), [found], purpose="board", at=AT + timedelta(seconds=seconds))
    assert PersonalRead.objects.count() == 1
    places_for(dispatcher(), [found], purpose="board", at=AT + NOTED_ONCE_IN)
    assert PersonalRead.objects.count() == 2


def test_another_purpose_person_or_row_is_another_read() -> None:
    found, other = incident(), incident()
    places_for(dispatcher(), [found], purpose="board", at=AT)
    details_for(dispatcher(), found, purpose="handle", at=AT)
    places_for(call_taker(), [found], purpose="board", at=AT)
    places_for(dispatcher(), [found, other], purpose="board", at=AT)
    assert PersonalRead.objects.count() == 4


def test_who_may_not_read_is_not_noted_and_gets_nothing() -> None:
    found = incident()
    with pytest.raises(NotFound):
        details_for(someone("administrator"), found, purpose="handle", at=AT)
    assert places_for(someone("crew", "unit:1"), [found], purpose="board", at=AT) == {}
    assert not PersonalRead.objects.exists()
