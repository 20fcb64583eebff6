# SPDX-License-Identifier: Apache-2.0
"""Roads as read from any source (RawNetwork), and cut at their junctions into edges."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from callbox.geo.domain.measure import Floats, Ints, metres_between

LEAST_M = 0.01
"""No edge is shorter: two nodes on one spot must not give a road of no length."""

Names = tuple[str, str, str]
"""A street's name as signed, in Chinese, in English; empty where unknown."""


@dataclass(slots=True)
class RawWay:
    """One road as the file has it. Speeds in km/h; 0 means closed in that direction."""

    id: int
    refs: list[int]
    road_class: str
    names: Names
    kmh_forward: float
    kmh_backward: float
    lanes: int = 0


@dataclass(slots=True)
class RawRestriction:
    """A turn restriction in OSM's words: `kind` as no_left_turn; ids of ways and nodes."""

    id: int
    kind: str
    from_ways: list[int]
    via_nodes: list[int]
    via_ways: list[int]
    to_ways: list[int]


@dataclass(slots=True)
class RawNetwork:
    """All roads of a source before any graph is made.

    node_lonlat: node id -> (lon, lat), at least of every node the ways name. unused: ids of turn restrictions
    not taken, and why. missing_nodes: how many nodes of roads the file does not hold.
    blocked: nodes no vehicle passes; other_sides: how many second nodes were made there.
    """

    node_lonlat: dict[int, tuple[float, float]]
    ways: list[RawWay]
    restrictions: list[RawRestriction] = field(default_factory=list)
    unused: list[tuple[int, str]] = field(default_factory=list)
    missing_nodes: int = 0
    blocked: set[int] = field(default_factory=set)
    other_sides: int = 0


@dataclass(slots=True)
class Edges:
    """Roads cut at junctions; one row an edge, `lonlat[start[i]:start[i + 1]]` its line from u to v.

    forward_s and backward_s: seconds of free flow from u to v and back, infinite where forbidden.
    way: id in the source. name: row of `names`.
    """

    node_ids: Ints
    node_lonlat: Floats
    u: Ints
    v: Ints
    way: Ints
    length_m: Floats
    forward_s: Floats
    backward_s: Floats
    name: Ints
    road_class: Ints
    start: Ints
    lonlat: Floats
    names: list[Names]
    classes: list[str]


def _junctions(ways: Sequence[RawWay], extra: set[int]) -> set[int]:
    refs = np.concatenate([np.asarray(way.refs, np.int64) for way in ways])
    ids, counts = np.unique(refs, return_counts=True)
    shared = set(ids[counts > 1].tolist())
    ends = {ref for way in ways for ref in (way.refs[0], way.refs[-1])}
    return shared | ends | (extra & set(ids.tolist()))


def _pieces(way: RawWay, junctions: set[int]) -> list[list[int]]:
    cuts = [i for i, ref in enumerate(way.refs) if ref in junctions]
    return [way.refs[a : b + 1] for a, b in pairwise(cuts)]


def edges_of(raw: RawNetwork) -> Edges:
    """Cut the ways at every node that two of them share, and at the nodes of turn restrictions."""
    via = {node for restriction in raw.restrictions for node in restriction.via_nodes}
    junctions = _junctions(raw.ways, via)
    pieces = [(way, piece) for way in raw.ways for piece in _pieces(way, junctions)]
    ids = np.array(sorted({ref for _, piece in pieces for ref in (piece[0], piece[-1])}), np.int64)
    index = {ref: i for i, ref in enumerate(ids.tolist())}
    names = list(dict.fromkeys(way.names for way in raw.ways))
    classes = sorted({way.road_class for way in raw.ways})
    name_row = {name: i for i, name in enumerate(names)}
    class_row = {name: i for i, name in enumerate(classes)}
    start = np.concatenate([[0], np.cumsum([len(piece) for _, piece in pieces])]).astype(np.int64)
    lonlat = np.array([raw.node_lonlat[ref] for _, piece in pieces for ref in piece], float).reshape(-1, 2)
    length = lengths_m(lonlat, start)
    return Edges(
        node_ids=ids,
        node_lonlat=np.array([raw.node_lonlat[ref] for ref in ids.tolist()], float).reshape(-1, 2),
        u=np.array([index[piece[0]] for _, piece in pieces], np.int64),
        v=np.array([index[piece[-1]] for _, piece in pieces], np.int64),
        way=np.array([way.id for way, _ in pieces], np.int64),
        length_m=length,
        forward_s=_seconds(length, np.array([way.kmh_forward for way, _ in pieces])),
        backward_s=_seconds(length, np.array([way.kmh_backward for way, _ in pieces])),
        name=np.array([name_row[way.names] for way, _ in pieces], np.int64),
        road_class=np.array([class_row[way.road_class] for way, _ in pieces], np.int64),
        start=start,
        lonlat=lonlat,
        names=names,
        classes=classes,
    )


def lengths_m(lonlat: Floats, start: Ints) -> Floats:
    """Metres along each line; no line is shorter than LEAST_M."""
    steps = metres_between(lonlat[:-1, 0], lonlat[:-1, 1], lonlat[1:, 0], lonlat[1:, 1])
    walked = np.concatenate([[0.0], np.cumsum(steps)])
    return np.asarray(np.maximum(walked[start[1:] - 1] - walked[start[:-1]], LEAST_M))


def _seconds(length: Floats, kmh: Floats) -> Floats:
    out = np.full(len(length), np.inf)
    np.divide(length * 3.6, kmh, out=out, where=kmh > 0)
    return out


def keep_edges(edges: Edges, keep: Ints) -> Edges:
    """The same roads with only the edges of these rows, nodes renumbered."""
    nodes, flat = np.unique(np.concatenate([edges.u[keep], edges.v[keep]]), return_inverse=True)
    sizes = (edges.start[1:] - edges.start[:-1])[keep]
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    rows = np.repeat(edges.start[keep] - start[:-1], sizes) + np.arange(start[-1])
    return Edges(
        node_ids=edges.node_ids[nodes],
        node_lonlat=edges.node_lonlat[nodes],
        u=flat[: len(keep)],
        v=flat[len(keep) :],
        way=edges.way[keep],
        length_m=edges.length_m[keep],
        forward_s=edges.forward_s[keep],
        backward_s=edges.backward_s[keep],
        name=edges.name[keep],
        road_class=edges.road_class[keep],
        start=start,
        lonlat=edges.lonlat[rows],
        names=edges.names,
        classes=edges.classes,
    )
