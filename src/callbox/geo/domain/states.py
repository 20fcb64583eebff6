# SPDX-License-Identifier: Apache-2.0
"""The search graph: one state a junction, and one more for each beginning of a forbidden sequence.

A vehicle that has just driven the first arcs of a forbidden sequence stands in a state of its own at that
junction, from which the forbidden arc does not lead on. This is the automaton of Aho and Corasick (1975)
laid over the roads: exact for sequences of any length, and only junctions with restrictions grow.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from callbox.geo.domain.measure import Floats, Ints
from callbox.geo.domain.network import Edges

Forbidden = set[tuple[int, ...]]


@dataclass(slots=True)
class States:
    """Steps `step_from -> step_to` by `step_arc`; `after[arc]` is the state of one who began on that arc.

    States below `len(edges.node_ids)` are the junctions themselves; -1 in `after` marks a closed arc.
    """

    count: int
    step_from: Ints
    step_to: Ints
    step_arc: Ints
    after: Ints


def arc_seconds(edges: Edges) -> Floats:
    """Seconds of each arc (2e forward, 2e + 1 backward), infinite where closed."""
    return np.stack([edges.forward_s, edges.backward_s], axis=1).ravel()


def states_of(edges: Edges, forbidden: Forbidden) -> States:
    """Build the states and steps for these roads and forbidden sequences of arcs."""
    tail = np.stack([edges.u, edges.v], axis=1).ravel()
    head = np.stack([edges.v, edges.u], axis=1).ravel()
    is_open = np.isfinite(arc_seconds(edges))
    nodes = len(edges.node_ids)
    prefixes = sorted({sequence[:n] for sequence in forbidden for n in range(1, len(sequence))})
    state_of = {prefix: nodes + i for i, prefix in enumerate(prefixes)}
    after = np.where(is_open, head, -1)
    for prefix, state in state_of.items():
        if len(prefix) == 1:
            after[prefix[0]] = state
    arcs = np.flatnonzero(is_open)
    steps = [(tail[arcs], after[arcs], arcs)]
    out = _arcs_out(tail, arcs, {int(head[prefix[-1]]) for prefix in prefixes})
    more = [
        (state, to, arc)
        for prefix, state in state_of.items()
        for arc in out[int(head[prefix[-1]])]
        if (to := _step(prefix, arc, state_of, forbidden, int(head[arc]))) is not None
    ]
    steps += [tuple(np.array(more, np.int64).T)] if more else []
    step_from, step_to, step_arc = (np.concatenate(column) for column in zip(*steps, strict=True))
    return States(nodes + len(prefixes), step_from, step_to, step_arc, after)


def _arcs_out(tail: Ints, arcs: Ints, wanted: set[int]) -> dict[int, list[int]]:
    out: dict[int, list[int]] = defaultdict(list)
    rows = arcs[np.isin(tail[arcs], np.array(sorted(wanted), np.int64))]
    for arc in rows.tolist():
        out[int(tail[arc])].append(arc)
    return out


def _step(
    prefix: tuple[int, ...], arc: int, state_of: dict[tuple[int, ...], int], forbidden: Forbidden, head: int
) -> int | None:
    """Where an arc leads from a state; None when it would complete a forbidden sequence."""
    driven = (*prefix, arc)
    suffixes = [driven[i:] for i in range(len(driven))]
    if any(suffix in forbidden for suffix in suffixes):
        return None
    return next((state_of[suffix] for suffix in suffixes if suffix in state_of), head)


def strong_edges(edges: Edges, states: States) -> Ints:
    """Rows of the edges in the largest strong component, by length of road: from each one can reach each."""
    shape = (states.count, states.count)
    graph = csr_array((np.ones(len(states.step_from)), (states.step_from, states.step_to)), shape=shape)
    _, label = connected_components(graph, directed=True, connection="strong")
    inside = label[states.step_from] == label[states.step_to]
    edge, part = states.step_arc[inside] // 2, label[states.step_from[inside]]
    pairs = np.unique(np.stack([part, edge], axis=1), axis=0)
    if not len(pairs):
        return np.zeros(0, np.int64)
    metres = np.bincount(pairs[:, 0], weights=edges.length_m[pairs[:, 1]])
    return np.asarray(pairs[pairs[:, 0] == int(metres.argmax()), 1])


def kept_sequences(forbidden: Forbidden, keep: Ints) -> Forbidden:
    """The forbidden sequences that lie wholly on the kept edges, in the new numbering."""
    row = {int(edge): i for i, edge in enumerate(keep)}
    return {
        tuple(2 * row[arc // 2] + arc % 2 for arc in sequence)
        for sequence in forbidden
        if all(arc // 2 in row for arc in sequence)
    }
