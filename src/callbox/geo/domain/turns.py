# SPDX-License-Identifier: Apache-2.0
"""Turn restrictions as forbidden sequences of arcs.

An arc is an edge in one direction: 2e from u to v, 2e + 1 from v to u. A restriction by a node forbids
pairs of arcs; one by ways forbids longer sequences. `only_` forbids every other way out.
"""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from callbox.geo.domain.network import Edges, RawRestriction
from callbox.kernel.text import gettext_noop as _

Sequence_ = tuple[int, ...]


class Arcs:
    """The arcs of the edges, by way and by node, for looking restrictions up."""

    def __init__(self, edges: Edges) -> None:
        self.tail = np.stack([edges.u, edges.v], axis=1).ravel()
        self.head = np.stack([edges.v, edges.u], axis=1).ravel()
        self.open = np.isfinite(np.stack([edges.forward_s, edges.backward_s], axis=1).ravel())
        self.of_way: dict[int, list[int]] = defaultdict(list)
        self.out: dict[int, list[int]] = defaultdict(list)
        self.node = {int(node): i for i, node in enumerate(edges.node_ids)}
        way = np.repeat(edges.way, 2)
        for arc in np.flatnonzero(self.open).tolist():
            self.of_way[int(way[arc])].append(arc)
            self.out[int(self.tail[arc])].append(arc)

    def into(self, way: int, node: int) -> list[int]:
        """Arcs of a way that end at a node."""
        return [arc for arc in self.of_way.get(way, ()) if self.head[arc] == node]

    def out_of(self, way: int, node: int) -> list[int]:
        """Arcs of a way that begin at a node."""
        return [arc for arc in self.of_way.get(way, ()) if self.tail[arc] == node]


def forbidden_sequences(
    edges: Edges, restrictions: Iterable[RawRestriction]
) -> tuple[set[Sequence_], int, list[tuple[int, str]]]:
    """All forbidden sequences, how many restrictions gave them, and which could not be used and why."""
    arcs = Arcs(edges)
    forbidden: set[Sequence_] = set()
    used, unused = 0, []
    for restriction in restrictions:
        found, why = _sequences(arcs, restriction)
        forbidden |= found
        used += not why
        if why:
            unused.append((restriction.id, why))
    return forbidden, used, unused


def _sequences(arcs: Arcs, restriction: RawRestriction) -> tuple[set[Sequence_], str]:
    paths = _paths(arcs, restriction)
    if isinstance(paths, str):
        return set(), paths
    if restriction.kind.startswith("no_"):
        return set(paths), ""
    others: set[Sequence_] = set()
    for path in paths:
        node = int(arcs.head[path[-2]])
        others |= {(*path[:-1], arc) for arc in arcs.out[node] if arc != path[-1]}
    return others, ""


def _paths(arcs: Arcs, restriction: RawRestriction) -> list[Sequence_] | str:
    joints = _joints(arcs, restriction)
    if isinstance(joints, str):
        return joints
    paths: list[Sequence_] = []
    for begin, middle, end in joints:
        for from_way in restriction.from_ways:
            for to_way in restriction.to_ways:
                into, out = arcs.into(from_way, begin), arcs.out_of(to_way, end)
                if from_way == to_way and not middle:
                    out = [arc ^ 1 for arc in into if arc ^ 1 in out]
                if len(into) > 1 or len(out) > 1:
                    return _("its ways are not cut at the junction")
                paths += [(into[0], *middle, out[0])] if into and out else []
    return paths or _("its ways do not meet, or are closed to vehicles")


def _joints(arcs: Arcs, restriction: RawRestriction) -> list[tuple[int, Sequence_, int]] | str:
    if restriction.via_ways:
        return _via_ways(arcs, restriction)
    nodes = [arcs.node[node] for node in restriction.via_nodes if node in arcs.node]
    return [(nodes[0], (), nodes[0])] if nodes else _("its junction is not on a road of this file")


def _via_ways(arcs: Arcs, restriction: RawRestriction) -> list[tuple[int, Sequence_, int]] | str:
    inner = [arc for way in restriction.via_ways for arc in arcs.of_way.get(way, ())]
    touched = {int(arcs.tail[arc]) for arc in inner} | {int(arcs.head[arc]) for arc in inner}
    begins = {n for n in touched for way in restriction.from_ways if arcs.into(way, n)}
    ends = {n for n in touched for way in restriction.to_ways if arcs.out_of(way, n)}
    found = [
        (path[0], path[1], end) for end in ends for path in [_shortest(arcs, inner, begins, end)] if path
    ]
    if len(found) > 1:
        return _("its ways meet more than once")
    return found or _("its ways do not meet, or are closed to vehicles")


def _shortest(arcs: Arcs, inner: list[int], begins: set[int], end: int) -> tuple[int, Sequence_] | None:
    """The fewest arcs through the via ways from one of the beginnings to the end, at least one."""
    front: list[tuple[int, int, Sequence_]] = [(begin, begin, ()) for begin in sorted(begins)]
    seen = set(begins)
    while front:
        following = []
        for begin, node, path in front:
            for arc in (arc for arc in inner if arcs.tail[arc] == node):
                head = int(arcs.head[arc])
                if head == end:
                    return begin, (*path, arc)
                if head not in seen:
                    seen.add(head)
                    following.append((begin, head, (*path, arc)))
        front = following
    return None
