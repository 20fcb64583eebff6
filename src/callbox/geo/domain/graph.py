# SPDX-License-Identifier: Apache-2.0
"""RoadGraph: the roads of a city as arrays, finding the nearest road, and the search graph over them."""

import json
import threading
from dataclasses import fields
from functools import cached_property
from pathlib import Path

import numpy as np
import shapely
from scipy.sparse import csr_array

from callbox.geo.domain.measure import Floats, Ints, Plane, metres_between
from callbox.geo.domain.network import Edges, Names
from callbox.geo.domain.states import Forbidden, States, arc_seconds, states_of
from callbox.geo.domain.things import RoadPosition
from callbox.geo.domain.travel import TravelField, search_to
from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _

LISTS = ("names", "classes")


class RoadGraph:
    """The drivable roads of one city version: every edge can be reached from every other.

    `edges` holds one row a road piece; positions name that row. Immutable and safe to share between threads.
    """

    def __init__(self, edges: Edges, states: States, forbidden: Forbidden) -> None:
        self.edges = edges
        self.states = states
        self.forbidden = forbidden
        self.seconds = arc_seconds(edges)
        low, high = edges.lonlat.min(axis=0), edges.lonlat.max(axis=0)
        self.bounds = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        self.plane = Plane(*((low + high) / 2).tolist())
        self._lock = threading.Lock()

    @classmethod
    def build(cls, edges: Edges, forbidden: Forbidden) -> "RoadGraph":
        """Make the search graph for these roads and forbidden sequences of arcs."""
        return cls(edges, states_of(edges, forbidden), forbidden)

    @cached_property
    def lines(self) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
        """Each edge as a line in local metres."""
        sizes = np.diff(self.edges.start)
        rows = np.repeat(np.arange(len(sizes)), sizes)
        return np.asarray(shapely.linestrings(self.plane.to_metres(self.edges.lonlat), indices=rows))

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The spatial index over `lines`."""
        return shapely.STRtree(self.lines)

    @cached_property
    def _line_m(self) -> Floats:
        return np.asarray(np.maximum(shapely.length(self.lines), 1e-9))

    @cached_property
    def reversed(self) -> csr_array:
        """Steps from their end to their beginning, the quickest of each pair, in seconds of free flow."""
        key = self._step_key
        cost = self.seconds[self.states.step_arc]
        order = np.lexsort((cost, key))
        first = order[np.concatenate([[True], np.diff(key[order]) > 0])]
        shape = (self.states.count, self.states.count)
        ends = (self.states.step_to[first], self.states.step_from[first])
        return csr_array((cost[first], ends), shape=shape)

    @cached_property
    def _step_key(self) -> Ints:
        return self.states.step_from * np.int64(self.states.count) + self.states.step_to

    @cached_property
    def quickest_arc(self) -> tuple[Ints, Ints]:
        """Sorted keys `from * count + to` of the steps, and the quickest arc of each."""
        order = np.lexsort((self.seconds[self.states.step_arc], self._step_key))
        keys, first = np.unique(self._step_key[order], return_index=True)
        return keys, self.states.step_arc[order[first]]

    @cached_property
    def starts_of_arc(self) -> tuple[Ints, Ints]:
        """For each arc the states it may be entered from: row pointers and states."""
        order = np.argsort(self.states.step_arc, kind="stable")
        counts = np.bincount(self.states.step_arc, minlength=2 * len(self.edges.u))
        return np.concatenate([[0], np.cumsum(counts)]), self.states.step_from[order]

    def prepare(self) -> "RoadGraph":
        """Build the indexes now, so that the first call does not wait for them."""
        with self._lock:
            _ready = (self.tree, self._line_m, self.reversed, self.quickest_arc, self.starts_of_arc)
        return self

    def snap(self, lon: float, lat: float) -> RoadPosition:
        """The nearest point on a road. Raises Invalid when the point is no place on earth."""
        edge, along, off, where = self.snap_many(np.array([[lon, lat]], float))
        return RoadPosition(
            int(edge[0]), float(along[0]), float(off[0]), float(where[0, 0]), float(where[0, 1])
        )

    def snap_many(self, lonlat: Floats) -> tuple[Ints, Floats, Floats, Floats]:
        """Nearest road points for shape (n, 2): edges, metres along, metres off, and the points."""
        if not (np.isfinite(lonlat).all() and (np.abs(lonlat) <= (180, 90)).all()):
            raise Invalid(_("This is no place on earth: longitude is -180 to 180, latitude -90 to 90."))
        points = shapely.points(self.plane.to_metres(lonlat))
        edge = np.asarray(self.tree.query_nearest(points, all_matches=False)[1], np.int64)
        located = shapely.line_locate_point(self.lines[edge], points)
        share = np.clip(located / self._line_m[edge], 0.0, 1.0)
        where = self.lonlat_at(edge, share * self.edges.length_m[edge])
        off = metres_between(lonlat[:, 0], lonlat[:, 1], where[:, 0], where[:, 1])
        return edge, share * self.edges.length_m[edge], off, where

    def lonlat_at(self, edges: Ints, along_m: Floats) -> Floats:
        """The points at these metres along these edges, shape (n, 2)."""
        share = np.asarray(along_m) / self.edges.length_m[edges]
        points = shapely.line_interpolate_point(self.lines[edges], np.clip(share, 0, 1) * self._line_m[edges])
        return self.plane.to_degrees(shapely.get_coordinates(points))

    def position(self, edge: int, along_m: float) -> RoadPosition:
        """The position at so many metres along an edge."""
        lon, lat = self.lonlat_at(np.array([edge]), np.array([along_m]))[0].tolist()
        return RoadPosition(edge, along_m, 0.0, lon, lat)

    def travel_to(self, target: RoadPosition, speed_factor: float = 1.0) -> TravelField:
        """Travel times from everywhere to one place, by one search backwards from it.

        speed_factor: real speed over free flow, as `data/speed_factors.json` gives it by date.
        """
        return search_to(self, target, speed_factor)

    def name_of(self, edge: int) -> Names:
        """The street's names of an edge."""
        return self.edges.names[int(self.edges.name[edge])]

    def save(self, folder: Path) -> None:
        """Write the arrays as .npy files and the lists as roads.json."""
        for part, prefix in ((self.edges, "edge"), (self.states, "state")):
            for item in fields(part):
                if item.name not in (*LISTS, "count"):
                    np.save(folder / f"{prefix}_{item.name}.npy", getattr(part, item.name))
        lists = {"names": self.edges.names, "classes": self.edges.classes, "states": self.states.count}
        lists["forbidden"] = sorted(self.forbidden)
        (folder / "roads.json").write_text(json.dumps(lists, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "RoadGraph":
        """Read what `save` wrote, the arrays mapped from the files."""
        lists = json.loads((folder / "roads.json").read_text(encoding="utf-8"))
        names = [(name, zh, en) for name, zh, en in lists["names"]]
        arrays = {
            prefix: {
                item.name: np.load(folder / f"{prefix}_{item.name}.npy", mmap_mode="r", allow_pickle=False)
                for item in fields(kind)
                if item.name not in (*LISTS, "count")
            }
            for prefix, kind in (("edge", Edges), ("state", States))
        }
        edges = Edges(**arrays["edge"], names=names, classes=lists["classes"])
        states = States(count=lists["states"], **arrays["state"])
        return cls(edges, states, {tuple(sequence) for sequence in lists["forbidden"]})
