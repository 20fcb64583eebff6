# SPDX-License-Identifier: Apache-2.0
"""A station as it was before its last change. Part of the actions."""

from datetime import datetime

from django.db import transaction

from callbox.access.queries import agency_of
from callbox.access.taking_back import facts_before
from callbox.dispatch.models import Station
from callbox.dispatch.units import define_station
from callbox.kernel.actor import Actor


@transaction.atomic
def take_back_station(station: Station, *, by: Actor, at: datetime) -> Station:
    """The station is again what the journal says it was; that is a change too."""
    was = facts_before(station.id)
    lon, lat = (float(part) for part in str(was["place"]).split(","))
    agency = agency_of(str(was["agency"]))
    return define_station(
        str(was["code"]), str(was["name"]), agency, lon, lat, made_up=bool(was["made_up"]), by=by, at=at
    )
