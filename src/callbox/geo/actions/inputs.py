# SPDX-License-Identifier: Apache-2.0
"""Reading what a city gives beside the road file: addresses (CSV), areas and places (GeoJSON or CSV)."""

import csv
import gzip
import io
import json
import math
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, cast

import shapely
from shapely.geometry import shape as shape_of
from shapely.geometry.base import BaseGeometry

from callbox.geo.domain.areas import AreaIndex
from callbox.geo.domain.book import Address
from callbox.geo.domain.text import split_number
from callbox.geo.domain.things import Area, Note, Place
from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _

COLUMNS = {
    "number": ("number", "housenumber", "house_number", "addr:housenumber", "门牌号"),
    "street": ("street", "street_name", "addr:street", "街道", "道路"),
    "lat": ("lat", "latitude", "y", "纬度"),
    "lon": ("lon", "lng", "longitude", "x", "经度"),
}
NAME_KEYS = ("name", "name:zh", "名称", "common_name", "nhood", "district", "label", "title", "id")


@contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """Open a text file, packed with gzip or not. Raises Invalid with what to do when it cannot be read."""
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as raw:
            yield io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
    except FileNotFoundError as error:
        raise Invalid(_("There is no file %(file)s. Check the path."), file=str(path)) from error
    except (OSError, EOFError, UnicodeDecodeError, csv.Error, zlib.error) as error:
        raise Invalid(
            _("%(file)s cannot be read (%(why)s). Give a whole file in UTF-8."),
            file=path.name,
            why=str(error),
        ) from error


def _place_on_earth(lon: str | float, lat: str | float) -> tuple[float, float] | None:
    try:
        x, y = float(lon), float(lat)
    except (TypeError, ValueError):
        return None
    usable = math.isfinite(x) and math.isfinite(y) and abs(x) <= 180 and abs(y) <= 90 and (x, y) != (0, 0)
    return (x, y) if usable else None


def _columns(header: Sequence[str], wanted: Sequence[str], path: Path) -> dict[str, int]:
    lower = [column.strip().lower() for column in header]
    found = {want: lower.index(name) for want in wanted for name in reversed(COLUMNS[want]) if name in lower}
    missing = [want for want in wanted if want not in found]
    if missing:
        raise Invalid(
            _("%(file)s lacks the columns %(missing)s. Its first line must name number, street, lat, lon."),
            file=path.name,
            missing=", ".join(missing),
        )
    return found


def read_addresses(path: Path) -> tuple[list[Address], int]:
    """The addresses of a CSV file with columns number, street, lat, lon; and how many rows were unusable.

    Raises Invalid when columns are missing or no row can be used.
    """
    with open_text(path) as file:
        rows = csv.reader(file)
        at = _columns(next(rows, []), ("number", "street", "lat", "lon"), path)
        number, street, lat, lon = (at[name] for name in ("number", "street", "lat", "lon"))
        width, found, bad = max(at.values()), [], 0
        for row in rows:
            house = split_number(row[number]) if len(row) > width else None
            where = _place_on_earth(row[lon], row[lat]) if house else None
            if house and where and row[street].strip():
                found.append(Address(house[0], house[1], row[street].strip(), *where))
            else:
                bad += 1
    if not found:
        raise Invalid(
            _("No row of %(file)s is an address: give a number, a street, and lat and lon in degrees."),
            file=path.name,
        )
    return found, bad


def read_features(path: Path) -> list[Mapping[str, object]]:
    """The features of a GeoJSON file. Raises Invalid when it is none."""
    with open_text(path) as file:
        try:
            data = json.load(file)
        except UnicodeDecodeError:
            raise  # `open_text` says what to do
        except (ValueError, RecursionError) as error:  # also a number without end, lists within lists
            raise Invalid(
                _("%(file)s is no GeoJSON (%(why)s). Export it again as a FeatureCollection in WGS84."),
                file=path.name,
                why=str(error),
            ) from error
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list) or not features:
        raise Invalid(
            _("%(file)s holds no features. Export it again as a FeatureCollection in WGS84."),
            file=path.name,
        )
    return [feature for feature in features if isinstance(feature, dict)]


def name_in(properties: Mapping[str, object]) -> str:
    """The name among a feature's properties: a usual key, else the first text."""
    usual = [properties[key] for key in NAME_KEYS if properties.get(key) not in (None, "")]
    texts = [value for value in properties.values() if isinstance(value, str) and value.strip()]
    return str((usual or texts or [""])[0]).strip()


def kind_and_path(given: str | Path) -> tuple[str, Path]:
    """`beat=file.geojson` names the kind; else it is the file's name without its ending."""
    kind, sign, path = str(given).rpartition("=")
    if sign and re.fullmatch(r"[\w-]+", kind):
        return kind, Path(path)
    return Path(given).name.split(".")[0], Path(given)


def read_areas(files: Sequence[str | Path]) -> tuple[AreaIndex, list[Note]]:
    """The areas of several GeoJSON files, and notes on what was odd: repaired, double, overlapping, left out.

    Raises Invalid when a file is broken or holds no named polygon.
    """
    areas: list[Area] = []
    shapes: list[BaseGeometry] = []
    notes: list[Note] = []
    seen: Counter[str] = Counter()
    for kind, path in map(kind_and_path, files):
        before, file = len(areas), {"file": path.name}
        for feature in read_features(path):
            shape = _polygon(feature, path, notes)
            properties = feature.get("properties")
            known = properties if isinstance(properties, dict) else {}
            name = name_in(known)
            if shape is None or not name:
                notes.append(Note(_("%(file)s: an area without a polygon or a name was left out"), file))
                continue
            seen[f"{kind}:{name}"] += 1
            count = seen[f"{kind}:{name}"]
            if count > 1:
                notes.append(
                    Note(
                        _("%(file)s: %(name)s is there %(count)s times"),
                        file | {"name": name, "count": count},
                    )
                )
            areas.append(Area(f"{kind}:{name}" + (f":{count}" if count > 1 else ""), kind, name, known))
            shapes.append(shape)
        if len(areas) == before:
            raise Invalid(
                _("%(file)s holds no polygon with a name. Give each area a property `name`."), file=path.name
            )
    index = AreaIndex(areas, shapes)
    return index, notes + [Note(_("%(a)s overlaps %(b)s"), {"a": a, "b": b}) for a, b in index.overlaps()]


def _geometry(feature: Mapping[str, object], path: Path) -> BaseGeometry | None:
    try:
        shape = shape_of(cast("dict[str, Any]", feature["geometry"]))
        low_lon, low_lat, high_lon, high_lat = shape.bounds
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, shapely.errors.ShapelyError):
        return None
    if not (low_lon >= -180 and high_lon <= 180 and low_lat >= -90 and high_lat <= 90):
        raise Invalid(
            _("%(file)s is not in degrees of longitude and latitude. Export it again in WGS84 (EPSG:4326)."),
            file=path.name,
        )
    return shape


def _polygon(feature: Mapping[str, object], path: Path, notes: list[Note]) -> BaseGeometry | None:
    shape = _geometry(feature, path)
    if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        return None
    if not shape.is_valid:
        notes.append(Note(_("%(file)s: a polygon crosses itself and was repaired"), {"file": path.name}))
        shape = shapely.make_valid(shape, method="structure")
    return shape


def read_places(path: Path, kind: str = "") -> tuple[list[Place], int]:
    """The named points of a GeoJSON or CSV file (name, kind, lat, lon), and how many could not be used."""
    if path.name.endswith((".csv", ".csv.gz")):
        return _places_csv(path, kind)
    places, bad = [], 0
    for feature in read_features(path):
        shape = _geometry(feature, path)
        given = feature.get("properties")
        known = given if isinstance(given, dict) else {}
        if shape is None or shape.is_empty or not name_in(known):
            bad += 1
            continue
        middle = shape.centroid
        of_kind = str(known.get("kind") or kind or "place")
        made_up = bool(known.get("made_up"))
        places.append(Place(name_in(known), of_kind, middle.x, middle.y, made_up, known))
    return _some(places, path), bad


def _places_csv(path: Path, kind: str) -> tuple[list[Place], int]:
    places, bad = [], 0
    with open_text(path) as file:
        for row in csv.DictReader(file):
            where = _place_on_earth(row.get("lon") or "", row.get("lat") or "")
            name = (row.get("name") or "").strip()
            if where and name:
                places.append(Place(name, row.get("kind") or kind or "place", *where, False, row))
            else:
                bad += 1
    return _some(places, path), bad


def _some(places: list[Place], path: Path) -> list[Place]:
    if not places:
        raise Invalid(
            _("%(file)s holds no place with a name and a point. Give each a property `name` and a point."),
            file=path.name,
        )
    return places
