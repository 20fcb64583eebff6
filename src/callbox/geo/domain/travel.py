# SPDX-License-Identifier: Apache-2.0
"""Everybody to here: one Dijkstra search backwards from a place answers for all units at once."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from callbox.geo.domain.measure import Floats, Ints
from callbox.geo.domain.routes import assemble
from callbox.geo.domain.things import RoadPosition, Route

if TYPE_CHECKING:
    from callbox.geo.domain.graph import RoadGraph


class TravelField:
    """Seconds by road from anywhere to `target`. A unit on a two-way road may set off either way."""

    def __init__(
        self,
        graph: "RoadGraph",
        target: RoadPosition,
        from_state: Floats,
        search: csr_array,
        speed_factor: float,
    ) -> None:
        self.graph = graph
        self.target = target
        self.speed_factor = speed_factor
        self._from_state = from_state
        self._search = search
        self._toward: Ints | None = None

    def seconds_from(self, edges: ArrayLike, along_m: ArrayLike) -> Floats:
        """Travel seconds of units at these metres along these edges; infinite where no way leads."""
        edge, along = np.asarray(edges, np.int64), np.asarray(along_m, float)
        return np.asarray(self._both_ways(edge, along).min(axis=0) / self.speed_factor)

    def _both_ways(self, edge: Ints, along: Floats) -> Floats:
        """Free-flow seconds forward by the edge's end, back by its beginning, and straight to the target."""
        graph, share = self.graph, along / self.graph.edges.length_m[edge]
        on_forward, on_backward = (1 - share), share
        forward, backward = graph.seconds[2 * edge], graph.seconds[2 * edge + 1]
        by_end = _times(on_forward, forward) + self._after(2 * edge)
        by_start = _times(on_backward, backward) + self._after(2 * edge + 1)
        ahead = (self.target.along_m - along) / graph.edges.length_m[edge]
        straight = np.where(ahead > 0, _times(np.abs(ahead), forward), _times(np.abs(ahead), backward))
        straight[ahead == 0] = 0.0  # standing there already, whichever way the road is open
        return np.stack([by_end, by_start, np.where(edge == self.target.edge, straight, np.inf)])

    def _after(self, arcs: Ints) -> Floats:
        state = self.graph.states.after[arcs]
        return np.where(state >= 0, self._from_state[state], np.inf)

    def route_from(self, position: RoadPosition) -> Route | None:
        """The quickest way from a position, or None where no way leads."""
        edge = np.array([position.edge])
        choices = self._both_ways(edge, np.array([position.along_m]))[:, 0]
        if not np.isfinite(choices).any():
            return None
        best = int(choices.argmin())
        seconds = float(choices[best] / self.speed_factor)
        arcs = [] if best == 2 else self._arcs(2 * position.edge + best)
        return assemble(self.graph, position, self.target, arcs, seconds)

    def _arcs(self, first: int) -> list[int]:
        """The arcs driven, the one begun on and the one of the target among them."""
        if self._toward is None:  # two threads may both do this; they find the same
            last = self.graph.states.count
            _, found = dijkstra(self._search, indices=last, return_predecessors=True)
            self._toward = np.asarray(found, np.int64)
        count = self.graph.states.count
        keys, quickest = self.graph.quickest_arc
        arcs, state = [first], int(self.graph.states.after[first])
        while (following := int(self._toward[state])) != count:
            arcs.append(int(quickest[np.searchsorted(keys, state * count + following)]))
            state = following
        return [*arcs, self._last_arc(state)]

    def _last_arc(self, state: int) -> int:
        pointer, starts = self.graph.starts_of_arc
        costs = {
            arc: cost
            for arc, cost in target_arcs(self.graph, self.target)
            if state in starts[pointer[arc] : pointer[arc + 1]]
        }
        return min(costs, key=costs.__getitem__)


def _times(share: Floats, seconds: Floats) -> Floats:
    """share * seconds, where nothing of a closed road is still closed."""
    out = np.full(np.shape(share), np.inf)
    np.multiply(share, seconds, out=out, where=np.isfinite(seconds))
    return out


def target_arcs(graph: "RoadGraph", target: RoadPosition) -> list[tuple[int, float]]:
    """The arcs by which the target can be driven up to, and the seconds on each."""
    share = target.along_m / float(graph.edges.length_m[target.edge])
    both = ((2 * target.edge, share), (2 * target.edge + 1, 1 - share))
    return [(arc, part * float(graph.seconds[arc])) for arc, part in both if np.isfinite(graph.seconds[arc])]


def search_to(graph: "RoadGraph", target: RoadPosition, speed_factor: float) -> TravelField:
    """Search backwards from the target, which joins the graph as one more state, for this search only."""
    pointer, starts = graph.starts_of_arc
    found: dict[int, float] = {}
    for arc, cost in target_arcs(graph, target):
        for state in starts[pointer[arc] : pointer[arc + 1]].tolist():
            found[state] = min(cost, found.get(state, np.inf))
    base = graph.reversed
    count = graph.states.count
    data = np.concatenate([base.data, np.fromiter(found.values(), float, len(found))])
    indices = np.concatenate([base.indices, np.fromiter(found, base.indices.dtype, len(found))])
    indptr = np.append(base.indptr, len(data)).astype(base.indptr.dtype)
    search = csr_array((data, indices, indptr), shape=(count + 1, count + 1))
    from_state = np.asarray(dijkstra(search, indices=count))
    return TravelField(graph, target, from_state[:count], search, speed_factor)
