# SPDX-License-Identifier: Apache-2.0
"""Districts, grids and sub-grids: where a point lies, and what is odd about what was drawn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.kernel.tables import TableError
from callbox.requests.areas import AreaChange, Fault, Located, changes, parse_areas, written
from callbox.requests.tests.drawn import GRIDS, LEFT, RIGHT, SUB_GRIDS, TOWN, collection, square

BOOK = parse_areas(collection(*TOWN))


@pytest.mark.parametrize(
    ("lon", "lat", "expected"),
    [
        (10.5, 50.5, Located("D1", "G00", "S00")),
        (13.9, 53.9, Located("D1", "G11", "S33")),
        (12.0, 51.5, Located("D1", "G00", "S11")),  # on a border: the code that comes first
        (15.0, 51.0, Located("D2")),  # a district without grids
        (9.9, 50.5, Located()),
    ],
)
def test_a_point_lies_in_the_narrowest_area_and_those_above_it(
    lon: float, lat: float, expected: Located
) -> None:
    assert BOOK.at(lon, lat) == expected


@given(st.floats(10, 18), st.floats(50, 54))
def test_where_a_point_lies_is_what_each_polygon_says(lon: float, lat: float) -> None:
    import shapely

    found = BOOK.at(lon, lat)
    for _level, code in found.narrowest_first:
        assert BOOK.shapes[code].intersects(shapely.Point(lon, lat))
    inside_some = any(each.intersects(shapely.Point(lon, lat)) for each in BOOK.shapes.values())
    assert bool(found.district) == inside_some


def test_a_town_well_drawn_has_no_faults() -> None:
    assert BOOK.faults() == []


def test_overlapping_and_missing_grids_are_told() -> None:
    wide = square("S01", "sub_grid", 10, 50.5, 1.5, parent="G00")
    features = [
        LEFT,
        *GRIDS,
        *(each for each in SUB_GRIDS if each["properties"]["code"] not in ("S01", "S22")),
    ]
    far = square("S99", "sub_grid", 30, 30, 1)
    faults = parse_areas(collection(*features, wide, far)).faults()
    assert {(fault.kind, fault.code, fault.other) for fault in faults} == {
        ("overlaps", "S00", "S01"),
        ("overlaps", "S10", "S01"),
        ("overlaps", "S11", "S01"),
        ("uncovered", "G11", ""),
        ("no_parent", "S99", ""),
    }
    assert Fault("uncovered", "G11", "", 250) in faults


def test_less_than_a_hundredth_is_drawing_error() -> None:
    right = square("D2", "district", 13.97, 50, 4)
    assert parse_areas(collection(LEFT, right)).faults() == []


def test_a_parent_that_is_not_named_is_the_area_around_it() -> None:
    assert (BOOK.areas["S23"].parent, BOOK.areas["G01"].parent, BOOK.areas["D1"].parent) == ("G11", "D1", "")


def test_what_is_written_gives_the_same_areas() -> None:
    again = parse_areas(written(BOOK))
    assert again.areas == BOOK.areas
    assert changes(BOOK, again) == []


def test_each_difference_is_told() -> None:
    moved = square("S00", "sub_grid", 10, 50, 0.5)
    renamed = {**RIGHT, "properties": {**RIGHT["properties"], "zh": "别名"}}
    others = [each for each in TOWN if each["properties"]["code"] not in ("S00", "S33", "D2")]
    new = parse_areas(collection(*others, moved, renamed, square("D3", "district", 18, 50, 1)))
    assert changes(BOOK, new) == [
        AreaChange("named", "D2"),
        AreaChange("new", "D3"),
        AreaChange("moved", "S00"),
        AreaChange("gone", "S33"),
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "no GeoJSON"),
        ("[]", "no GeoJSON FeatureCollection"),
        (collection({"type": "Feature", "properties": {}}), "feature 1: an area has a code"),
        (collection(LEFT, LEFT), "D1 stands here twice"),
        (collection({**LEFT, "geometry": {"type": "Point", "coordinates": [1, 2]}}), "no polygon but Point"),
        (collection(square("D1", "district", 500, 1, 1)), "not in degrees"),
        (
            collection(LEFT, square("S1", "sub_grid", 10, 50, 1, parent="D1")),
            "S1 lies in D1, which is no grid",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, why: str) -> None:
    with pytest.raises(TableError, match=why):
        parse_areas(text)
