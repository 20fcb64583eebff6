# SPDX-License-Identifier: Apache-2.0
"""The map of a city as vector tiles in one PMTiles file, zoom 10 to 15 (a viewer may enlarge 15 further).

Layers, and the attributes of their features (text; an empty text is left out):

| layer | geometry | attributes | from zoom |
|---|---|---|---|
| roads | line | class (motorway, trunk, primary, secondary, tertiary, residential, service), name, name_zh,
  name_en, oneway (1: along the line, 0: both ways) | 10 to 14, by class |
| areas | polygon | id, name, kind | 10 |
| area_names | point | name, kind: one inside each area, so that a name is drawn once | 10 |
| places | point | name, kind, made_up (true or left out) | 10 |
| buildings | polygon | name | 14 |
| water, green | polygon | name | 10 |
| numbers | point | number (house number, or first–last where several share a point) | 15 |

All roads of the file are drawn, those too that fell out of the road graph.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import shapely

from callbox.geo.actions.mvt import Layer, to_world, write_pmtiles
from callbox.geo.actions.osm import Source
from callbox.geo.domain.areas import AreaIndex
from callbox.geo.domain.book import AddressBook
from callbox.geo.domain.network import RawWay
from callbox.geo.domain.things import Place

LEAST_ZOOM, MOST_ZOOM = 10, 15
ROADS_FROM = {
    "motorway": 10,
    "trunk": 10,
    "primary": 10,
    "secondary": 11,
    "tertiary": 12,
    "residential": 13,
    "service": 14,
}
SHAPES_FROM = {"green": 10, "water": 10, "buildings": 14}


def write_tiles(
    path: Path,
    source: Source,
    areas: AreaIndex,
    places: Sequence[Place],
    book: AddressBook,
    bounds: tuple[float, float, float, float],
    attribution: str,
) -> dict[str, int]:
    """Write the map to `path`; answers how many tiles it has, and how many house numbers are drawn."""
    numbers = _numbers(book)
    layers = [*_shapes(source), _areas(areas), _area_names(areas), _roads(source), numbers, _places(places)]
    tiles = write_pmtiles(
        path, [layer for layer in layers if len(layer.shapes)], (LEAST_ZOOM, MOST_ZOOM), bounds, attribution
    )
    return {"tiles": tiles, "numbers_drawn": len(numbers.shapes)}


def _told(**attributes: str) -> dict[str, object]:
    return {key: value for key, value in attributes.items() if value}


def _roads(source: Source) -> Layer:
    ways = source.network.ways
    where = source.network.node_lonlat
    points = np.array([where[ref] for way in ways for ref in _drawn(way)], float).reshape(-1, 2)
    rows = np.repeat(np.arange(len(ways)), [len(way.refs) for way in ways])
    told = [
        {
            **_told(**{"class": way.road_class, "name": way.names[0]}),
            **_told(name_zh=way.names[1], name_en=way.names[2]),
            "oneway": int(not (way.kmh_forward and way.kmh_backward)),
        }
        for way in ways
    ]
    from_zoom = np.array([ROADS_FROM[way.road_class] for way in ways], np.int64)
    return Layer("roads", np.asarray(shapely.linestrings(to_world(points), indices=rows)), told, from_zoom)


def _drawn(way: RawWay) -> list[int]:
    """The nodes of a way in the direction it may be driven."""
    return way.refs if way.kmh_forward else way.refs[::-1]


def _flat(name: str, shapes: Sequence[object], told: list[dict[str, object]], from_zoom: int) -> Layer:
    world = shapely.transform(np.array(shapes, object), to_world)
    return Layer(name, np.asarray(world), told, np.full(len(told), from_zoom))


def _shapes(source: Source) -> list[Layer]:
    return [
        _flat(
            layer,
            [shape for of, _name, shape in source.shapes if of == layer],
            [_told(name=name) for of, name, _shape in source.shapes if of == layer],
            from_zoom,
        )
        for layer, from_zoom in SHAPES_FROM.items()
    ]


def _areas(areas: AreaIndex) -> Layer:
    told = [_told(id=area.id, name=area.name, kind=area.kind) for area in areas.areas]
    return _flat("areas", areas.shapes, told, LEAST_ZOOM)


def _area_names(areas: AreaIndex) -> Layer:
    told = [_told(name=area.name, kind=area.kind) for area in areas.areas]
    inside = [shapely.Point(areas.inside(row)) for row in range(len(areas.areas))]
    return _flat("area_names", inside, told, LEAST_ZOOM)


def _places(places: Sequence[Place]) -> Layer:
    told = [
        {**_told(name=place.name, kind=place.kind), **({"made_up": True} if place.made_up else {})}
        for place in places
    ]
    points = [shapely.Point(place.lon, place.lat) for place in places]
    return _flat("places", points, told, LEAST_ZOOM)


def _numbers(book: AddressBook) -> Layer:
    """One label for each street and point: coarse coordinates must not print numbers over one another."""
    street = np.repeat(np.arange(len(book.streets)), np.diff(book.address_start))
    spots = np.round(np.column_stack([book.lonlat * 1e5, street])).astype(np.int64)
    _, first, group = np.unique(spots, axis=0, return_index=True, return_inverse=True)
    low = np.full(len(first), np.iinfo(np.int64).max)
    high = np.zeros(len(first), np.int64)
    np.minimum.at(low, group, book.number)
    np.maximum.at(high, group, book.number)
    told: list[dict[str, object]] = [
        {"number": str(a) if a == b else f"{a}–{b}"} for a, b in zip(low.tolist(), high.tolist(), strict=True)
    ]
    points = shapely.points(to_world(np.asarray(book.lonlat[first], float)))
    return Layer("numbers", np.asarray(points), told, np.full(len(first), MOST_ZOOM))
