# SPDX-License-Identifier: Apache-2.0
"""The city in force: its map, its places and its areas."""

from typing import Annotated

from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from callbox.geo.queries import City, areas_at, current_city
from callbox.web.fields import NO_NUL, Asked, Lat, Lon
from callbox.web.signed_in import needs

router = Router(tags=["geo"])
Searched = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)]


class PlaceFound(Schema):
    """One answer of the search; score from 0 to 1."""

    label: str
    lon: float
    lat: float
    kind: str
    score: float
    area_ids: list[str]


class AreasFound(Schema):
    """The areas around a point, each as kind:name."""

    area_ids: list[str]


class CityShown(Schema):
    """What a map needs to know. Bounds: west, south, east, north."""

    name: str
    version: str
    bounds: tuple[float, float, float, float]
    centre: tuple[float, float]
    attribution: str
    time_zone: str
    tiles_url: str
    made_up: list[str] = Field(description="names of the posts that do not exist in the world")


@router.get("/places", response=list[PlaceFound], openapi_extra=needs("incident.open"))
def places(
    request: Asked, q: Searched, lon: Annotated[Lon | None, Query()] = None, lat: Lat | None = None
) -> list[PlaceFound]:
    """Search addresses, crossings, streets and places; of like hits those near the point first."""
    request.actor.require("incident.open", request.actor.keys)
    near = (lon, lat) if lon is not None and lat is not None else None
    return [
        PlaceFound(**{name: getattr(hit, name) for name in PlaceFound.model_fields})
        for hit in current_city().search(q, near=near)
    ]


@router.get("/areas", response=AreasFound, openapi_extra=needs("incident.open"))
def areas(request: Asked, lon: Lon, lat: Lat) -> AreasFound:
    """The areas around a point."""
    request.actor.require("incident.open", request.actor.keys)
    return AreasFound(area_ids=areas_at(lon, lat))


@router.get("/city", response=CityShown, auth=None)
def city(request: Asked) -> CityShown:
    """The city in force. Public knowledge: no sign-in needed."""
    return shown(current_city())


def shown(city: City) -> CityShown:
    """A city as screens get it."""
    return CityShown(
        name=city.name,
        version=city.version,
        bounds=city.bounds,
        centre=city.centre,
        attribution=city.attribution,
        time_zone=str(city.time_zone),
        tiles_url=f"/map/{city.name}/{city.version}.pmtiles",
        made_up=[place.name for place in city.places if place.made_up],
    )
