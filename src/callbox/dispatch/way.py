# SPDX-License-Identifier: Apache-2.0
"""The way of one unit to one incident. Part of the queries."""

from datetime import datetime
from uuid import UUID

from callbox.dispatch import queries
from callbox.dispatch.recommend import roads_of
from callbox.geo.domain.things import Route
from callbox.geo.queries import current_city, speed_factor_on
from callbox.incidents.queries import PERSONAL, ROUTE, incident_for, note_place_read
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Invalid, NotFound
from callbox.kernel.text import gettext_noop as _


def route_for(actor: Actor, incident_id: UUID, unit_id: UUID, at: datetime) -> Route:
    """The fastest way by road from where the unit is to the incident.

    Raises NotFound, also when no road leads there or the unit's place is not known; Invalid without a place.
    """
    incident, unit = incident_for(actor, incident_id), queries.unit_for(actor, unit_id)
    actor.require_sight(PERSONAL, incident.matter.scope)
    note_place_read(actor, [incident.pk], purpose=ROUTE, at=at)
    place = incident.place
    if place.lon is None or place.lat is None:
        raise Invalid(_("The incident has no place on the map yet."))
    city = current_city()
    start = roads_of(city, [unit], at)[0].get(unit_id)
    field = city.graph.travel_to(city.graph.snap(place.lon, place.lat), speed_factor_on(city.name, at.date()))
    route = field.route_from(start) if start else None
    if route is None:
        raise NotFound(_("No road leads there from where this unit is."))
    return route
