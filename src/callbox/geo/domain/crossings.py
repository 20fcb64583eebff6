# SPDX-License-Identifier: Apache-2.0
"""Where two streets meet."""

import numpy as np

from callbox.geo.domain.graph import RoadGraph
from callbox.geo.domain.measure import Floats, Ints, metres_between

ONE_PLACE_M = 150.0
"""Junctions of a dual carriageway within this distance are one crossing."""
NEARLY_M = 60.0
"""Streets that come this near without a common junction are still looked for together."""


def crossings_of(graph: RoadGraph, first: Ints, second: Ints) -> list[tuple[float, float]]:
    """Where two streets, given by their edges, meet: common junctions, else where they nearly do."""
    a, b = _nodes(graph, first), _nodes(graph, second)
    common = np.intersect1d(a, b)
    if len(common):
        return _places(np.asarray(graph.edges.node_lonlat[common]))
    if not len(a) or not len(b):
        return []
    left, right = np.asarray(graph.edges.node_lonlat[a]), np.asarray(graph.edges.node_lonlat[b])
    away = metres_between(left[:, None, 0], left[:, None, 1], right[None, :, 0], right[None, :, 1])
    i, j = divmod(int(away.argmin()), len(right))
    if away[i, j] > NEARLY_M:
        return []
    middle = (left[i] + right[j]) / 2
    return [(float(middle[0]), float(middle[1]))]


def _nodes(graph: RoadGraph, edges: Ints) -> Ints:
    return np.unique(np.concatenate([graph.edges.u[edges], graph.edges.v[edges]]))


def _places(points: Floats) -> list[tuple[float, float]]:
    """One place for each cluster of points; the point of it nearest to the cluster's mean."""
    places = []
    rest = points
    while len(rest):
        near = metres_between(rest[:, 0], rest[:, 1], rest[0, 0], rest[0, 1]) <= ONE_PLACE_M
        mean = rest[near].mean(axis=0)
        nearest = metres_between(rest[near][:, 0], rest[near][:, 1], mean[0], mean[1]).argmin()
        lon, lat = rest[near][int(nearest)].tolist()
        places.append((lon, lat))
        rest = rest[~near]
    return places
