# SPDX-License-Identifier: Apache-2.0
"""Which messages of phones were dealt with is forgotten once no phone sends them again."""

from datetime import timedelta

import pytest
from tests import world
from tests.world import AT

from callbox.access.domain import system_actor
from callbox.dispatch.models import CrewMessage
from callbox.dispatch.retention import KEPT, erase_expired
from callbox.kernel.errors import NotAllowed
from callbox.kernel.ids import new_id

pytestmark = pytest.mark.django_db


def test_old_messages_are_forgotten_and_young_ones_are_not() -> None:
    unit = world.unit()
    _old, young = (
        CrewMessage.objects.create(key=new_id(), unit=unit, received_at=at, result="done")
        for at in (AT, AT + timedelta(seconds=1))
    )
    assert erase_expired(by=system_actor("retention"), at=AT + KEPT) == 1
    assert list(CrewMessage.objects.all()) == [young]
    with pytest.raises(NotAllowed):
        erase_expired(by=world.dispatcher(), at=AT + 2 * KEPT)
