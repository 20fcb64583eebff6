# SPDX-License-Identifier: Apache-2.0
"""The measurement behind `callbox bench recommend`."""

import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from callbox.benches import _osrm
from callbox.geo.actions import import_city
from callbox.geo.domain.forward import ForwardSearch
from callbox.geo.domain.graph import RoadGraph
from callbox.geo.domain.measure import Floats, Ints
from callbox.geo.domain.travel import target_arcs
from callbox.geo.queries import open_city
from callbox.host.config import load

OFF_ROAD_DEGREES = 0.0004
"""Incidents happen up to some 40 m off the road."""
ROWS_AT_ONCE = 256
TOLERANCE_S = 1e-6


def measure(
    sizes: Sequence[int], *, incidents: int, asked: int, algorithms: Sequence[str], seed: int
) -> list[dict[str, Any]]:
    """One row for each number of units."""
    config = load()
    roads = config.data / "sf" / "sf.osm.pbf"
    with tempfile.TemporaryDirectory(prefix="callbox-recommend-") as root:
        import_city(Path(root), "sf", roads, at=datetime.now(UTC), tiles=False)
        graph = open_city(Path(root), "sf").graph
        prepared = {algorithm: _osrm.prepare(config.home, roads, algorithm) for algorithm in algorithms}
        chance = np.random.default_rng(seed)
        places = _random_points(graph, incidents, chance)
        rows = []
        for size in sizes:
            edges = chance.integers(len(graph.edges.u), size=size)
            along = chance.random(size) * graph.edges.length_m[edges]
            row = _ours(graph, edges, along, places)
            units = graph.lonlat_at(edges, along).tolist()
            row |= _peer(config.home, prepared, units, places[:asked].tolist())
            rows.append(row | {"ratio": row["osrm_ms"] / row["ours_ms"]})
        return rows


def _random_points(graph: RoadGraph, count: int, chance: np.random.Generator) -> Floats:
    edges = chance.integers(len(graph.edges.u), size=count)
    on_road = graph.lonlat_at(edges, chance.random(count) * graph.edges.length_m[edges])
    return np.asarray(on_road + chance.uniform(-OFF_ROAD_DEGREES, OFF_ROAD_DEGREES, (count, 2)))


def _ours(graph: RoadGraph, edges: Ints, along: Floats, places: Floats) -> dict[str, Any]:
    """Median milliseconds to find the road, search, rank all units; and how often the first three are right."""
    millis, firsts, times = [], [], []
    for lon, lat in places.tolist():
        began = time.perf_counter()
        seconds = graph.travel_to(graph.snap(lon, lat)).seconds_from(edges, along)
        order = np.argsort(seconds, kind="stable")
        millis.append((time.perf_counter() - began) * 1000)
        firsts.append(order[:3])
        times.append(seconds)
    truth = forward_seconds(graph, edges, along, places)
    agree = [_same(truth[:, i], first) for i, first in enumerate(firsts)]
    worst = max(float(np.abs(truth[:, i] - mine).max()) for i, mine in enumerate(times))
    return {
        "bench": "recommend",
        "units": len(edges),
        "incidents": len(places),
        "ours_ms": round(float(np.median(millis)), 4),
        "ours_p99_ms": round(float(np.percentile(millis, 99)), 4),
        "top3_agree": float(np.mean(agree)),
        "worst_difference_s": worst,
        "checked_by_hand_s": _by_hand(graph, edges, along, places, times),
    }


def _same(truth: Floats, first: Ints) -> bool:
    """The same three in the same order; two that arrive within a microsecond may change places."""
    right = np.argsort(truth, kind="stable")[:3]
    return bool((np.abs(truth[right] - truth[first]) <= TOLERANCE_S).all())


def forward_seconds(graph: RoadGraph, edges: Ints, along: Floats, places: Floats) -> Floats:
    """Seconds from every unit to every place, shape (units, places): a search forward from each unit."""
    targets = [graph.snap(lon, lat) for lon, lat in places.tolist()]
    count, states = graph.states.count, graph.states
    forward = csr_array(graph.reversed.T.tocsr(), shape=(count, count))
    share = along / graph.edges.length_m[edges]
    best = np.full((len(edges), len(targets)), np.inf)
    for arcs, part in ((2 * edges, 1 - share), (2 * edges + 1, share)):
        can = np.flatnonzero(states.after[arcs] >= 0)
        lead = part[can] * graph.seconds[arcs[can]]
        for chunk in range(0, len(can), ROWS_AT_ONCE):
            rows = can[chunk : chunk + ROWS_AT_ONCE]
            reach = np.asarray(dijkstra(forward, indices=states.after[arcs[rows]]))
            so_far = lead[chunk : chunk + ROWS_AT_ONCE]
            for i, target in enumerate(targets):
                best[rows, i] = np.minimum(best[rows, i], so_far + _arrive(graph, reach, target))
    for i, target in enumerate(targets):
        _straight(graph, edges, along, target, best[:, i])
    return best


def _arrive(graph: RoadGraph, reach: Floats, target: Any) -> Floats:
    pointer, starts = graph.starts_of_arc
    ways = [
        reach[:, starts[pointer[arc] : pointer[arc + 1]]].min(axis=1) + cost
        for arc, cost in target_arcs(graph, target)
    ]
    return np.asarray(np.min(ways, axis=0))


def _straight(graph: RoadGraph, edges: Ints, along: Floats, target: Any, best: Floats) -> None:
    """Units on the target's own edge that may simply drive on."""
    for unit in np.flatnonzero(edges == target.edge).tolist():
        gap = target.along_m - along[unit]
        arc = 2 * target.edge + int(gap < 0)
        if np.isfinite(graph.seconds[arc]):
            direct = abs(gap) / graph.edges.length_m[target.edge] * graph.seconds[arc]
            best[unit] = min(best[unit], direct)


def _by_hand(graph: RoadGraph, edges: Ints, along: Floats, places: Floats, times: list[Floats]) -> float:
    """Largest difference to a search in plain Python that shares no part with ours; a few units only."""
    search, worst = ForwardSearch(graph), 0.0
    for i in range(min(3, len(places))):
        target = graph.snap(*places[i].tolist())
        for unit in range(min(5, len(edges))):
            start = graph.position(int(edges[unit]), float(along[unit]))
            worst = max(worst, abs(search.seconds(start, target) - float(times[i][unit])))
    return worst


def _peer(home: Path, prepared: dict[str, Path], units: list[Any], places: list[Any]) -> dict[str, Any]:
    medians = {
        algorithm: float(np.median(_osrm.ask(home, folder, algorithm, [(units, places)])[0]))
        for algorithm, folder in prepared.items()
    }
    best = min(medians, key=medians.__getitem__)
    return {
        "osrm_ms": round(medians[best], 3),
        "osrm_algorithm": best,
        "osrm_incidents": len(places),
        "osrm_all_ms": {algorithm: round(value, 3) for algorithm, value in medians.items()},
    }
