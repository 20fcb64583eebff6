# SPDX-License-Identifier: Apache-2.0
"""Importing real files, and every way an import may fail: the city before must stay in force."""

import gzip
import json
from pathlib import Path

import pytest

from callbox.geo.actions import import_city, use_city
from callbox.geo.actions.folder import new_version
from callbox.geo.queries import City, cities_in, open_city, speed_factor_on
from callbox.geo.tests.conftest import AT
from callbox.geo.tests.drawn import Town
from callbox.host.cities import current_version
from callbox.kernel.errors import Invalid, NotFound, Refusal

TOWN = Town({"A": (1, 1), "B": (2, 1), "C": (2, 2), "D": (1, 2)}).way("Ring Road", "ABCDA")


def test_san_francisco(sf: City) -> None:
    report = sf.report()
    assert report["counts"]["addresses"] == 219_301  # type: ignore[index]
    assert report["counts"]["ways"] == 16_090  # type: ignore[index]
    assert report["counts"]["areas"] == 51  # type: ignore[index]
    assert 0.96 < report["strong_share"] < 0.97  # type: ignore[operator]
    fallen = report["fallen_out"]
    assert fallen["edges"] == 389  # type: ignore[index]
    assert fallen["streets"]["Treasure Island Rd"] > 1000  # type: ignore[index]
    assert len(sf.places_of("fire_station")) == 42
    assert len(sf.places_of("hospital")) == 11
    assert sf.time_zone.key == "America/Los_Angeles"
    assert sf.bounds[0] < sf.centre[0] < sf.bounds[2]


@pytest.mark.parametrize(("file", "least"), [("monaco.osm.gz", 0.85), ("andorra.osm.pbf", 0.95)])
def test_small_real_files(data: Path, tmp_path: Path, file: str, least: float) -> None:
    report = import_city(tmp_path, "small", data / "osm" / file, at=AT, tiles=False)
    assert report.strong_share > least
    assert report.restrictions["unused"] == 0
    assert open_city(tmp_path, "small").attribution == "© OpenStreetMap contributors"


def test_chinese_streets_from_tables(futian: City) -> None:
    assert ("深南大道", "", "") in futian.graph.edges.names
    assert futian.report()["strong_share"] > 0.9  # type: ignore[operator]


@pytest.fixture
def in_force(tmp_path: Path) -> Path:
    """A folder with one imported city."""
    import_city(tmp_path / "cities", "town", TOWN.write(tmp_path / "town.osm"), at=AT)
    return tmp_path / "cities"


def _write(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


SQUARE = [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]
FAR = [[[500000, 0], [500001, 0], [500001, 1], [500000, 0]]]


def features(*given: tuple[dict[str, object], object]) -> str:
    """A FeatureCollection of polygons."""
    rows = [
        {"type": "Feature", "properties": told, "geometry": {"type": "Polygon", "coordinates": line}}
        for told, line in given
    ]
    return json.dumps({"type": "FeatureCollection", "features": rows})


BAD_ROADS = {
    "missing": (None, "no file"),
    "empty.osm.pbf": (b"", "is empty"),
    "noise.osm.pbf": (b"\x00\x01\x02 this is not it" * 50, "broken or cut short"),
    "noise.osm": (b"<html>404</html>", "broken or cut short"),
    "noise.osm.gz": (b"not packed", "broken or cut short"),
    "picture.png": (b"\x89PNG", "not an OpenStreetMap file"),
    "nothing.osm": (b"<?xml version='1.0'?><osm version='0.6'></osm>", "no road for vehicles"),
}


@pytest.mark.parametrize("name", BAD_ROADS)
def test_a_bad_road_file_is_named_and_the_city_before_stays(
    in_force: Path, tmp_path: Path, name: str
) -> None:
    content, message = BAD_ROADS[name]
    path = tmp_path / name if content is None else _write(tmp_path / name, content)
    _refused(in_force, message, roads=path)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.999])
def test_a_truncated_file_is_refused(in_force: Path, tmp_path: Path, data: Path, share: float) -> None:
    for file in ("sf/sf.osm.pbf", "osm/monaco.osm.gz"):
        whole = (data / file).read_bytes()
        cut = _write(tmp_path / Path(file).name, whole[: int(share * len(whole))])
        _refused(in_force, "broken or cut short|no road", roads=cut)


def test_roads_that_do_not_hang_together_are_refused(in_force: Path, tmp_path: Path) -> None:
    points = {letter: (5.0 * i, 0.0) for i, letter in enumerate("ACEGI")}
    points |= {letter: (5.0 * i, 1.0) for i, letter in enumerate("BDFHJ")}
    drawn = Town(points)
    for pair in ("AB", "CD", "EF", "GH", "IJ"):
        drawn.way(pair, pair)
    _refused(in_force, "strong component.* 20 %", roads=drawn.write(tmp_path / "parts.osm"))


def test_all_one_way_into_nowhere_is_refused(in_force: Path, tmp_path: Path) -> None:
    drawn = Town({"A": (0, 0), "B": (1, 0)}).way("Only", "AB", oneway="yes")
    _refused(in_force, "strong component.* 0 %", roads=drawn.write(tmp_path / "way.osm"))


BAD_AREAS: dict[str, tuple[bytes | str, str]] = {
    "broken": ("{'type': ", "no GeoJSON"),
    "list": ("[1, 2]", "holds no features"),
    "none": ('{"type": "FeatureCollection", "features": []}', "holds no features"),
    "nameless": (features(({}, SQUARE)), "no polygon with a name"),
    "metres": (features(({"name": "x"}, FAR)), "WGS84"),
    "latin": (b'{"name": "\xe9"}', "UTF-8"),
}


@pytest.mark.parametrize("case", BAD_AREAS)
def test_bad_areas_are_refused(in_force: Path, tmp_path: Path, case: str) -> None:
    content, message = BAD_AREAS[case]
    _refused(in_force, message, areas=[_write(tmp_path / "areas.geojson", content)])


BAD_ADDRESSES = {
    "columns": ("house,road\n1,Ring Road\n", "lacks the columns number, street, lat, lon"),
    "one column": ("number,street,lat\n1,Ring Road,0.1\n", "lacks the columns lon"),
    "empty": ("", "lacks the columns"),
    "no use": ("number,street,lat,lon\nx,Ring Road,0.1,0.1\n1,Ring Road,,\n2,,1,1\n", "is an address"),
}


@pytest.mark.parametrize("case", BAD_ADDRESSES)
def test_bad_addresses_are_refused(in_force: Path, tmp_path: Path, case: str) -> None:
    content, message = BAD_ADDRESSES[case]
    _refused(in_force, message, addresses=_write(tmp_path / "addresses.csv", content))


def test_addresses_that_are_not_packed_are_refused(in_force: Path, tmp_path: Path) -> None:
    _refused(in_force, "cannot be read", addresses=_write(tmp_path / "addresses.csv.gz", "number,street"))


def test_bad_places_are_refused(in_force: Path, tmp_path: Path) -> None:
    _refused(in_force, "no place", places=[_write(tmp_path / "p.geojson", features(({}, SQUARE)))])


@pytest.mark.parametrize("zone", ["Mars/Base", "../etc", ""])
def test_an_unknown_time_zone_is_refused(in_force: Path, zone: str) -> None:
    _refused(in_force, "no time zone", time_zone=zone)


@pytest.mark.parametrize("name", ["../up", "", "Stadt Bern", ".hidden", "a/b"])
def test_a_name_that_is_no_plain_word_is_refused(in_force: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(Invalid, match="city's name"):
        import_city(in_force, name, TOWN.write(tmp_path / "town.osm"), at=AT)


def _refused(root: Path, message: str, **given: object) -> None:
    """The import is refused with this message, leaves nothing behind, and the city before still answers."""
    before = current_version(root, "town")
    roads = given.pop("roads", root.parent / "town.osm")
    with pytest.raises(Refusal, match=message):
        import_city(root, "town", roads, at=AT, **given)  # type: ignore[arg-type]
    assert current_version(root, "town") == before
    assert {path.name for path in (root / "town").iterdir()} == {before, "current"}
    assert open_city(root, "town").search("Ring Road")


def test_a_failure_while_writing_leaves_nothing(in_force: Path) -> None:
    before = current_version(in_force, "town")

    def fill() -> None:
        with new_version(in_force, "town", "v2") as folder:
            (folder / "half").write_text("half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fill()
    assert current_version(in_force, "town") == before
    assert {path.name for path in (in_force / "town").iterdir()} == {before, "current"}


def test_a_failure_while_switching_leaves_the_pointer(
    in_force: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = current_version(in_force, "town")

    def fail(_self: Path, _target: Path) -> None:
        raise OSError("no")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="no"):
        import_city(in_force, "town", tmp_path / "town.osm", at=AT, tiles=False)
    assert current_version(in_force, "town") == before


def test_a_second_import_takes_over_and_the_first_can_come_back(in_force: Path, tmp_path: Path) -> None:
    first = open_city(in_force, "town")
    two = Town({"A": (1, 1), "B": (2, 1), "C": (2, 2), "D": (1, 2)}).way("New Ring", "ABCDA")
    report = import_city(in_force, "town", two.write(tmp_path / "two.osm"), at=AT)
    assert open_city(in_force, "town").version == report.version != first.version
    assert open_city(in_force, "town").search("New Ring")
    assert first.search("Ring Road")  # whoever holds the old one goes on with it
    assert len(cities_in(in_force)) == 2
    use_city(in_force, "town", first.version)
    assert open_city(in_force, "town") is first
    with pytest.raises(NotFound):
        use_city(in_force, "town", "never")


def test_two_imports_in_one_second_are_two_versions(in_force: Path, tmp_path: Path) -> None:
    report = import_city(in_force, "town", tmp_path / "town.osm", at=AT)
    assert report.version.endswith("-2")


def test_a_city_never_imported_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="callbox city import"):
        open_city(tmp_path, "nowhere")


def test_areas_double_and_overlapping_are_reported(tmp_path: Path) -> None:
    half = [[[0.5, 0], [1.5, 0], [1.5, 1], [0.5, 1], [0.5, 0]]]
    bow = [[[5, 5], [6, 6], [6, 5], [5, 6], [5, 5]]]
    given = features(({"name": "a"}, SQUARE), ({"name": "b"}, half), ({"name": "a"}, bow))
    areas = _write(tmp_path / "beat.geojson", given)
    report = import_city(tmp_path / "c", "town", TOWN.write(tmp_path / "t.osm"), [areas], at=AT, tiles=False)
    notes = "\n".join(map(str, report.notes))
    assert "beat:a overlaps beat:b" in notes
    assert "a is there 2 times" in notes
    assert "crosses itself" in notes
    assert [a.id for a in open_city(tmp_path / "c", "town").areas.areas] == ["beat:a", "beat:b", "beat:a:2"]


def test_unusable_address_rows_are_counted(tmp_path: Path) -> None:
    text = "number,street,lat,lon\n5,Ring Road,0.001,0.0015\nfive,Ring Road,0.001,0.0015\n"
    packed = _write(tmp_path / "a.csv.gz", gzip.compress(text.encode()))
    report = import_city(
        tmp_path / "c", "town", TOWN.write(tmp_path / "t.osm"), addresses=packed, at=AT, tiles=False
    )
    assert report.counts["address_rows_unusable"] == 1
    assert report.counts["addresses"] == 1


def test_a_road_is_cut_where_the_file_lacks_a_node(tmp_path: Path) -> None:
    drawn = Town({"A": (1, 1), "B": (2, 1), "C": (3, 1)}).way("Long", "ABC").way("Other", "AB")
    path = drawn.write(tmp_path / "t.osm")
    path.write_text(path.read_text().replace("<nd ref='2'/><nd ref='3'/>", "<nd ref='99'/><nd ref='3'/>"))
    report = import_city(tmp_path / "c", "town", path, at=AT, tiles=False)
    assert any("not in the file" in str(note) for note in report.notes)
    assert {names[0] for names in open_city(tmp_path / "c", "town").graph.edges.names} == {"Other"}


def test_the_speed_factor_is_dated_and_of_the_city() -> None:
    assert speed_factor_on("sf", AT.date()) == 0.5
    assert speed_factor_on("elsewhere", AT.date()) == 1.0
