# SPDX-License-Identifier: Apache-2.0
"""The same question asked the other way, to check the answer: a plain search forward from one unit.

It shares neither the states nor SciPy with `travel`: it carries the last arcs driven and looks the forbidden
sequences up directly. Slow; for tests and `callbox city check`.
"""

import heapq
from collections import defaultdict

import numpy as np

from callbox.geo.domain.graph import RoadGraph
from callbox.geo.domain.things import RoadPosition

Driven = tuple[int, ...]


class ForwardSearch:
    """Forward searches over one graph."""

    def __init__(self, graph: RoadGraph) -> None:
        self.graph = graph
        self.memory = max((len(sequence) for sequence in graph.forbidden), default=2) - 1
        self.out: dict[int, list[int]] = defaultdict(list)
        edges = graph.edges
        for edge, (u, v) in enumerate(zip(edges.u.tolist(), edges.v.tolist(), strict=True)):
            for arc, tail in ((2 * edge, u), (2 * edge + 1, v)):
                if np.isfinite(graph.seconds[arc]):
                    self.out[tail].append(arc)

    def seconds(self, start: RoadPosition, target: RoadPosition, speed_factor: float = 1.0) -> float:
        """Travel seconds from start to target; infinite where no way leads."""
        best = self._straight(start, target)
        queue: list[tuple[float, Driven]] = [(rest, (arc,)) for arc, rest in self._parts(start, ahead=True)]
        heapq.heapify(queue)
        done: set[Driven] = set()
        goals = dict(self._parts(target, ahead=False))
        while queue and queue[0][0] < best:
            so_far, driven = heapq.heappop(queue)
            if driven in done:
                continue
            done.add(driven)
            for arc in self._allowed(driven):
                best = min(best, so_far + goals.get(arc, np.inf))
                following = (*driven, arc)[-self.memory :]
                heapq.heappush(queue, (so_far + float(self.graph.seconds[arc]), following))
        return best / speed_factor

    def _parts(self, position: RoadPosition, *, ahead: bool) -> list[tuple[int, float]]:
        length = float(self.graph.edges.length_m[position.edge])
        before = position.along_m / length
        shares = (1 - before, before) if ahead else (before, 1 - before)
        arcs = (2 * position.edge, 2 * position.edge + 1)
        return [
            (arc, share * float(self.graph.seconds[arc]))
            for arc, share in zip(arcs, shares, strict=True)
            if np.isfinite(self.graph.seconds[arc])
        ]

    def _straight(self, start: RoadPosition, target: RoadPosition) -> float:
        if start.edge != target.edge:
            return float(np.inf)
        arc = 2 * start.edge + (target.along_m < start.along_m)
        if not np.isfinite(self.graph.seconds[arc]):
            return 0.0 if target.along_m == start.along_m else float(np.inf)
        share = abs(target.along_m - start.along_m) / float(self.graph.edges.length_m[start.edge])
        return share * float(self.graph.seconds[arc])

    def _allowed(self, driven: Driven) -> list[int]:
        edge, backward = divmod(driven[-1], 2)
        node = int((self.graph.edges.u if backward else self.graph.edges.v)[edge])
        return [arc for arc in self.out[node] if not self._forbidden((*driven, arc))]

    def _forbidden(self, driven: Driven) -> bool:
        return any(driven[i:] in self.graph.forbidden for i in range(len(driven)))
