# SPDX-License-Identifier: Apache-2.0
"""The pure part of geo: numbers in, numbers out; no clock, no database, no network."""

from callbox.geo.domain.areas import AreaIndex
from callbox.geo.domain.graph import RoadGraph
from callbox.geo.domain.search import PlaceSearch
from callbox.geo.domain.things import (
    Area,
    ImportReport,
    Note,
    Place,
    PlaceHit,
    RoadPosition,
    Route,
    RouteLeg,
)
from callbox.geo.domain.travel import TravelField

__all__ = [
    "Area",
    "AreaIndex",
    "ImportReport",
    "Note",
    "Place",
    "PlaceHit",
    "PlaceSearch",
    "RoadGraph",
    "RoadPosition",
    "Route",
    "RouteLeg",
    "TravelField",
]
