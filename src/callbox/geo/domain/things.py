# SPDX-License-Identifier: Apache-2.0
"""The things geo speaks of. Coordinates are WGS84 degrees, lengths metres, times seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RoadPosition:
    """A point on a road: `along_m` metres along `edge`; `off_m` metres from the point asked for."""

    edge: int
    along_m: float
    off_m: float
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class RouteLeg:
    """A stretch of a route on one street; the name is empty where the map has none."""

    name: str
    metres: float


@dataclass(frozen=True, slots=True)
class Route:
    """The way from a unit to a place: `lonlat` as a line, the streets in order, and how long it takes."""

    lonlat: list[tuple[float, float]]
    legs: list[RouteLeg]
    seconds: float
    metres: float

    def street_names(self) -> list[str]:
        """The named streets in order, each change once."""
        return [leg.name for leg in self.legs if leg.name]


@dataclass(frozen=True, slots=True)
class Area:
    """A district, beat, grid or neighbourhood. `id` is `kind:name` and unique in its city version."""

    id: str
    kind: str
    name: str
    properties: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """A named point: a station, a hospital. `made_up` marks one that does not exist in the world."""

    name: str
    kind: str
    lon: float
    lat: float
    made_up: bool = False
    properties: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlaceHit:
    """One answer of the search.

    kind: address, interpolated, block, intersection, street, place or area. score: 0 to 1, best first.
    area_ids: the areas that contain the point.
    """

    label: str
    lon: float
    lat: float
    kind: str
    score: float
    area_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Something odd an import met: a text for gettext with `%(name)s` places for `params`."""

    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.params


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import found and made; `as_dict` is what the folder keeps as report.json."""

    name: str
    version: str
    counts: Mapping[str, int]
    strong_share: float
    fallen_out: Mapping[str, object]
    restrictions: Mapping[str, object]
    notes: tuple[Note, ...]
    bounds: tuple[float, float, float, float]
    seconds: float
    steps_s: Mapping[str, float]
    peak_mib: float

    def as_dict(self) -> dict[str, object]:
        """The report as plain JSON values."""
        return {key: _plain(getattr(self, key)) for key in self.__dataclass_fields__}


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, Note):
        return {"message": value.message, "params": _plain(value.params)}
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    return value
