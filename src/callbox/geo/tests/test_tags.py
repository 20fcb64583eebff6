# SPDX-License-Identifier: Apache-2.0
import pytest

from callbox.geo.actions.tags import blocks_vehicles, directions, names_of, road_class, speed_kmh, speeds_kmh

STREET = {"highway": "residential"}


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("50", 50.0),
        ("30 mph", 48.28032),
        ("30mph", 48.28032),
        ("70 km/h", 70.0),
        ("walk", 5.0),
        ("50;30", 50.0),
        ("none", None),
        ("signals", None),
        ("0", None),
        ("", None),
        (None, None),
    ],
)
def test_maxspeed_is_read_in_its_unit(text: str | None, kmh: float | None) -> None:
    assert speed_kmh(text) == (pytest.approx(kmh) if kmh else kmh)


@pytest.mark.parametrize(
    ("tags", "ways"),
    [
        ({}, (True, True)),
        ({"oneway": "yes"}, (True, False)),
        ({"oneway": "1"}, (True, False)),
        ({"oneway": "-1"}, (False, True)),
        ({"oneway": "no"}, (True, True)),
        ({"junction": "roundabout"}, (True, False)),
        ({"junction": "circular"}, (True, False)),
        ({"highway": "motorway"}, (True, False)),
        ({"highway": "motorway", "oneway": "no"}, (True, True)),
        ({"highway": "motorway_link"}, (True, True)),
        ({"oneway": "yes", "oneway:emergency": "no"}, (True, True)),
    ],
)
def test_oneway_is_obeyed_as_tagged_or_implied(tags: dict[str, str], ways: tuple[bool, bool]) -> None:
    assert directions(tags) == ways


@pytest.mark.parametrize(
    ("tags", "may_drive"),
    [
        ({}, True),
        ({"access": "no"}, False),
        ({"access": "private"}, False),
        ({"motor_vehicle": "no"}, False),
        ({"access": "no", "motor_vehicle": "yes"}, True),
        ({"access": "no", "emergency": "yes"}, True),
        ({"motor_vehicle": "no", "emergency": "designated"}, True),
        ({"emergency": "no"}, False),
        ({"access": "destination"}, True),
        ({"area": "yes"}, False),
        ({"highway": "pedestrian"}, False),
        ({"highway": "pedestrian", "emergency": "yes"}, True),
        ({"highway": "track", "motor_vehicle": "yes"}, True),
        ({"highway": "steps", "emergency": "yes"}, False),
        ({"highway": "construction"}, False),
    ],
)
def test_an_emergency_vehicle_enters_what_it_may(tags: dict[str, str], may_drive: bool) -> None:
    assert (road_class(STREET | tags) is not None) is may_drive


def test_speeds_differ_by_direction_and_closed_is_zero() -> None:
    kind = road_class(STREET)
    assert kind is not None
    assert speeds_kmh({"maxspeed:forward": "60", "maxspeed": "30"}, kind) == (60.0, 30.0)
    assert speeds_kmh({"maxspeed": "30", "oneway": "-1"}, kind) == (0.0, 30.0)
    assert speeds_kmh({}, kind) == (kind.kmh, kind.kmh)


@pytest.mark.parametrize(
    ("tags", "blocks"),
    [
        ({"barrier": "bollard"}, True),
        ({"barrier": "bollard", "emergency": "yes"}, False),
        ({"barrier": "gate"}, False),
        ({}, False),
    ],
)
def test_a_bollard_blocks_and_a_gate_opens(tags: dict[str, str], blocks: bool) -> None:
    assert blocks_vehicles(tags) is blocks


def test_names_in_three_scripts() -> None:
    tags = {"name": "Mannerheimintie", "name:zh": "曼纳海姆大街", "name:en": "Mannerheim Street"}
    assert names_of(tags) == ("Mannerheimintie", "曼纳海姆大街", "Mannerheim Street")
