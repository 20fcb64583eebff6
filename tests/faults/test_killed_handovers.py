# SPDX-License-Identifier: Apache-2.0
"""Taking a hand-over on, killed with SIGKILL at every word to the database: one line has it, one request at most."""

from uuid import UUID

import pytest

from callbox.intake.actions import claim_call
from callbox.matters.models import HandOver, Matter
from callbox.requests import handing, lines
from callbox.requests.models import HandedOver, Request
from callbox.requests.tests.scene import town
from tests.faults.kill import every_point
from tests.faults.test_kills import check_agreement
from tests.world import AT, LATER, call_taker, waiting_call

pytestmark = pytest.mark.usefixtures("committed")


def test_a_hand_over_is_the_givers_or_taken_on_whole() -> None:
    town()
    waiting: list[UUID] = []

    def begin() -> None:
        call = waiting_call(
            "made-up words", name="Made-up Name", number="+15550100", place="made-up street 9"
        )
        claim_call(call.pk, by=call_taker(), at=AT)
        waiting[:] = [handing.hand_over(lines.CALL, call.pk, "not_urgent", by=call_taker(), at=AT).pk]

    def take() -> object:
        return handing.take_over(waiting[0], "other", {}, by=call_taker("other line"), at=LATER)

    def check(_came_to_its_end: bool) -> None:
        row, matter = HandedOver.objects.get(pk=waiting[0]), Matter.objects.get(pk=waiting[0])
        offer = HandOver.objects.get(matter=waiting[0])
        taken = ("taken", "desk:requests", "accepted", False)
        given = ("open", "desk:answering", "offered", True)
        assert (matter.state, matter.owner, offer.state, row.open) == (taken if row.became else given)
        assert Request.objects.count() == HandedOver.objects.exclude(became=None).count()
        check_agreement()
        begin()

    begin()
    assert every_point(take, check) > 20
