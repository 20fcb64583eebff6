# SPDX-License-Identifier: Apache-2.0
"""Small towns for tests, drawn by hand and written as OpenStreetMap XML."""

from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import quoteattr

from callbox.geo.actions.osm import read_osm
from callbox.geo.actions.roads import graph_from
from callbox.geo.domain.graph import RoadGraph
from callbox.geo.domain.things import RoadPosition

STEP = 0.001
"""Degrees between neighbouring points of the drawing: some 111 m at the equator, where the towns lie."""


@dataclass
class Town:
    """Points by name at (column, row); ways along points; turn restrictions."""

    points: dict[str, tuple[float, float]]
    nodes: dict[str, dict[str, str]] = field(default_factory=dict)
    ways: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    relations: list[tuple[list[tuple[str, str, str]], dict[str, str]]] = field(default_factory=list)

    def way(self, name: str, points: str, **tags: str) -> "Town":
        """A road called `name` along points, one letter each; 36 km/h unless `maxspeed` says else."""
        full = {"highway": "residential", "maxspeed": "36", "name": name, **tags}
        self.ways.append((name, points, {key.replace("__", ":"): value for key, value in full.items()}))
        return self

    def rule(self, kind: str, origin: str, via: str, to: str, **tags: str) -> "Town":
        """A turn restriction; `via` is a point's letter or a way's name."""
        via_type = "node" if via in self.points else "way"
        members = [("way", origin, "from"), (via_type, via, "via"), ("way", to, "to")]
        full = {"type": "restriction", "restriction": kind, **tags}
        self.relations.append((members, {key.replace("__", ":"): value for key, value in full.items()}))
        return self

    def node_id(self, point: str) -> int:
        """The id of a point in the file."""
        return 1 + list(self.points).index(point)

    def way_id(self, name: str) -> int:
        """The id of a way in the file."""
        return 101 + [way[0] for way in self.ways].index(name)

    def write(self, path: Path) -> Path:
        """Write the town as OSM XML."""
        lines = ["<?xml version='1.0'?><osm version='0.6'>"]
        for point, (x, y) in self.points.items():
            told = _tags(self.nodes.get(point, {}))
            lines.append(f"<node id='{self.node_id(point)}' lon='{x * STEP}' lat='{y * STEP}'>{told}</node>")
        for i, (_name, points, tags) in enumerate(self.ways):
            refs = "".join(f"<nd ref='{self.node_id(point)}'/>" for point in points)
            lines.append(f"<way id='{101 + i}'>{refs}{_tags(tags)}</way>")
        for i, (members, tags) in enumerate(self.relations):
            inner = "".join(
                f"<member type='{kind}' ref='{self.node_id(n) if kind == 'node' else self.way_id(n)}' role='{role}'/>"
                for kind, n, role in members
            )
            lines.append(f"<relation id='{501 + i}'>{inner}{_tags(tags)}</relation>")
        path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
        return path

    def graph(self, folder: Path) -> RoadGraph:
        """The road graph of the town, by the way every import goes."""
        return graph_from(read_osm(self.write(folder / "town.osm")).network)[0].prepare()


def _tags(tags: dict[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())


def near(graph: RoadGraph, x: float, y: float) -> RoadPosition:
    """The road position at a column and row of the drawing."""
    return graph.snap(x * STEP, y * STEP)


def streets(graph: RoadGraph, start: tuple[float, float], end: tuple[float, float]) -> list[str]:
    """The streets driven from one point of the drawing to another."""
    route = graph.travel_to(near(graph, *end)).route_from(near(graph, *start))
    assert route is not None
    return route.street_names()
