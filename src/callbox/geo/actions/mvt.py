# SPDX-License-Identifier: Apache-2.0
"""Cutting layers into vector tiles (MVT 2) and writing them as one PMTiles 3 file."""

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from callbox.geo.domain.measure import Floats, Ints

EXTENT, BUFFER = 4096, 96
"""Units across a tile, and how far its content reaches beyond its edge so that lines join without a seam."""
TOLERANCE = 4.0
"""Units by which lines may be simplified below the highest zoom: a quarter of a pixel of a 256-pixel tile."""

Tile = tuple[int, int, int]


@dataclass(slots=True)
class Layer:
    """Features of one layer: shapes in world units, their attributes, and the zoom each is drawn from."""

    name: str
    shapes: "np.ndarray[tuple[int], np.dtype[np.object_]]"
    told: list[dict[str, object]]
    from_zoom: Ints


def to_world(lonlat: Floats) -> Floats:
    """Degrees to Web Mercator with the world as the unit square, y down."""
    lat = np.radians(np.clip(lonlat[:, 1], -85.05, 85.05))
    y = (1 - np.arcsinh(np.tan(lat)) / np.pi) / 2
    return np.stack([(lonlat[:, 0] + 180) / 360, y], axis=1)


def write_pmtiles(
    path: Path,
    layers: Sequence[Layer],
    zooms: tuple[int, int],
    bounds: tuple[float, float, float, float],
    attribution: str,
) -> int:
    """Write all tiles of the layers for these zooms; answers how many tiles have something in them."""
    count = 0
    with path.open("wb") as file:
        writer: Any = Writer(file)  # type: ignore[no-untyped-call]
        for zoom in range(zooms[0], zooms[1] + 1):
            tiles = _tiles(layers, zoom, simplify=zoom < zooms[1])
            for tile in sorted(tiles, key=lambda tile: zxy_to_tileid(*tile)):
                data = mapbox_vector_tile.encode(tiles[tile], default_options={"y_coord_down": True})
                writer.write_tile(zxy_to_tileid(*tile), gzip.compress(data, 6, mtime=0))
                count += 1
        writer.finalize(_header(bounds), _metadata(layers, zooms, attribution))
    return count


def _tiles(layers: Sequence[Layer], zoom: int, *, simplify: bool) -> dict[Tile, list[dict[str, object]]]:
    tiles: dict[Tile, list[dict[str, object]]] = {}
    for layer in layers:
        for tile, features in _cut(layer, zoom, simplify=simplify):
            tiles.setdefault(tile, []).append({"name": layer.name, "features": features})
    return tiles


def _cut(layer: Layer, zoom: int, *, simplify: bool) -> Iterator[tuple[Tile, list[dict[str, object]]]]:
    rows = np.flatnonzero(layer.from_zoom <= zoom)
    if not len(rows):
        return
    size = 2**zoom
    shapes = shapely.transform(layer.shapes[rows], lambda points: points * (size * EXTENT))
    if simplify:
        shapes = shapely.simplify(shapes, TOLERANCE)
    low_x, low_y, high_x, high_y = (
        np.clip(np.floor(_reach(shapes) / EXTENT), 0, size - 1).astype(int).tolist()
    )
    x, y = (part.ravel() for part in np.meshgrid(np.arange(low_x, high_x + 1), np.arange(low_y, high_y + 1)))
    west, north = x * EXTENT - BUFFER, y * EXTENT - BUFFER
    boxes = shapely.box(west, north, west + EXTENT + 2 * BUFFER, north + EXTENT + 2 * BUFFER)
    tile, found = shapely.STRtree(shapes).query(boxes, predicate="intersects")
    for i in np.unique(tile).tolist():
        inside = found[tile == i]
        cut = shapely.clip_by_rect(shapes[inside], *shapely.bounds(boxes[i]).tolist())
        corner = np.array([x[i] * EXTENT, y[i] * EXTENT])
        local = shapely.transform(cut, partial(_moved, corner=corner))
        yield (
            (zoom, int(x[i]), int(y[i])),
            [
                {"geometry": shape, "properties": layer.told[row]}
                for shape, row in zip(local, rows[inside].tolist(), strict=True)
                if not shape.is_empty and shape.geom_type != "GeometryCollection"
            ],
        )


def _moved(points: Floats, corner: Ints) -> Floats:
    return np.round(points - corner)


def _reach(shapes: "np.ndarray[tuple[int], np.dtype[np.object_]]") -> Floats:
    return np.asarray(shapely.total_bounds(shapes) + np.array([-BUFFER, -BUFFER, BUFFER, BUFFER]))


def _header(bounds: tuple[float, float, float, float]) -> dict[str, object]:
    west, south, east, north = (round(value * 1e7) for value in bounds)
    return {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": 13,
        "center_lon_e7": (west + east) // 2,
        "center_lat_e7": (south + north) // 2,
    }


def _metadata(layers: Sequence[Layer], zooms: tuple[int, int], attribution: str) -> dict[str, object]:
    return {
        "attribution": attribution,
        "vector_layers": [
            {
                "id": layer.name,
                "minzoom": max(zooms[0], int(layer.from_zoom.min())),
                "maxzoom": zooms[1],
                "fields": {key: _kind(value) for told in layer.told for key, value in told.items()},
            }
            for layer in layers
        ],
    }


def _kind(value: object) -> str:
    return {bool: "Boolean", int: "Number"}.get(type(value), "String")
