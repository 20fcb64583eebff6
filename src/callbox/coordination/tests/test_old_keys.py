# SPDX-License-Identifier: Apache-2.0
"""Incidents of before there were tasks are no longer seen by agencies whose units were sent."""

import pytest
from tests.world import AT, LATER, dispatcher, incident

from callbox.coordination import actions
from callbox.coordination.events import COORDINATION
from callbox.coordination.old_keys import take_old_keys
from callbox.coordination.tests.scene import desk_of, fire, task_of, town
from callbox.incidents.actions import close_incident
from callbox.incidents.models import Incident
from callbox.incidents.queries import incident_for
from callbox.journal import queries as journal
from callbox.journal.domain import first_misfit
from callbox.kernel.errors import NotAllowed, NotFound
from callbox.matters.actions import touch
from callbox.matters.models import Matter

pytestmark = pytest.mark.django_db


def with_old_key(found: Incident, code: str) -> Incident:
    """As an older release left it: a unit of this agency was sent."""
    agency = next(iter(desk_of(code).keys - {desk_of(code).id}))
    touch(found.matter, add=agency)
    assert incident_for(desk_of(code), found.pk).pk == found.pk
    return found


def test_only_keys_without_a_task_are_taken_each_with_an_entry() -> None:
    town()
    alone, shared, over = incident(), fire(4), incident()
    for each in (alone, shared, over):
        with_old_key(each, "ems")
    close_incident(over.pk, "handled", by=dispatcher(), at=AT)
    ended = Matter.objects.get(pk=over.pk).closed_at
    with pytest.raises(NotAllowed):
        take_old_keys(by=dispatcher(), at=LATER)
    assert take_old_keys(by=COORDINATION, at=LATER) == 3
    for each in (alone, shared, over):
        with pytest.raises(NotFound):
            incident_for(desk_of("ems"), each.pk)
        entries = journal.history(each.pk)
        assert (entries[-1].move, entries[-1].facts["agency"]) == ("leave", "ems")
        assert first_misfit(entries) is None
    assert incident_for(desk_of("fire"), shared.pk).pk == shared.pk
    assert Matter.objects.get(pk=over.pk).closed_at == ended
    assert take_old_keys(by=COORDINATION, at=LATER) == 0


def test_who_was_alerted_and_said_that_it_cannot_has_none_and_who_closed_keeps_it() -> None:
    town()
    found = fire(2)
    actions.refuse_task(task_of(found.pk, "ems").pk, "no_people", by=desk_of("ems"), at=LATER)
    found.matter.refresh_from_db()
    with_old_key(found, "ems")
    assert take_old_keys(by=COORDINATION, at=LATER) == 1
    assert incident_for(desk_of("police"), found.pk).pk == found.pk
