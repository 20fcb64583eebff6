# SPDX-License-Identifier: Apache-2.0
"""Importing a city: read, check, build, publish; the version before stays in force until all is done."""

import hashlib
import json
import resource
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from callbox.geo.actions.csv_roads import read_csv_roads
from callbox.geo.actions.folder import city_folder, new_version, point_to
from callbox.geo.actions.inputs import kind_and_path, read_addresses, read_areas, read_places
from callbox.geo.actions.osm import Source, read_osm
from callbox.geo.actions.roads import graph_from
from callbox.geo.actions.tiles import write_tiles
from callbox.geo.domain.areas import AreaIndex
from callbox.geo.domain.book import Address, AddressBook, make_book
from callbox.geo.domain.graph import RoadGraph
from callbox.geo.domain.text import split_number
from callbox.geo.domain.things import ImportReport, Note, Place
from callbox.geo.domain.version import FORMAT
from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _

ATTRIBUTION = "© OpenStreetMap contributors"
TILES = "tiles.pmtiles"
"""Raised when the folder's layout changes, so that an old folder is seen to be old."""


@dataclass(slots=True)
class _Made:
    """What the steps have made so far, for the report and the folder."""

    notes: list[Note] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    steps_s: dict[str, float] = field(default_factory=dict)

    def step[T](self, what: str, work: Callable[[], T]) -> T:
        """Do a step and keep how long it took."""
        start = time.perf_counter()
        result = work()
        self.steps_s[what] = round(time.perf_counter() - start, 3)
        return result


@dataclass(slots=True)
class _Built:
    """All that the folder will hold."""

    source: Source
    graph: RoadGraph
    strong_share: float
    fallen_out: Mapping[str, object]
    restrictions: Mapping[str, object]
    book: AddressBook
    areas: AreaIndex
    places: list[Place]


def import_city(
    root: Path,
    name: str,
    roads: Path,
    areas: Sequence[str | Path] | None = None,
    addresses: Path | None = None,
    places: Sequence[str | Path] | None = None,
    *,
    at: datetime,
    time_zone: str = "UTC",
    attribution: str = ATTRIBUTION,
    tiles: bool = True,
) -> ImportReport:
    """Import a city into `root/name/<version>` and put it in force.

    roads: OpenStreetMap file, or `*_edges.csv` beside `*_nodes.csv`. areas, places: files, also as
    `kind=file`. addresses: CSV with number, street, lat, lon; house numbers of the road file join it.
    Raises Invalid, naming the file and what to do; then the version before stays in force.
    """
    began, made = time.perf_counter(), _Made()
    city_folder(root, name)
    _check_zone(time_zone)
    built = _build(roads, areas or (), addresses, places or (), made)
    digest = _digest(roads, *(kind_and_path(given)[1] for given in areas or ()), addresses)
    version = _free(root, name, f"{at:%Y%m%dT%H%M%S}-{digest}")
    facts = {
        "format": FORMAT,
        "name": name,
        "version": version,
        "imported_at": at.isoformat(),
        "time_zone": time_zone,
        "attribution": attribution,
        "bounds": built.graph.bounds,
    }
    with new_version(root, name, version) as folder:
        made.step("write", lambda: _write(folder, built, facts))
        if tiles:
            made.counts |= made.step("tiles", lambda: _tiles(folder / TILES, built, attribution))
        report = _report(name, version, built, made, time.perf_counter() - began)
        _write_json(folder / "report.json", report.as_dict())
    point_to(root, name, version)
    return report


def _build(
    roads: Path,
    areas: Sequence[str | Path],
    addresses: Path | None,
    places: Sequence[str | Path],
    made: _Made,
) -> _Built:
    source = made.step("read roads", lambda: _read_roads(roads))
    missing = source.network.missing_nodes
    if missing:
        made.notes.append(
            Note(_("%(count)s nodes of roads are not in the file (its edge)"), {"count": missing})
        )
    graph, share, fallen_out, restrictions = made.step("graph", lambda: graph_from(source.network))
    book = made.step("addresses", lambda: _book(graph, source, addresses, made))
    index = made.step("areas", lambda: _areas(areas, made))
    known = made.step("places", lambda: _places(source, places, made))
    made.counts |= {
        "ways": len(source.network.ways),
        "edges": len(graph.edges.u),
        "junctions": len(graph.edges.node_ids),
        "states": graph.states.count,
        "streets": len(book.streets),
    }
    return _Built(source, graph, share, fallen_out, restrictions, book, index, known)


def _tiles(path: Path, built: _Built, attribution: str) -> dict[str, int]:
    return write_tiles(
        path, built.source, built.areas, built.places, built.book, built.graph.bounds, attribution
    )


def _report(name: str, version: str, built: _Built, made: _Made, seconds: float) -> ImportReport:
    return ImportReport(
        name=name,
        version=version,
        counts=made.counts,
        strong_share=built.strong_share,
        fallen_out=built.fallen_out,
        restrictions=built.restrictions,
        notes=tuple(made.notes),
        bounds=built.graph.bounds,
        seconds=round(seconds, 3),
        steps_s=made.steps_s,
        peak_mib=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    )


def use_city(root: Path, name: str, version: str) -> None:
    """Put an imported version in force, an older one too. Raises NotFound when there is none."""
    point_to(root, name, version)


def _check_zone(time_zone: str) -> None:
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid(
            _("%(zone)s is no time zone. Give one as Europe/Helsinki or Asia/Shanghai."), zone=repr(time_zone)
        ) from error


def _read_roads(roads: Path) -> Source:
    return read_csv_roads(roads) if roads.name.endswith("edges.csv") else read_osm(roads)


def _book(graph: RoadGraph, source: Source, path: Path | None, made: _Made) -> AddressBook:
    given, bad = read_addresses(path) if path else ([], 0)
    if bad:
        made.notes.append(
            Note(_("%(count)s rows of the address file were left out: no address"), {"count": bad})
        )
    own = [
        Address(*house, one.street, one.lon, one.lat)
        for one in source.addresses
        if (house := split_number(one.number))
    ]
    made.counts |= {"addresses": len(given) + len(own), "address_rows_unusable": bad}
    where = source.network.node_lonlat
    spots = {way.names[0]: where[way.refs[len(way.refs) // 2]] for way in source.network.ways}
    return make_book(graph.edges.names, graph.edges.name, [*given, *own], spots)


def _areas(files: Sequence[str | Path], made: _Made) -> AreaIndex:
    index, notes = read_areas(files)
    made.notes += notes
    made.counts["areas"] = len(index.areas)
    return index


def _places(source: Source, files: Sequence[str | Path], made: _Made) -> list[Place]:
    known: list[Place] = []
    for given in files:
        kind, path = kind_and_path(given)
        found, bad = read_places(path, kind if "=" in str(given) else "")
        known += found
        if bad:
            made.notes.append(
                Note(_("%(file)s: %(count)s places could not be used"), {"file": path.name, "count": bad})
            )
    taken = {(place.name, place.kind) for place in known}
    own = [Place(*place) for place in source.places if (place[0], place[1]) not in taken]
    made.counts["places"] = len(known) + len(own)
    return known + own


def _digest(*paths: Path | None) -> str:
    digest = hashlib.sha256()
    for path in paths:
        if path is not None:
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:8]


def _free(root: Path, name: str, version: str) -> str:
    """The version's name, with a number when that name is taken (two imports in one second)."""
    count, free = 1, version
    while (city_folder(root, name) / free).exists():
        count += 1
        free = f"{version}-{count}"
    return free


def _write(folder: Path, built: _Built, facts: Mapping[str, object]) -> None:
    built.graph.save(folder)
    built.book.save(folder)
    built.areas.save(folder)
    _write_json(folder / "places.json", [asdict(place) for place in built.places])
    _write_json(folder / "city.json", facts)


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
