# SPDX-License-Identifier: Apache-2.0
"""Places and remarks of incidents, sealed and opened. Part of the room's queries and actions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from callbox.access.sealing import Column, cannot_read
from callbox.incidents.models import Place, Remark

PLACE = Column("incidents_place", "incident_id")
REMARK = Column("incidents_remark", "id")


@dataclass(frozen=True, slots=True)
class PlaceTold:
    """Where it is (WGS84), and the words by which a crew finds it; in their place, why they cannot be read."""

    lon: float | None
    lat: float | None
    address: str
    note: str


@dataclass(frozen=True, slots=True)
class RemarkTold:
    """A running remark; in place of its text, why that cannot be read."""

    id: UUID
    by: str
    at: datetime
    text: str


def place_told(place: Place) -> PlaceTold:
    """A place with its words."""
    if place.sealed is None:
        return PlaceTold(place.lon, place.lat, place.address, place.note)
    fields, why = PLACE.read(place.pk, place.sealed)
    address = cannot_read(why) if why else fields["address"]
    return PlaceTold(place.lon, place.lat, address, fields.get("note", ""))


def remark_told(remark: Remark) -> RemarkTold:
    """A remark with its text."""
    fields, why = REMARK.read(remark.pk, remark.sealed)
    text = cannot_read(why) if why else fields.get("text", remark.text)
    return RemarkTold(remark.pk, remark.by, remark.at, text)


def sealed_place(incident: UUID, address: str, note: str, retain_until: datetime) -> bytes:
    """The words of a place, sealed; also when there are none.

    The digest of the row is kept for ever, the point in it is not: were nothing sealed beside the point, whoever
    tries every house of the city would find the digest again. What is sealed is never the same twice.
    """
    return PLACE.seal(incident, {"address": address, "note": note}, retain_until)


def sealed_remark(remark: UUID, text: str, retain_until: datetime) -> bytes:
    """The text of a remark, sealed."""
    return REMARK.seal(remark, {"text": text}, retain_until)
