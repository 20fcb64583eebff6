# SPDX-License-Identifier: Apache-2.0
"""Reading an OpenStreetMap file: roads, turn restrictions, and what the map shows besides."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import osmium
import shapely
from shapely.geometry.base import BaseGeometry

from callbox.geo.actions import tags as words
from callbox.geo.domain.network import RawNetwork, RawRestriction, RawWay
from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _

ENDINGS = (".osm.pbf", ".osm.gz", ".osm.bz2", ".osm")
SHAPE_KEYS = ("building", "natural", "waterway", "landuse", "leisure")
GREEN = {
    "park",
    "garden",
    "forest",
    "grass",
    "wood",
    "meadow",
    "recreation_ground",
    "cemetery",
    "village_green",
}
PLACES = {"fire_station": "fire_station", "police": "police_station", "hospital": "hospital"}

Thing = osmium.osm.Node | osmium.osm.Way | osmium.osm.Relation | osmium.osm.Area | osmium.osm.Changeset


@dataclass(slots=True)
class OsmAddress:
    """A house number of the file."""

    number: str
    street: str
    lon: float
    lat: float


@dataclass(slots=True)
class Source:
    """Everything an import takes from a road file. shapes: (layer, name, geometry) for the map."""

    network: RawNetwork
    addresses: list[OsmAddress] = field(default_factory=list)
    places: list[tuple[str, str, float, float]] = field(default_factory=list)
    shapes: list[tuple[str, str, BaseGeometry]] = field(default_factory=list)


def read_osm(path: Path) -> Source:
    """Read a road file (.osm.pbf, .osm.gz, .osm.bz2, .osm).

    Raises Invalid when it is missing, empty, of another type, broken, cut short, or has no road in it.
    """
    _check_file(path)
    source = Source(RawNetwork({}, []))
    try:
        for thing in _things(path):
            _take(source, thing)
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        raise Invalid(
            _("%(file)s is broken or cut short (%(why)s). Download it again and repeat the import."),
            file=path.name,
            why=str(error).strip(),
        ) from error
    if not source.network.ways:
        raise Invalid(
            _("%(file)s holds no road for vehicles. Give an OpenStreetMap extract that contains streets."),
            file=path.name,
        )
    return source


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise Invalid(_("There is no file %(file)s. Check the path."), file=str(path))
    if not path.name.endswith(ENDINGS):
        raise Invalid(
            _("%(file)s is not an OpenStreetMap file. Its name must end in %(endings)s."),
            file=path.name,
            endings=", ".join(ENDINGS),
        )
    if path.stat().st_size == 0:
        raise Invalid(_("%(file)s is empty. Download it again and repeat the import."), file=path.name)


def _things(path: Path) -> Iterator[Thing]:
    processor = osmium.FileProcessor(str(path)).with_locations()
    processor.with_areas(osmium.filter.KeyFilter(*SHAPE_KEYS))
    processor.with_filter(osmium.filter.EmptyTagFilter())
    yield from processor


def _take(source: Source, thing: Thing) -> None:
    tags = {tag.k: tag.v for tag in thing.tags}
    if isinstance(thing, osmium.osm.Way):
        _take_way(source, thing, tags)
    elif isinstance(thing, osmium.osm.Relation):
        _take_relation(source.network, thing, tags)
    elif isinstance(thing, osmium.osm.Area):
        _take_area(source, thing, tags)
    elif isinstance(thing, osmium.osm.Node):
        if words.blocks_vehicles(tags):
            source.network.blocked.add(thing.id)
        _take_point(source, tags, thing.lon, thing.lat)


def _take_way(source: Source, way: osmium.osm.Way, tags: dict[str, str]) -> None:
    kind = words.road_class(tags)
    if kind is None:
        return
    net = source.network
    forward, backward = words.speeds_kmh(tags, kind)
    names, lanes = words.names_of(tags), words.lanes_of(tags)
    for refs in _stretches(net, way):
        net.ways.append(RawWay(way.id, refs, kind.map_class, names, forward, backward, lanes))


def _stretches(net: RawNetwork, way: osmium.osm.Way) -> list[list[int]]:
    """The nodes of a way, cut where one is missing or blocks vehicles."""
    stretches: list[list[int]] = [[]]
    for node in way.nodes:
        if not node.location.valid():
            net.missing_nodes += 1
            stretches.append([])
        elif not stretches[-1] or stretches[-1][-1] != node.ref:
            stretches[-1].append(node.ref)
            net.node_lonlat[node.ref] = (node.lon, node.lat)
            if node.ref in net.blocked:
                stretches.append([_other_side(net, node.ref)])
    return [refs for refs in stretches if len(refs) > 1]


def _other_side(net: RawNetwork, ref: int) -> int:
    """A node of its own on the far side of a block: a negative id, which no file has."""
    net.other_sides += 1
    net.node_lonlat[-net.other_sides] = net.node_lonlat[ref]
    return -net.other_sides


def _take_relation(net: RawNetwork, relation: osmium.osm.Relation, tags: dict[str, str]) -> None:
    if not tags.get("type", "").startswith("restriction"):
        return
    kind = tags.get("restriction") or tags.get("restriction:motorcar") or ""
    members: dict[tuple[str, str], list[int]] = {}
    for member in relation.members:
        members.setdefault((member.role, member.type), []).append(member.ref)
    why = _unusable(tags, kind)
    if why:
        net.unused.append((relation.id, why))
        return
    net.restrictions.append(
        RawRestriction(
            relation.id,
            kind,
            from_ways=members.get(("from", "w"), []),
            via_nodes=members.get(("via", "n"), []),
            via_ways=members.get(("via", "w"), []),
            to_ways=members.get(("to", "w"), []),
        )
    )


def _unusable(tags: dict[str, str], kind: str) -> str:
    if any(key.startswith("restriction") and key.endswith(":conditional") for key in tags):
        return _("it holds only at certain times or for certain vehicles")
    if any(key in tags for key in ("day_on", "hour_on", "time", "day_off", "hour_off")):
        return _("it holds only at certain times or for certain vehicles")
    if not kind.startswith(("no_", "only_")):
        return _("it is not of a kind that forbids a turn to cars")
    if "emergency" in tags.get("except", ""):
        return _("it does not bind emergency vehicles")
    return ""


def _take_area(source: Source, area: osmium.osm.Area, tags: dict[str, str]) -> None:
    layer = _layer(tags)
    try:
        shape = shapely.from_wkb(osmium.geom.WKBFactory().create_multipolygon(area))
    except (RuntimeError, osmium.InvalidLocationError):
        return  # a ring that the extract cuts open: nothing to draw
    if layer:
        source.shapes.append((layer, tags.get("name", ""), shape))
    inside = shape.representative_point()
    _take_point(source, tags, inside.x, inside.y)


def _layer(tags: dict[str, str]) -> str:
    if "building" in tags:
        return "buildings"
    if (
        tags.get("natural") == "water"
        or tags.get("waterway") == "riverbank"
        or tags.get("landuse") == "basin"
    ):
        return "water"
    green = GREEN & {tags.get("landuse", ""), tags.get("leisure", ""), tags.get("natural", "")}
    return "green" if green else ""


def _take_point(source: Source, tags: dict[str, str], lon: float, lat: float) -> None:
    if "addr:housenumber" in tags and "addr:street" in tags:
        source.addresses.append(OsmAddress(tags["addr:housenumber"], tags["addr:street"], lon, lat))
    kind = PLACES.get(tags.get("amenity", ""))
    if kind:
        source.places.append((tags.get("name", kind), kind, lon, lat))
