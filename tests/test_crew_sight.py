# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest

from callbox.access import actions, queries
from callbox.access.models import Agency, Person
from callbox.dispatch import actions as dispatch
from callbox.dispatch import queries as dispatch_queries
from callbox.incidents import queries as incident_queries
from callbox.kernel.errors import NotFound
from tests import world
from tests.world import AT, LATER, SETUP, dispatcher

pytestmark = pytest.mark.django_db


def person(name: str, agency: Agency) -> Person:
    return actions.create_person(name, "made-up", agency, by=SETUP, at=AT)


def test_a_crew_sees_and_moves_what_its_own_unit_is_sent_to_not_what_its_agency_is() -> None:
    first, second, found = world.unit("E01"), world.unit("E02"), world.incident()
    rider = person("rider", first.agency)
    actions.grant_role(rider, "crew", [f"unit:{first.pk}"], by=SETUP, at=AT)
    sent = dispatch.assign_unit(found.pk, second.pk, by=dispatcher(), at=AT)
    actor = queries.actor_of(rider, LATER)
    assert dispatch_queries.open_assignments(actor) == []
    with pytest.raises(NotFound):
        dispatch.move_assignment(sent.pk, "arrive", by=actor, at=LATER)
    with pytest.raises(NotFound):
        incident_queries.incident_for(actor, found.pk)


def test_powers_end_with_the_grant_and_every_change_ends_older_tickets() -> None:
    agency = world.unit("E01").agency
    someone = person("someone", agency)
    grant = actions.grant_role(someone, "dispatcher", by=SETUP, at=AT)
    assert queries.actor_of(someone, AT).may("incident.close")
    actions.end_grant(grant.id, by=SETUP, at=LATER)
    assert not queries.actor_of(someone, LATER).powers
    assert queries.actor_of(someone, LATER - timedelta(seconds=1)).may("incident.close")
    assert Person.objects.get(pk=someone.pk).epoch == 3
