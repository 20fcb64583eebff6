# SPDX-License-Identifier: Apache-2.0
"""Every read of geo: open the city in force, search it, ask for areas and travel times."""

import json
import threading
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from callbox.geo.domain.areas import AreaIndex
from callbox.geo.domain.book import AddressBook
from callbox.geo.domain.graph import RoadGraph
from callbox.geo.domain.search import PlaceSearch
from callbox.geo.domain.things import Area, Place, PlaceHit
from callbox.geo.domain.version import is_readable
from callbox.host.cities import current_version
from callbox.host.config import load
from callbox.kernel.errors import NotFound, Unavailable
from callbox.kernel.text import gettext_noop as _

FACTORS_FILE = Path(__file__).parent / "data" / "speed_factors.json"
_lock = threading.RLock()


class City:
    """One version of a city: it never changes, and may be shared between threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._facts = json.loads((folder / "city.json").read_text(encoding="utf-8"))
        self.name: str = self._facts["name"]
        self.version: str = self._facts["version"]
        self.attribution: str = self._facts["attribution"]
        self.time_zone = ZoneInfo(self._facts["time_zone"])
        west, south, east, north = self._facts["bounds"]
        self.bounds: tuple[float, float, float, float] = (west, south, east, north)
        self.centre: tuple[float, float] = ((west + east) / 2, (south + north) / 2)
        self.tiles_path = folder / "tiles.pmtiles"
        self.areas = AreaIndex.load(folder)
        rows = json.loads((folder / "places.json").read_text(encoding="utf-8"))
        self.places = [Place(**row) for row in rows]
        self.graph = RoadGraph.load(folder).prepare()

    @cached_property
    def _search(self) -> PlaceSearch:
        with _lock:
            return PlaceSearch(self.graph, AddressBook.load(self.folder), self.areas, self.places)

    def search(self, text: str, limit: int = 8, near: tuple[float, float] | None = None) -> list[PlaceHit]:
        """The best hits for what somebody types, best first; of like hits those near (lon, lat) first."""
        return self._search.search(text, limit, near)

    def areas_at(self, lon: float, lat: float) -> list[Area]:
        """The areas that contain a point."""
        return self.areas.at(lon, lat)

    def places_of(self, kind: str) -> list[Place]:
        """The places of one kind, as fire_station."""
        return [place for place in self.places if place.kind == kind]

    def report(self) -> dict[str, object]:
        """The report of the import that made this version."""
        found: dict[str, object] = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))
        return found


@lru_cache(maxsize=4)
def _city(folder: Path) -> City:
    return City(folder)


def open_city(root: Path, name: str, version: str | None = None) -> City:
    """The city in force, or one of its versions. Raises NotFound when it was never imported."""
    found = version or current_version(root, name)
    if not found or not (root / name / found / "city.json").is_file():
        raise NotFound(
            _("There is no city %(name)s. Import one: callbox city import ROADS --name %(name)s"), name=name
        )
    if not is_readable(root / name / found):
        raise Unavailable(
            _("The city %(name)s was imported by another version of Callbox. Import its files again."),
            name=name,
        )
    with _lock:
        return _city(root / name / found)


@dataclass(frozen=True, slots=True)
class Imported:
    """A version in the folder and whether it is in force."""

    name: str
    version: str
    in_force: bool


def cities_in(root: Path) -> list[Imported]:
    """All imported versions, by name and age."""
    found = sorted(root.glob("*/*/city.json")) if root.is_dir() else []
    versions = [(path.parents[1].name, path.parent.name) for path in found]
    return [
        Imported(name, version, version == current_version(root, name))
        for name, version in versions
        if not version.startswith(".")
    ]


def speed_factor_on(name: str, day: date) -> float:
    """Real speed over the road file's free flow for a city on a day (data/speed_factors.json)."""
    rows = json.loads(FACTORS_FILE.read_text(encoding="utf-8"))["factors"]
    valid = [row for row in rows if row["city"] in (name, "*") and date.fromisoformat(row["from"]) <= day]
    best = max(valid, key=lambda row: (row["city"] == name, row["from"]), default={"factor": 1.0})
    return float(best["factor"])


def current_city() -> City:
    """The city that this installation serves. Raises NotFound when it was never imported."""
    config = load()
    return open_city(config.cities, config.city)


def city_map() -> dict[str, object] | None:
    """What a page's map needs of the city in force; None where none can be shown."""
    try:
        city = current_city()
    except (NotFound, Unavailable):
        return None
    return {"tiles_url": f"/map/{city.name}/{city.version}.pmtiles", "bounds": city.bounds}


def areas_at(lon: float, lat: float) -> list[str]:
    """The ids of the areas around a point (WGS84); none where no city is in force."""
    config = load()
    if current_version(config.cities, config.city) is None:
        return []
    return [area.id for area in current_city().areas_at(lon, lat)]


def time_zone_in_force() -> ZoneInfo:
    """The time zone of the city in force, without opening the city; UTC where none is imported."""
    config = load()
    version = current_version(config.cities, config.city)
    if version is None:
        return ZoneInfo("UTC")
    facts = json.loads((config.cities / config.city / version / "city.json").read_text(encoding="utf-8"))
    return ZoneInfo(facts["time_zone"])
