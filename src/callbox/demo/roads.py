# SPDX-License-Identifier: Apache-2.0
"""Where made-up things happen, and where a unit is on its way."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import numpy as np

from callbox.demo.domain import Spot
from callbox.geo.domain.measure import metres_between
from callbox.geo.domain.things import Route
from callbox.geo.queries import City, speed_factor_on


def spots(city: City) -> Callable[[Random], Spot]:
    """Draws places on named roads, each metre as likely as any other."""
    edges = city.graph.edges
    named = np.array([bool(city.graph.name_of(edge)[0]) for edge in range(len(edges.length_m))])
    reach = np.cumsum(np.where(named, edges.length_m, 0.0))

    def draw(random: Random) -> Spot:
        edge = int(np.searchsorted(reach, random.random() * reach[-1], side="right"))
        at = city.graph.position(edge, random.random() * float(edges.length_m[edge]))
        return Spot(at.lon, at.lat, city.graph.name_of(edge)[0])

    return draw


def route(city: City, start: tuple[float, float], end: tuple[float, float], at: datetime) -> Route | None:
    """The quickest way by road between two points (lon, lat), or None where none leads."""
    field = city.graph.travel_to(city.graph.snap(*end), speed_factor_on(city.name, at.date()))
    return field.route_from(city.graph.snap(*start))


@dataclass(frozen=True)
class Drive:
    """A unit on its way since `begun`; seconds: how long the whole way takes by the clock on the wall."""

    route: Route
    begun: datetime
    seconds: float

    @property
    def arrives_at(self) -> datetime:
        """When it is there."""
        return self.begun + timedelta(seconds=self.seconds)

    def place_at(self, at: datetime) -> tuple[float, float]:
        """Longitude and latitude at a time."""
        line = np.array(self.route.lonlat)
        if len(line) < 2 or at >= self.arrives_at:
            return self.route.lonlat[-1]
        steps = metres_between(line[:-1, 0], line[:-1, 1], line[1:, 0], line[1:, 1])
        walked = np.concatenate([[0.0], np.cumsum(steps)])
        share = max(0.0, (at - self.begun).total_seconds() / max(self.seconds, 1e-6))
        here = share * walked[-1]
        return float(np.interp(here, walked, line[:, 0])), float(np.interp(here, walked, line[:, 1]))
