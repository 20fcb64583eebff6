# SPDX-License-Identifier: Apache-2.0
"""A door that says what a test tells it to, and a map of one tile a zoom."""

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import mapbox_vector_tile
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

LON, LAT = 114.06, 22.54
ZOOMS = range(10, 16)


@dataclass
class Said:
    """One event: its lines, the number of its entry (0: it is none), and whether somebody has heard it."""

    lines: str
    entry: int
    heard: bool = False


class Door:
    """Connections that a test feeds: `say` an event, `drop` who listens. As with the real door, who comes back hears
    every entry after the one they name; a page that gave a connection up loses nothing that was said into it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.reset()

    def reset(self) -> None:
        self.signed_in = True
        self.tickets = 0
        self.asked: list[dict[str, str]] = []
        self._said: list[Said] = []
        self.drop()

    def new_ticket(self) -> str:
        self.tickets += 1
        return f"ticket-{self.tickets}"

    def say(self, name: str, data: str = "{}", identity: str = "") -> None:
        lines = f"event: {name}\n" + (f"id: {identity}\n" if identity else "") + f"data: {data}\n\n"
        with self._changed:
            self._said.append(Said(lines, int(identity or 0)))
            self._changed.notify_all()

    def drop(self) -> None:
        """Whoever listens now is told nothing more."""
        with self._changed:
            self._age = object()
            self._changed.notify_all()

    def listen(self, after: str = "") -> Iterator[str]:
        """What one connection is told, until it is dropped or half a minute has been silent."""
        age, told = self._age, 0
        yield ": open\n\n"
        while more := self._after(told, age):
            told += len(more)
            for each in more:
                if each.entry > int(after or 0) or not (each.entry or each.heard):
                    each.heard = True
                    yield each.lines

    def _after(self, told: int, age: object) -> list[Said]:
        with self._changed:
            self._changed.wait_for(lambda: len(self._said) > told or age is not self._age, timeout=30)
            return self._said[told:] if age is self._age else []


class Tiles:
    """Where the small map lies once a test has made it."""

    path = Path()


DOOR = Door()
TILES = Tiles()


def bounds() -> tuple[float, float, float, float]:
    return (LON - 0.01, LAT - 0.01, LON + 0.01, LAT + 0.01)


def _tile_of(zoom: int) -> tuple[int, int]:
    scale = 2**zoom
    y = (1 - math.asinh(math.tan(math.radians(LAT))) / math.pi) / 2
    return int((LON + 180) / 360 * scale), int(y * scale)


def _layers() -> list[dict[str, object]]:
    def road(name: str, y: int, **more: str) -> dict[str, object]:
        line = f"LINESTRING(0 {y}, 4096 {y})"
        return {"geometry": line, "properties": {"class": "primary", "name": name, **more}}

    roads = [road("和平路", y) for y in range(200, 2000, 150)]
    roads += [road("Mannerheimintie", y, name_en="Mannerheim Road") for y in range(2100, 4000, 150)]
    return [{"name": "roads", "features": roads}]


def write_small_map(path: Path) -> None:
    """One tile for each zoom, with a Chinese and a Latin street."""
    tile = mapbox_vector_tile.encode(_layers(), default_options={"extents": 4096})
    west, south, east, north = (round(number * 1e7) for number in bounds())
    header = {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.NONE,
        "min_zoom": ZOOMS[0],
        "max_zoom": ZOOMS[-1],
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": 14,
        "center_lon_e7": round(LON * 1e7),
        "center_lat_e7": round(LAT * 1e7),
    }
    with path.open("wb") as file:
        writer = Writer(file)  # type: ignore[no-untyped-call]  # the package has no types
        for zoom in ZOOMS:
            writer.write_tile(zxy_to_tileid(zoom, *_tile_of(zoom)), tile)  # type: ignore[no-untyped-call]
        writer.finalize(header, {"attribution": "made up"})  # type: ignore[no-untyped-call]
