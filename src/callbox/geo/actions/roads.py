# SPDX-License-Identifier: Apache-2.0
"""From raw roads to the graph in force: cut, restricted, and only what hangs together."""

from collections import Counter, defaultdict
from collections.abc import Mapping

import numpy as np

from callbox.geo.domain.graph import RoadGraph
from callbox.geo.domain.measure import Ints
from callbox.geo.domain.network import Edges, RawNetwork, edges_of, keep_edges
from callbox.geo.domain.states import kept_sequences, states_of, strong_edges
from callbox.geo.domain.turns import forbidden_sequences
from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _

LEAST_SHARE = 0.5
LISTED = 500
"""Names of fallen-out streets kept in the report; their number and length are always whole."""


def graph_from(raw: RawNetwork) -> tuple[RoadGraph, float, Mapping[str, object], Mapping[str, object]]:
    """The graph, the share of the road length it holds, what fell out, and the turn restrictions used.

    Raises Invalid when less than half the roads hang together in the largest strong component.
    """
    edges = edges_of(raw)
    forbidden, used, unused = forbidden_sequences(edges, raw.restrictions)
    keep = strong_edges(edges, states_of(edges, forbidden))
    share = float(edges.length_m[keep].sum() / edges.length_m.sum())
    if share < LEAST_SHARE:
        raise Invalid(
            _(
                "The largest strong component holds only %(share)d %% of the roads "
                "(%(kept)s of %(all)s pieces). "
                "The file is probably cut or filtered badly: take an extract with all roads and their nodes."
            ),
            share=round(100 * share),
            kept=len(keep),
            all=len(edges.u),
        )
    graph = RoadGraph.build(keep_edges(edges, keep), kept_sequences(forbidden, keep))
    not_used = [*raw.unused, *unused]
    reasons = Counter(why for _id, why in not_used)
    restrictions = {
        "used": used,
        "unused": len(not_used),
        "reasons": dict(reasons),
        "unused_ids": [[number, why] for number, why in not_used],
    }
    return graph, share, _fallen_out(edges, keep), restrictions


def _fallen_out(edges: Edges, keep: Ints) -> Mapping[str, object]:
    gone = np.setdiff1d(np.arange(len(edges.u)), keep)
    metres: dict[str, float] = defaultdict(float)
    for edge in gone.tolist():
        metres[edges.names[int(edges.name[edge])][0]] += float(edges.length_m[edge])
    longest = sorted(metres.items(), key=lambda pair: -pair[1])
    return {
        "edges": len(gone),
        "metres": round(float(edges.length_m[gone].sum()), 1),
        "ways": sorted(set(edges.way[gone].tolist())),
        "streets": {name: round(length, 1) for name, length in longest[:LISTED]},
    }
