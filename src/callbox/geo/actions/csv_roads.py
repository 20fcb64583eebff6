# SPDX-License-Identifier: Apache-2.0
"""Reading a road network given as two tables, `x_nodes.csv` and `x_edges.csv`, as OSMnx names the columns."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from callbox.geo.actions import tags as words
from callbox.geo.actions.inputs import open_text
from callbox.geo.actions.osm import Source
from callbox.geo.domain.network import RawNetwork, RawWay
from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _

NEEDED = {"edge_id", "u", "v", "name", "oneway", "geometry_lonlat"}


def read_csv_roads(edges: Path) -> Source:
    """Read `x_edges.csv` and the `x_nodes.csv` beside it. Raises Invalid when columns are missing.

    An edge that is not one-way and stands in the table in both directions is taken once.
    """
    net = RawNetwork(_nodes(edges.with_name(edges.name.replace("edges.csv", "nodes.csv"))), [])
    seen: set[tuple[int, int, str]] = set()
    with open_text(edges) as file:
        rows = csv.DictReader(file)
        missing = NEEDED - set(rows.fieldnames or ())
        if missing:
            raise Invalid(
                _("%(file)s lacks the columns %(missing)s."),
                file=edges.name,
                missing=", ".join(sorted(missing)),
            )
        for row in rows:
            with usable(edges, rows.line_num):
                _take(net, row, seen)
    if not net.ways:
        raise Invalid(
            _("%(file)s holds no road for vehicles. Check that it is the table of edges."), file=edges.name
        )
    return Source(net)


def _nodes(path: Path) -> dict[int, tuple[float, float]]:
    found = {}
    with open_text(path) as file:
        rows = csv.DictReader(file)
        for row in rows:
            with usable(path, rows.line_num):
                found[int(row["node_id"])] = (float(row["lon"]), float(row["lat"]))
    return found


@contextmanager
def usable(path: Path, line: int) -> Iterator[None]:
    """A line of a table. Raises Invalid, with its number, when a cell is missing or no number."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise Invalid(
            _("Line %(line)s of %(file)s cannot be used (%(why)s). Export the table again."),
            file=path.name,
            line=line,
            why=str(error),
        ) from error


def _take(net: RawNetwork, row: dict[str, str], seen: set[tuple[int, int, str]]) -> None:
    tags = {"highway": row.get("highway") or "residential", "maxspeed": _speed(row), "name": row["name"]}
    tags["oneway"] = "yes" if row["oneway"].lower() in ("true", "1", "yes") else "no"
    kind, u, v = words.road_class(tags), int(row["u"]), int(row["v"])
    line = row["geometry_lonlat"]
    if kind is None or (v, u, ";".join(line.split(";")[::-1])) in seen:
        return
    if tags["oneway"] == "no":
        seen.add((u, v, line))
    number = int(row["edge_id"])
    points = [(float(x), float(y)) for x, _space, y in (pair.partition(" ") for pair in line.split(";"))]
    inner = [
        -(number * 10_000 + i) for i in range(1, len(points) - 1)
    ]  # ids of our own: negative, none shared
    net.node_lonlat |= dict(zip(inner, points[1:-1], strict=True))
    forward, backward = words.speeds_kmh(tags, kind)
    net.ways.append(RawWay(number, [u, *inner, v], kind.map_class, words.names_of(tags), forward, backward))


def _speed(row: dict[str, str]) -> str:
    return (row.get("maxspeed") or row.get("speed_kph") or "").strip("[]' ").split("'")[0].split(",")[0]
