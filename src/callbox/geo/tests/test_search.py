# SPDX-License-Identifier: Apache-2.0
"""The search as call-takers use it, on San Francisco's addresses and Futian's streets."""

import csv
import gzip
import re
from pathlib import Path

import pytest

from callbox.geo.actions import import_city
from callbox.geo.domain.measure import metres_between
from callbox.geo.domain.text import readings, split_number, tokens_of
from callbox.geo.queries import City, open_city
from callbox.geo.tests.conftest import AT
from callbox.geo.tests.drawn import Town


@pytest.mark.parametrize(
    ("text", "label", "kind"),
    [
        ("1600 Mission St", "1600 Mission St", "address"),
        ("Mission St 1600", "1600 Mission St", "address"),
        ("1600 mission street", "1600 Mission St", "address"),
        ("1600 MISSION", "1600 Mission St", "address"),
        ("1600 Missoin St", "1600 Mission St", "address"),
        ("551 FILBERT ST, SAN FRANCISCO, CA, 94133", "551 Filbert St", "address"),
        ("21 first street", "21 01St St", "address"),
        ("21 1st st", "21 01St St", "address"),
        ("2345 24th avenue", "2345 24Th Ave", "address"),
        ("1601 Mission St", "1601 Mission St", "address"),
        ("1603 Mission St", "1603 Mission St", "interpolated"),
        ("4000 Block of MISSION ST", "Mission St 4000–4099", "block"),
        ("100 block market", "Market St 100–199", "block"),
        ("LARKIN ST/FULTON ST", "Larkin St / Fulton St", "intersection"),
        ("larkin & fulton", "Larkin St / Fulton St", "intersection"),
        ("Larkin St and Fulton St", "Larkin St / Fulton St", "intersection"),
        ("fulton at larkin", "Fulton St / Larkin St", "intersection"),
        ("guererro", "Guerrero St", "street"),
        ("van nes", "Van Ness Ave", "street"),
        ("Miss", "Mission St", "street"),
        ("fire station #15", "Fire Station #15", "place"),
        ("Zuckerberg", "Zuckerberg San Francisco General (trauma centre)", "place"),
    ],
)
def test_the_first_hit(sf: City, text: str, label: str, kind: str) -> None:
    hit = sf.search(text)[0]
    assert (hit.label, hit.kind) == (label, kind)
    assert 0 < hit.score <= 1


def test_an_exact_address_is_where_the_file_has_it(sf: City) -> None:
    hit = sf.search("1600 Mission St")[0]
    assert float(metres_between(hit.lon, hit.lat, -122.4192, 37.7724)) < 20
    assert hit.area_ids == ("neighborhood:Mission", "police_district:SOUTHERN") or len(hit.area_ids) == 2


def test_between_two_known_numbers_lies_the_unknown_one(sf: City) -> None:
    low, middle, high = (sf.search(f"{number} Mission St")[0] for number in (1601, 1603, 1623))
    assert middle.kind == "interpolated"
    span = float(metres_between(low.lon, low.lat, high.lon, high.lat))
    assert float(metres_between(low.lon, low.lat, middle.lon, middle.lat)) <= span + 1


def test_a_street_that_fell_out_of_the_graph_is_still_found(sf: City) -> None:
    used = {sf.graph.edges.names[row][0] for row in set(sf.graph.edges.name.tolist())}
    assert "Perimeter Path" not in used
    hit = sf.search("Perimeter Path")[0]
    assert (hit.label, hit.kind) == ("Perimeter Path", "street")
    assert -122.38 < hit.lon < -122.36  # on Treasure Island


def test_every_letter_typed_keeps_the_street_in_sight(sf: City) -> None:
    for length in range(4, len("Guerrero Street") + 1):
        labels = [hit.label for hit in sf.search("Guerrero Street"[:length])]
        assert "Guerrero St" in labels, length


def test_the_nearer_of_like_hits_comes_first(sf: City) -> None:
    plain = sf.search("Mis", limit=20)
    far = max(plain, key=lambda hit: float(metres_between(hit.lon, hit.lat, plain[0].lon, plain[0].lat)))
    assert sf.search("Mis", near=(far.lon, far.lat))[0].label != plain[0].label


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> City:
    """Ring Road with odd numbers on one side and even ones on the other; Far Lane 400 m from its crossing."""
    folder = tmp_path_factory.mktemp("town")
    drawn = Town({"A": (1, 1), "B": (6, 1), "C": (6, 5), "D": (1, 5), "E": (1, 3), "F": (2, 3)})
    drawn.way("Ring Road", "ABC").way("Top Street", "CDE").way("Left Street", "EA").way("Far Lane", "EF")
    rows = ["number,street,lat,lon", "3,Ring Road,0.0012,0.002", "7,Ring Road,0.0012,0.004"]
    rows += ["4,Ring Road,0.0008,0.0055", "6,Ring Road,0.0008,0.0058"]
    (folder / "a.csv").write_text("\n".join(rows))
    import_city(folder, "town", drawn.write(folder / "t.osm"), addresses=folder / "a.csv", at=AT, tiles=False)
    return open_city(folder, "town")


def test_an_unknown_number_lies_on_its_own_side_of_the_street(town: City) -> None:
    hit = town.search("5 Ring Road")[0]
    assert hit.kind == "interpolated"
    assert (hit.lon, hit.lat) == pytest.approx((0.003, 0.0012))


def test_streets_that_do_not_meet_have_no_crossing(town: City) -> None:
    assert town.search("Left Street / Far Lane")[0].kind == "intersection"
    assert all(hit.kind != "intersection" for hit in town.search("Ring Road / Far Lane"))


@pytest.mark.parametrize("text", ["", "   ", "/", "&", "0", "号", "((((", "x" * 500, "\0", "1 / 2 / 3", "🚒"])
def test_odd_texts_give_no_fault(sf: City, text: str) -> None:
    assert isinstance(sf.search(text), list)


def test_most_places_of_the_fire_department_are_found_where_they_were(sf: City, data: Path) -> None:
    """Each address of the fortnight once: at least 95 of 100 within 200 m of the recorded place."""
    found = total = 0
    for address, (lon, lat) in _recorded(data).items():
        hits = sf.search(address, 1)
        total += 1
        found += bool(hits) and float(metres_between(hits[0].lon, hits[0].lat, lon, lat)) < 200
    assert total > 2_500
    assert found / total > 0.95


def _recorded(data: Path) -> dict[str, tuple[float, float]]:
    path = data / "sf" / "sffd_calls_2020-04-07_2020-04-20.csv.gz"
    places = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if match := re.match(r"\(([-\d.]+), ([-\d.]+)\)", row["Location"]):
                places[row["Address"]] = (float(match[2]), float(match[1]))
    return places


@pytest.mark.parametrize(
    ("text", "label", "kind"),
    [
        ("深南大道", "深南大道", "street"),
        ("深南", "深南大道", "street"),
        ("深南大到", "深南大道", "street"),
        ("深圳市福田区深南大道", "深南大道", "street"),
        ("深南大道1001号", "深南大道1001号", "interpolated"),
        ("深南大道１００１号", "深南大道1001号", "interpolated"),
    ],
)
def test_chinese_streets(futian: City, text: str, label: str, kind: str) -> None:
    hit = futian.search(text)[0]
    assert (hit.label, hit.kind) == (label, kind)


@pytest.mark.parametrize(
    "text",
    ["{a}与{b}路口", "{a}/{b}", "{a}和{b}交叉口", "{b}与{a}交汇处", "{a}、{b}", "{a} {b}路口"[:3] + "/{b}"],
)
def test_chinese_crossings(futian: City, text: str) -> None:
    first, second = _crossing(futian)
    hit = futian.search(text.format(a=first, b=second))[0]
    assert hit.kind == "intersection"
    assert {first, second} == set(hit.label.split(" / "))


def _crossing(city: City) -> tuple[str, str]:
    """Two named streets that meet."""
    edges = city.graph.edges
    for node in range(len(edges.node_ids)):
        at = [i for i, ends in enumerate(zip(edges.u, edges.v, strict=True)) if node in ends]
        names = sorted({edges.names[int(edges.name[i])][0] for i in at} - {""})
        if len(names) == 2 and all(name.endswith("路") and len(name) == 3 for name in names):
            return names[0], names[1]
    raise AssertionError("no crossing of two streets")


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Mission Street", ("MISSION", "ST")),
        ("MISSION ST.", ("MISSION", "ST")),
        ("01ST ST", ("1ST", "ST")),
        ("Second Ave", ("2ND", "AVE")),
        ("St. Mary's Avenue", ("ST", "MARYS", "AVE")),
        ("Töölönkatu", ("TOOLONKATU",)),
        ("深南 大道", ("深南大道",)),
    ],
)
def test_names_in_their_searched_form(text: str, tokens: tuple[str, ...]) -> None:
    assert tokens_of(text) == tokens


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", (12, "")),
        ("12A", (12, "A")),
        ("12-14", (12, "-14")),
        ("１２号", (12, "")),
        ("x", None),
        ("", None),
    ],
)
def test_house_numbers(text: str, number: tuple[int, str] | None) -> None:
    assert split_number(text) == number


def test_a_crossing_is_read_before_anything_else() -> None:
    assert readings("深南大道与彩田路路口")[0].kind == "crossing"
    assert readings("深南大道与彩田路路口")[0].streets == ("深南大道", "彩田路")
    assert readings("665-A Castro St")[0].suffix == "A"
    assert readings("1321 1/2 Minna St")[-1].kind == "name"
