# SPDX-License-Identifier: Apache-2.0
"""A route as a line and as streets, from the arcs a search found."""

from typing import TYPE_CHECKING

import numpy as np

from callbox.geo.domain.measure import metres_between
from callbox.geo.domain.things import RoadPosition, Route, RouteLeg

if TYPE_CHECKING:
    from callbox.geo.domain.graph import RoadGraph

Point = tuple[float, float]


def assemble(
    graph: "RoadGraph", start: RoadPosition, target: RoadPosition, arcs: list[int], seconds: float
) -> Route:
    """Join the parts; no arcs means start and target stand on one edge and nothing else is driven."""
    if arcs:
        parts = [_part(graph, arcs[0], start.along_m, None)]
        parts += [_part(graph, arc, None, None) for arc in arcs[1:-1]]
        parts.append(_part(graph, arcs[-1], None, target.along_m))
    else:
        arc = 2 * start.edge + (target.along_m < start.along_m)
        parts = [_part(graph, arc, start.along_m, target.along_m)]
    line: list[Point] = []
    legs: list[RouteLeg] = []
    for name, metres, points in parts:
        line += [point for point in points if not line or point != line[-1]]
        if legs and legs[-1].name == name:
            legs[-1] = RouteLeg(name, legs[-1].metres + metres)
        else:
            legs.append(RouteLeg(name, metres))
    return Route(line, legs, seconds, sum(metres for _, metres, _ in parts))


def _part(
    graph: "RoadGraph", arc: int, begin_m: float | None, end_m: float | None
) -> tuple[str, float, list[Point]]:
    """Name, metres and points of an arc between two distances along its edge (None: the arc's own ends)."""
    edge, backward = divmod(arc, 2)
    length = float(graph.edges.length_m[edge])
    ends = (length, 0.0) if backward else (0.0, length)
    begin = ends[0] if begin_m is None else begin_m
    end = ends[1] if end_m is None else end_m
    line = np.asarray(graph.edges.lonlat[graph.edges.start[edge] : graph.edges.start[edge + 1]])
    walked = np.concatenate(
        [[0.0], np.cumsum(metres_between(line[:-1, 0], line[:-1, 1], line[1:, 0], line[1:, 1]))]
    )
    low, high = min(begin, end), max(begin, end)
    between = line[(walked > low) & (walked < high)]
    both = graph.lonlat_at(np.array([edge, edge]), np.array([low, high]))
    points = [(float(lon), float(lat)) for lon, lat in (both[0], *between, both[1])]
    return graph.name_of(edge)[0], high - low, points[::-1] if backward else points
