# SPDX-License-Identifier: Apache-2.0
"""Who gives a matter away finishes the step in which they do, and sees it no more."""

import pytest
from django.db import transaction

from callbox.access.seeing import seeing
from callbox.access.sight import sight_of
from callbox.kernel.errors import NotFound
from callbox.matters.actions import move
from callbox.matters.domain import Change
from callbox.matters.models import Matter
from callbox.matters.queries import matter_for
from tests import world
from tests.world import crew_of, dispatcher

pytestmark = pytest.mark.usefixtures("committed")


def test_a_crew_that_drops_its_own_key_ends_its_step_and_sees_the_matter_no_more() -> None:
    from callbox.dispatch.actions import assign_unit

    unit, incident = world.unit("E01"), world.incident()
    sent = assign_unit(incident.pk, unit.pk, by=dispatcher(), at=world.AT)
    crew = crew_of(unit.pk)
    agency = f"agency:{unit.agency_id}"
    with seeing(sight_of(crew)):
        with transaction.atomic():
            matter = matter_for(crew, sent.pk, "assignment")
            change = Change(
                {"unit": unit.pk, "callsign": "E01", "incident": incident.pk},
                drop_scope=frozenset({f"unit:{unit.pk}", agency}),
            )
            move(matter, "acknowledge", change, by=crew, at=world.LATER)
        with transaction.atomic(), pytest.raises(NotFound):
            matter_for(crew, sent.pk, "assignment")
        with transaction.atomic():
            assert not Matter.objects.filter(pk=sent.pk).exists()
    assert Matter.objects.get(pk=sent.pk).scope == []
