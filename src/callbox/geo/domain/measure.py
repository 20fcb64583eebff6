# SPDX-License-Identifier: Apache-2.0
"""Distances on the earth: a sphere for lengths, a plane about the city's centre for nearness."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

EARTH_M = 6_371_008.8
"""Mean earth radius in metres (IUGG, R1)."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def metres_between(lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike) -> Floats:
    """Great-circle metres between points given in degrees, elementwise (haversine)."""
    a, b = np.radians(np.asarray(lat1, float)), np.radians(np.asarray(lat2, float))
    d_lon = np.radians(np.asarray(lon2, float) - np.asarray(lon1, float))
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(d_lon / 2) ** 2
    return np.asarray(2 * EARTH_M * np.arcsin(np.minimum(1.0, np.sqrt(h))))


class Plane:
    """Local metres about a centre: good to some parts in a thousand over a city, used for nearness only."""

    def __init__(self, lon0: float, lat0: float) -> None:
        self.lon0, self.lat0 = lon0, lat0
        self.per_lat = float(np.radians(1.0) * EARTH_M)
        self.per_lon = float(self.per_lat * np.cos(np.radians(lat0)))

    def to_metres(self, lonlat: Floats) -> Floats:
        """Shape (n, 2) degrees to shape (n, 2) metres east and north of the centre."""
        return (lonlat - (self.lon0, self.lat0)) * (self.per_lon, self.per_lat)

    def to_degrees(self, metres: Floats) -> Floats:
        """The way back of `to_metres`."""
        return metres / (self.per_lon, self.per_lat) + (self.lon0, self.lat0)
