# SPDX-License-Identifier: Apache-2.0
"""Travel times: one search backwards must say the same as a search forward from each unit."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callbox.geo.domain.forward import ForwardSearch
from callbox.geo.domain.graph import RoadGraph
from callbox.geo.domain.network import RawNetwork, RawWay, edges_of, keep_edges
from callbox.geo.domain.states import kept_sequences, states_of, strong_edges
from callbox.geo.domain.things import RoadPosition
from callbox.geo.domain.turns import Arcs
from callbox.geo.queries import City
from callbox.geo.tests.drawn import STEP, Town, near
from callbox.kernel.errors import Invalid

LITTLE_S = 1e-6
SIDE = 5


@st.composite
def graphs(draw: st.DrawFn) -> RoadGraph:
    """A grid town with random one-way streets, speeds and forbidden sequences of two to four arcs."""
    nodes = {y * SIDE + x: (x * STEP, y * STEP) for x in range(SIDE) for y in range(SIDE)}
    pairs = [(n, n + 1) for n in nodes if n % SIDE < SIDE - 1] + [
        (n, n + SIDE) for n in nodes if n + SIDE in nodes
    ]
    speeds = st.sampled_from([(36.0, 36.0), (36.0, 0.0), (0.0, 50.0), (20.0, 80.0)])
    ways = [
        RawWay(i, list(pair), "residential", (f"W{i}", "", ""), *draw(speeds)) for i, pair in enumerate(pairs)
    ]
    edges = edges_of(RawNetwork(nodes, ways))
    arcs = Arcs(edges)
    forbidden: set[tuple[int, ...]] = set()
    for _ in range(draw(st.integers(0, 12))):
        path = [draw(st.sampled_from(np.flatnonzero(arcs.open).tolist()))]
        for _turn in range(draw(st.integers(1, 3))):
            out = arcs.out.get(int(arcs.head[path[-1]]), [])
            path += [draw(st.sampled_from(out))] if out else []
        forbidden |= {tuple(path)} if len(path) > 1 else set()
    keep = strong_edges(edges, states_of(edges, forbidden))
    if not len(keep):
        keep, forbidden = np.arange(len(edges.u)), set()
    return RoadGraph.build(keep_edges(edges, keep), kept_sequences(forbidden, keep)).prepare()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graph=graphs(), spots=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=4, max_size=4))
def test_backward_and_forward_agree_whatever_is_forbidden(
    graph: RoadGraph, spots: list[tuple[float, float]]
) -> None:
    count = len(graph.edges.u)
    places = [
        graph.position(edge, share * float(graph.edges.length_m[edge]))
        for pick, share in spots
        for edge in [min(int(pick * count), count - 1)]
    ]
    forward = ForwardSearch(graph)
    target = places[0]
    field = graph.travel_to(target)
    for start in places:
        seconds = float(field.seconds_from([start.edge], [start.along_m])[0])
        assert seconds == pytest.approx(forward.seconds(start, target), abs=LITTLE_S)
        route = field.route_from(start)
        assert (route is None) == (not np.isfinite(seconds))
        if route:
            assert route.seconds == pytest.approx(seconds, abs=LITTLE_S)


def _random_positions(graph: RoadGraph, count: int, seed: int) -> list[RoadPosition]:
    chance = np.random.default_rng(seed)
    edges = chance.integers(len(graph.edges.u), size=count)
    return [graph.position(int(e), float(chance.random() * graph.edges.length_m[e])) for e in edges]


@pytest.mark.parametrize("name", ["sf", "futian", "monaco"])
def test_backward_and_forward_agree_on_real_roads(name: str, request: pytest.FixtureRequest) -> None:
    city: City = request.getfixturevalue(name)
    graph = city.graph
    forward = ForwardSearch(graph)
    spots = _random_positions(graph, 12, seed=3)
    for start, target in zip(spots[::2], spots[1::2], strict=True):
        field = graph.travel_to(target)
        ours = float(field.seconds_from([start.edge], [start.along_m])[0])
        assert ours == pytest.approx(forward.seconds(start, target), abs=LITTLE_S)


def test_every_road_reaches_every_road(sf: City) -> None:
    graph = sf.graph
    edges = np.arange(len(graph.edges.u))
    target = graph.snap(-122.4194, 37.7749)
    seconds = graph.travel_to(target).seconds_from(edges, graph.edges.length_m / 3)
    assert np.isfinite(seconds).all()
    assert seconds.max() < 3600


def test_a_route_is_as_long_as_it_takes(sf: City) -> None:
    target = sf.graph.snap(-122.3933, 37.7955)
    start = sf.graph.snap(-122.4477, 37.7694)
    route = sf.graph.travel_to(target).route_from(start)
    assert route is not None
    assert 5_000 < route.metres < 9_000
    assert sum(leg.metres for leg in route.legs) == pytest.approx(route.metres)
    assert route.lonlat[0] == pytest.approx((start.lon, start.lat), abs=1e-6)
    assert route.lonlat[-1] == pytest.approx((target.lon, target.lat), abs=1e-6)
    steps = np.abs(np.diff(np.array(route.lonlat), axis=0)).max()
    assert steps < 0.01  # no leap across the city


def test_the_speed_factor_scales_the_time(sf: City) -> None:
    target, start = sf.graph.snap(-122.3933, 37.7955), sf.graph.snap(-122.4477, 37.7694)
    free = sf.graph.travel_to(target).seconds_from([start.edge], [start.along_m])
    real = sf.graph.travel_to(target, speed_factor=0.5).seconds_from([start.edge], [start.along_m])
    assert real == pytest.approx(2 * free)


def one_street(tmp_path: Path, **tags: str) -> RoadGraph:
    """A street A-B of some 222 m at 10 m/s with a loop at each end."""
    drawn = Town({"A": (0, 0), "B": (2, 0), "C": (2, 1), "D": (0, 1)})
    return drawn.way("street", "AB", **tags).way("loop", "BCDA").graph(tmp_path)


@pytest.mark.parametrize(("x", "to", "seconds"), [(0.5, 1.5, 11.1), (1.5, 0.5, 11.1), (1.0, 1.0, 0.0)])
def test_on_one_two_way_street_one_drives_straight(
    tmp_path: Path, x: float, to: float, seconds: float
) -> None:
    graph = one_street(tmp_path)
    start = near(graph, x, 0)
    field = graph.travel_to(near(graph, to, 0))
    assert float(field.seconds_from([start.edge], [start.along_m])[0]) == pytest.approx(seconds, abs=0.1)


def test_on_a_one_way_street_the_one_behind_is_reached_round_the_block(tmp_path: Path) -> None:
    graph = one_street(tmp_path, oneway="yes")
    start = near(graph, 1.5, 0)
    field = graph.travel_to(near(graph, 0.5, 0))
    assert float(field.seconds_from([start.edge], [start.along_m])[0]) == pytest.approx(55.6, abs=0.2)
    ahead = graph.travel_to(near(graph, 1.9, 0))
    assert float(ahead.seconds_from([start.edge], [start.along_m])[0]) == pytest.approx(4.4, abs=0.1)


def test_snapping_finds_the_nearest_road_and_how_far_it_is(tmp_path: Path) -> None:
    graph = one_street(tmp_path)
    spot = graph.snap(1 * STEP, 0.2 * STEP)
    assert graph.name_of(spot.edge)[0] == "street"
    assert spot.off_m == pytest.approx(0.2 * 111.2, abs=0.2)
    assert spot.along_m == pytest.approx(111.2, abs=0.2)
    edges, along, off, where = graph.snap_many(np.array([[1 * STEP, 0.2 * STEP], [1 * STEP, 0.9 * STEP]]))
    assert (edges[0], along[0], off[0]) == pytest.approx((spot.edge, spot.along_m, spot.off_m))
    assert graph.name_of(int(edges[1]))[0] == "loop"
    assert where[0] == pytest.approx((spot.lon, spot.lat))


@pytest.mark.parametrize(("lon", "lat"), [(float("nan"), 0.0), (200.0, 0.0), (0.0, 91.0)])
def test_a_point_that_is_nowhere_is_refused(tmp_path: Path, lon: float, lat: float) -> None:
    with pytest.raises(Invalid, match="no place on earth"):
        one_street(tmp_path).snap(lon, lat)
