# SPDX-License-Identifier: Apache-2.0
"""Importing a city: read, check, build, publish; the version before stays in force until all is done."""

import hashlib
import json
import resource
import time
from collections.abc import Callable, Sequence
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
from callbox.geo.domain.things import ImportReport, Place
from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _

ATTRIBUTION = "© OpenStreetMap contributors"
TILES = "tiles.pmtiles"
FORMAT = 1
"""Raised when the folder's layout changes, so that an old folder is seen to be old."""


@dataclass(slots=True)
class _Made:
    """What the steps have made so far, for the report and the folder."""

    notes: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    steps_s: dict[str, float] = field(default_factory=dict)


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

    def step[T](what: str, work: Callable[[], T]) -> T:
        start = time.perf_counter()
        result = work()
        made.steps_s[what] = round(time.perf_counter() - start, 3)
        return result

    source = step("read roads", lambda: _read_roads(roads))
    graph, share, fallen_out, restrictions = step("graph", lambda: graph_from(source.network))
    book = step("addresses", lambda: _book(graph, source, addresses, made))
    index = step("areas", lambda: _areas(areas, made))
    known = step("places", lambda: _places(source, places, made))
    made.counts |= {
        "ways": len(source.network.ways),
        "edges": len(graph.edges.u),
        "junctions": len(graph.edges.node_ids),
        "states": graph.states.count,
        "streets": len(book.streets),
    }
    if source.network.missing_nodes:
        made.notes.append(
            f"{source.network.missing_nodes} nodes of roads are missing from the file (its edge)"
        )
    version = f"{at:%Y%m%dT%H%M%S}-{_digest(roads, *(kind_and_path(f)[1] for f in areas or ()), addresses)}"
    version = _free(root, name, version)
    with new_version(root, name, version) as folder:
        step("write", lambda: _write(folder, graph, book, index, known))
        if tiles:
            path = folder / TILES
            drawn = step(
                "tiles", lambda: write_tiles(path, source, index, known, book, graph.bounds, attribution)
            )
            made.counts |= drawn
        report = ImportReport(
            name=name,
            version=version,
            counts=made.counts,
            strong_share=share,
            fallen_out=fallen_out,
            restrictions=restrictions,
            notes=tuple(made.notes),
            bounds=graph.bounds,
            seconds=round(time.perf_counter() - began, 3),
            steps_s=made.steps_s,
            peak_mib=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        )
        _write_json(folder / "report.json", report.as_dict())
        _write_json(
            folder / "city.json",
            {
                "format": FORMAT,
                "name": name,
                "version": version,
                "imported_at": at.isoformat(),
                "time_zone": time_zone,
                "attribution": attribution,
                "bounds": graph.bounds,
                "counts": made.counts,
            },
        )
    point_to(root, name, version)
    return report


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
        made.notes.append(f"{bad} rows of the address file are no addresses and were left out")
    own = [
        Address(*house, one.street, one.lon, one.lat)
        for one in source.addresses
        if (house := split_number(one.number))
    ]
    made.counts |= {"addresses": len(given) + len(own), "address_rows_unusable": bad}
    return make_book(graph.edges.names, graph.edges.name, [*given, *own])


def _areas(files: Sequence[str | Path] | None, made: _Made) -> AreaIndex:
    index, notes = read_areas(files) if files else (AreaIndex([], []), [])
    made.notes += notes
    made.counts["areas"] = len(index.areas)
    return index


def _places(source: Source, files: Sequence[str | Path] | None, made: _Made) -> list[Place]:
    known: list[Place] = []
    for given in files or ():
        kind, path = kind_and_path(given)
        found, bad = read_places(path, kind if "=" in str(given) else "")
        known += found
        if bad:
            made.notes.append(f"{path.name}: {bad} places could not be used")
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


def _write(folder: Path, graph: RoadGraph, book: AddressBook, index: AreaIndex, places: list[Place]) -> None:
    graph.save(folder)
    book.save(folder)
    index.save(folder)
    _write_json(folder / "places.json", [asdict(place) for place in places])


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
