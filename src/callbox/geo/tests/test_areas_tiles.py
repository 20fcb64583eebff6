# SPDX-License-Identifier: Apache-2.0
import gzip
import math

import mapbox_vector_tile
import pytest

from callbox.geo.check import check_city
from callbox.geo.domain.areas import AreaIndex
from callbox.geo.queries import City
from callbox.geo.tile_reader import TileReader


def test_the_areas_of_a_point_in_the_order_of_the_files(sf: City) -> None:
    found = sf.areas_at(-122.4194, 37.7599)
    assert [(area.kind, area.name) for area in found] == [
        ("neighborhood", "Mission"),
        ("police_district", "MISSION"),
    ]
    assert sf.areas_at(0.0, 0.0) == []


def test_areas_are_read_back_as_written(sf: City) -> None:
    again = AreaIndex.load(sf.folder)
    assert again.areas == sf.areas.areas
    assert all(a.equals(b) for a, b in zip(again.shapes, sf.areas.shapes, strict=True))


def tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """The tile that holds a point, by the formula of the slippy map."""
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * 2**zoom), int(y * 2**zoom)


@pytest.mark.parametrize(
    ("zoom", "layers"), [(10, {"roads", "water", "green", "places"}), (15, {"roads", "buildings", "places"})]
)
def test_tiles_hold_the_named_layers(monaco: City, zoom: int, layers: set[str]) -> None:
    with TileReader(monaco.tiles_path) as tiles:
        packed = tiles.tile(zoom, *tile_of(7.4246, 43.7384, zoom))
        assert tiles.tile(zoom, 0, 0) is None
    assert packed is not None
    found = mapbox_vector_tile.decode(gzip.decompress(packed))
    assert layers <= set(found)
    classes = {feature["properties"]["class"] for feature in found["roads"]["features"]}
    assert "primary" in classes
    assert ("residential" in classes) is (zoom == 15)
    assert {feature["properties"]["oneway"] for feature in found["roads"]["features"]} <= {0, 1}


def test_a_road_is_drawn_where_it_is(monaco: City) -> None:
    """A place of the file comes back out of the tile at its own coordinates, to a metre."""
    station = next(place for place in monaco.places if place.name == "Commissariat de la Condamine")
    x, y = tile_of(station.lon, station.lat, 15)
    with TileReader(monaco.tiles_path) as tiles:
        packed = tiles.tile(15, x, y)
    assert packed is not None
    points = mapbox_vector_tile.decode(gzip.decompress(packed), default_options={"y_coord_down": True})
    drawn = next(
        feature["geometry"]["coordinates"]
        for feature in points["places"]["features"]
        if feature["properties"]["name"] == station.name
    )
    lon = (x + drawn[0] / 4096) / 2**15 * 360 - 180
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (y + drawn[1] / 4096) / 2**15))))
    assert (lon, lat) == pytest.approx((station.lon, station.lat), abs=1e-5)


def test_a_sound_city_is_in_order(monaco: City) -> None:
    assert check_city(monaco, tries=5) == []


def test_a_city_without_a_map_is_not(sf: City) -> None:
    assert [str(note) for note in check_city(sf, tries=1)] == ["The map's file is missing."]
