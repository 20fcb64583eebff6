# SPDX-License-Identifier: Apache-2.0
"""Districts, grids and sub-grids: read from GeoJSON, checked, and which of them a point lies in. Part of the domain."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from callbox.geo.domain.areas import AreaIndex
from callbox.geo.domain.things import Area as Drawn
from callbox.kernel.tables import TableError, Words

DISTRICT, GRID, SUB_GRID = "district", "grid", "sub_grid"
LEVELS = (DISTRICT, GRID, SUB_GRID)  # from the widest to the narrowest
SHARE = 0.01  # what overlaps, sticks out or is left uncovered by less of an area is drawing error
OVERLAPS, UNCOVERED, STICKS_OUT, NO_PARENT = "overlaps", "uncovered", "sticks_out", "no_parent"


@dataclass(frozen=True, slots=True)
class Area:
    """One district, grid or sub-grid. parent: the code of the area of the level above it, "" for a district."""

    code: str
    level: str
    parent: str
    name: Words


@dataclass(frozen=True, slots=True)
class Located:
    """The areas a point lies in, by code; "" where it lies in none of that level."""

    district: str = ""
    grid: str = ""
    sub_grid: str = ""

    @property
    def narrowest_first(self) -> tuple[tuple[str, str], ...]:
        """Level and code of each that is known, sub-grid first."""
        found = ((SUB_GRID, self.sub_grid), (GRID, self.grid), (DISTRICT, self.district))
        return tuple((level, code) for level, code in found if code)


NOWHERE = Located()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something odd about an area: it overlaps another of its level, or its parent is not covered, or there is none.

    per_mille: how much of the smaller area, or of the parent, is concerned.
    """

    kind: str
    code: str
    other: str
    per_mille: int


class AreaBook:
    """All areas with their shapes (WGS84), and which of them a point lies in."""

    def __init__(self, areas: Sequence[Area], shapes: Sequence[BaseGeometry]) -> None:
        self.areas = {area.code: area for area in areas}
        self.shapes = dict(zip(self.areas, shapes, strict=True))
        drawn = [Drawn(area.code, area.level, area.name.en, {}) for area in areas]
        self._index = AreaIndex(drawn, list(shapes))
        self._order = {area.code: (-LEVELS.index(area.level), area.code) for area in areas}

    def at(self, lon: float, lat: float) -> Located:
        """Where a point lies: in the narrowest area that holds it, and in those above that one.

        Where two overlap, or the point lies on their border, the one whose code comes first.
        """
        found = [drawn.id for drawn in self._index.at(lon, lat)] if self.areas else []
        return self.within(min(found, key=self._order.__getitem__)) if found else NOWHERE

    def within(self, code: str) -> Located:
        """An area with those above it."""
        return Located(**{area.level: area.code for area in self._upwards(code)})

    def _upwards(self, code: str) -> Iterator[Area]:
        while code:
            area = self.areas[code]
            yield area
            code = area.parent

    def faults(self) -> list[Fault]:
        """What overlaps, is left uncovered, sticks out of its parent or has none; by code."""
        found = [*self._overlapping(), *self._uncovered(), *self._alone()]
        return sorted(found, key=lambda fault: (fault.code, fault.kind, fault.other))

    def _overlapping(self) -> Iterator[Fault]:
        for left, right in self._index.overlaps():
            one, other = self.shapes[left], self.shapes[right]
            yield Fault(OVERLAPS, left, right, _mille(one.intersection(other), min(one.area, other.area)))

    def _uncovered(self) -> Iterator[Fault]:
        children: dict[str, list[str]] = {}
        for area in self.areas.values():
            children.setdefault(area.parent, []).append(area.code)
        for parent in self.areas.keys() & children.keys():
            whole = self.shapes[parent]
            missing = whole.difference(shapely.union_all([self.shapes[code] for code in children[parent]]))
            if missing.area > SHARE * whole.area:
                yield Fault(UNCOVERED, parent, "", _mille(missing, whole.area))
            for code in children[parent]:
                outside = self.shapes[code].difference(whole)
                if outside.area > SHARE * self.shapes[code].area:
                    yield Fault(STICKS_OUT, code, parent, _mille(outside, self.shapes[code].area))

    def _alone(self) -> Iterator[Fault]:
        for area in self.areas.values():
            if area.level != DISTRICT and not area.parent:
                yield Fault(NO_PARENT, area.code, "", 1000)


def _mille(part: BaseGeometry, whole: float) -> int:
    return round(1000 * part.area / whole)


def parse_areas(text: str) -> AreaBook:
    """The areas of a GeoJSON text; raises TableError.

    Each feature has `code` (or an id), `level`, names `en` and `zh` (or `name` for both), and `parent`; a parent that
    is not named is the area of the level above that holds the feature's middle.
    """
    areas: list[Area] = []
    shapes: list[BaseGeometry] = []
    for number, feature in enumerate(_features(text), 1):
        area, drawn = _read(feature, f"areas, feature {number}")
        areas.append(area)
        shapes.append(drawn)
    if len({area.code for area in areas}) < len(areas):
        codes = [area.code for area in areas]
        raise TableError(f"areas: {next(c for c in codes if codes.count(c) > 1)} stands here twice")
    return AreaBook(_with_parents(areas, shapes), shapes)


def _features(text: str) -> list[Mapping[str, Any]]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise TableError(f"areas: no GeoJSON ({problem})") from problem
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list) or not all(isinstance(each, dict) for each in features):
        raise TableError("areas: no GeoJSON FeatureCollection")
    return features


def _read(feature: Mapping[str, Any], where: str) -> tuple[Area, BaseGeometry]:
    said = feature.get("properties")
    known: Mapping[str, Any] = said if isinstance(said, dict) else {}
    name = str(known.get("name") or "")
    code, level = str(known.get("code") or feature.get("id") or ""), str(known.get("level") or "")
    en, zh = str(known.get("en") or name), str(known.get("zh") or name)
    if not (code and en and zh) or level not in LEVELS:
        raise TableError(f"{where}: an area has a code, a name and a level ({', '.join(LEVELS)})")
    return Area(code, level, str(known.get("parent") or ""), Words(en, zh)), _drawn(
        feature, f"{where}, {code}"
    )


def _drawn(feature: Mapping[str, Any], where: str) -> BaseGeometry:
    try:
        found = shape(cast("dict[str, Any]", feature["geometry"]))
        west, south, east, north = found.bounds
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        IndexError,
        shapely.errors.ShapelyError,
    ) as problem:
        raise TableError(f"{where}: no polygon") from problem
    if found.geom_type not in ("Polygon", "MultiPolygon") or not found.area:
        raise TableError(f"{where}: no polygon but {found.geom_type}")
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        raise TableError(f"{where}: not in degrees; export it again in WGS84 (EPSG:4326)")
    return found if found.is_valid else shapely.make_valid(found, method="structure")


def _with_parents(areas: Sequence[Area], shapes: Sequence[BaseGeometry]) -> list[Area]:
    known = {area.code: area for area in areas}
    above = {level: wider for wider, level in pairwise(LEVELS)}
    wider = {level: _index(level, areas, shapes) for level in LEVELS}
    found = []
    for area, drawn in zip(areas, shapes, strict=True):
        parent = area.parent
        if area.level == DISTRICT:
            parent = ""
        elif not parent:
            middle = drawn.representative_point()
            parent = min((each.id for each in wider[above[area.level]].at(middle.x, middle.y)), default="")
        elif parent not in known or known[parent].level != above[area.level]:
            raise TableError(f"areas: {area.code} lies in {parent}, which is no {above[area.level]}")
        found.append(Area(area.code, area.level, parent, area.name))
    return found


def _index(level: str, areas: Sequence[Area], shapes: Sequence[BaseGeometry]) -> AreaIndex:
    chosen = [place for place, area in enumerate(areas) if area.level == level]
    return AreaIndex([Drawn(areas[i].code, level, "", {}) for i in chosen], [shapes[i] for i in chosen])


def written(book: AreaBook) -> str:
    """The areas as the one GeoJSON text that is kept; `parse_areas` gives them again."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "code": area.code,
                "level": area.level,
                "parent": area.parent,
                "en": area.name.en,
                "zh": area.name.zh,
            },
            "geometry": mapping(book.shapes[area.code]),
        }
        for area in book.areas.values()
    ]
    said = {"type": "FeatureCollection", "features": features}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class AreaChange:
    """How an area differs from the one in force: `new`, `gone`, `moved` (shape) or `named` (name, level, parent)."""

    kind: str
    code: str


def changes(old: AreaBook, new: AreaBook) -> list[AreaChange]:
    """Each area that differs, by code."""
    found = [AreaChange("new", code) for code in new.areas.keys() - old.areas.keys()]
    found += [AreaChange("gone", code) for code in old.areas.keys() - new.areas.keys()]
    found += list(_altered(old, new, old.areas.keys() & new.areas.keys()))
    return sorted(found, key=lambda change: (change.code, change.kind))


def _altered(old: AreaBook, new: AreaBook, codes: Iterable[str]) -> Iterator[AreaChange]:
    for code in codes:
        if old.areas[code] != new.areas[code]:
            yield AreaChange("named", code)
        if not old.shapes[code].equals(new.shapes[code]):
            yield AreaChange("moved", code)
