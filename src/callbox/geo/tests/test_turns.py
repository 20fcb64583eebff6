# SPDX-License-Identifier: Apache-2.0
"""Turn restrictions, each on a town drawn for it.

G - H - I      The town: a block of streets; 36 km/h is 10 m/s and a side is some 111 m.
|   |   |
D - E - F
|   |   |
A - B - C
"""

from pathlib import Path

import pytest

from callbox.geo.actions.osm import read_osm
from callbox.geo.actions.roads import graph_from
from callbox.geo.tests.drawn import Town, near, streets

GRID = {
    "A": (0, 0),
    "B": (1, 0),
    "C": (2, 0),
    "D": (0, 1),
    "E": (1, 1),
    "F": (2, 1),
    "G": (0, 2),
    "H": (1, 2),
    "I": (2, 2),
}


def town() -> Town:
    """Streets cut at the middle junction, as a restriction there needs it."""
    drawn = Town(dict(GRID))
    drawn.way("South", "ABC").way("North", "GHI").way("West", "ADG").way("East", "CFI")
    return drawn.way("be", "BE").way("eh", "EH").way("de", "DE").way("ef", "EF")


def side(x: float, y: float) -> tuple[float, float]:
    """A point in the drawing."""
    return x, y


FROM_SOUTH, TO_WEST, TO_NORTH, TO_EAST = side(1, 0.5), side(0.5, 1), side(1, 1.5), side(1.5, 1)


def test_without_a_rule_the_straight_way_is_taken(tmp_path: Path) -> None:
    graph = town().graph(tmp_path)
    assert streets(graph, FROM_SOUTH, TO_WEST) == ["be", "de"]


def test_no_left_turn_makes_a_detour_but_only_for_that_turn(tmp_path: Path) -> None:
    graph = town().rule("no_left_turn", "be", "E", "de").graph(tmp_path)
    assert streets(graph, FROM_SOUTH, TO_WEST)[:2] != ["be", "de"]
    assert streets(graph, FROM_SOUTH, TO_NORTH) == ["be", "eh"]
    assert streets(graph, TO_EAST, TO_WEST) == ["ef", "de"]
    assert streets(graph, TO_WEST, FROM_SOUTH) == ["de", "be"]


def test_a_rule_may_be_obeyed_by_turning_round_further_on(tmp_path: Path) -> None:
    """The detour back over E from the other side is allowed: the rule binds who comes from `be` only."""
    graph = town().rule("no_left_turn", "be", "E", "de").graph(tmp_path)
    start = near(graph, 1, 0.99)
    seconds = float(graph.travel_to(near(graph, 0.99, 1)).seconds_from([start.edge], [start.along_m])[0])
    assert 22 < seconds < 23  # on to the next junction and back: twice 111 m at 10 m/s


def test_only_straight_on_forbids_every_other_way_out_the_way_back_too(tmp_path: Path) -> None:
    graph = town().rule("only_straight_on", "be", "E", "eh").graph(tmp_path)
    assert streets(graph, FROM_SOUTH, TO_NORTH) == ["be", "eh"]
    for goal in (TO_WEST, TO_EAST):
        assert streets(graph, FROM_SOUTH, goal)[:2] != ["be", "de"]
        assert streets(graph, FROM_SOUTH, goal)[:2] != ["be", "ef"]


def test_no_u_turn_at_the_end_of_a_road(tmp_path: Path) -> None:
    """Who must drive straight on into `long` may come back at its end, unless a rule forbids that too."""
    drawn = Town({"A": (0, 0), "B": (1, 0), "C": (2, 0), "X": (3, 0), "Y": (3, 1), "Z": (2, 1), "S": (1, 1)})
    drawn.way("in", "AB", oneway="yes").way("long", "BC").way("ring", "CXYZC")
    drawn.way("side", "BS").way("back", "SA").rule("only_straight_on", "in", "B", "long")
    assert streets(drawn.graph(tmp_path), (0.5, 0), (1, 0.5)) == ["in", "long", "side"]
    graph = drawn.rule("no_u_turn", "long", "C", "long").graph(tmp_path)
    assert streets(graph, (0.5, 0), (1, 0.5)) == ["in", "long", "ring", "long", "side"]


def test_no_turn_by_way_binds_the_whole_sequence_only(tmp_path: Path) -> None:
    drawn = town().rule("no_u_turn", "be", "eh", "North")
    # North is cut at H: two pieces lead out, so the rule names no one turn and is reported.
    source = read_osm(drawn.write(tmp_path / "town.osm"))
    _graph, _share, _fallen, rules = graph_from(source.network)
    assert rules["used"] == 0
    assert rules["reasons"] == {"its ways are not cut at the junction": 1}


def test_rule_by_way_forbids_the_third_road_after_the_first(tmp_path: Path) -> None:
    drawn = Town(dict(GRID))
    drawn.way("South", "ABC").way("gh", "GH").way("hi", "HI").way("West", "ADG").way("East", "CFI")
    drawn.way("be", "BE").way("eh", "EH").way("de", "DE").way("ef", "EF")
    free = drawn.graph(tmp_path)
    assert streets(free, FROM_SOUTH, (0.5, 2)) == ["be", "eh", "gh"]
    graph = drawn.rule("no_left_turn", "be", "eh", "gh").graph(tmp_path)
    assert streets(graph, FROM_SOUTH, (0.5, 2)) != ["be", "eh", "gh"]
    assert streets(graph, FROM_SOUTH, (1.5, 2)) == ["be", "eh", "hi"]
    assert streets(graph, (0.9, 1), (0.5, 2))[:3] == ["de", "eh", "gh"]


def test_only_by_way(tmp_path: Path) -> None:
    drawn = Town(dict(GRID))
    drawn.way("South", "ABC").way("gh", "GH").way("hi", "HI").way("West", "ADG").way("East", "CFI")
    drawn.way("be", "BE").way("eh", "EH").way("de", "DE").way("ef", "EF")
    graph = drawn.rule("only_right_turn", "be", "eh", "hi").graph(tmp_path)
    assert streets(graph, FROM_SOUTH, (1.5, 2)) == ["be", "eh", "hi"]
    assert streets(graph, FROM_SOUTH, (0.5, 2))[:3] != ["be", "eh", "gh"]


@pytest.mark.parametrize(
    ("kind", "tags", "why"),
    [
        ("no_left_turn", {"except": "psv;emergency"}, "it does not bind emergency vehicles"),
        ("no_left_turn", {"hour_on": "7"}, "it holds only at certain times or for certain vehicles"),
        (
            "no_left_turn",
            {"restriction__conditional": "no_left_turn @ (Mo-Fr)"},
            "it holds only at certain times or for certain vehicles",
        ),
        ("give_way", {}, "it is not of a kind that forbids a turn to cars"),
    ],
)
def test_a_rule_that_is_not_used_is_listed_with_the_reason(
    tmp_path: Path, kind: str, tags: dict[str, str], why: str
) -> None:
    drawn = town().rule(kind, "be", "E", "de", **tags)
    graph, _share, _fallen, rules = graph_from(read_osm(drawn.write(tmp_path / "town.osm")).network)
    assert rules["unused_ids"] == [[501, why]]
    assert streets(graph.prepare(), FROM_SOUTH, TO_WEST) == ["be", "de"]


def test_a_rule_excepting_others_still_binds_us(tmp_path: Path) -> None:
    graph = town().rule("no_left_turn", "be", "E", "de", **{"except": "bus"}).graph(tmp_path)
    assert streets(graph, FROM_SOUTH, TO_WEST)[:2] != ["be", "de"]


def test_nobody_drives_through_a_bollard(tmp_path: Path) -> None:
    drawn = Town({**GRID, "M": (0.5, 1)})
    drawn.way("South", "ABC").way("North", "GHI").way("West", "ADG").way("East", "CFI")
    drawn.way("across", "DMEF").way("up", "BEH")
    assert streets(drawn.graph(tmp_path), (0.4, 1), (0.6, 1)) == ["across"]
    drawn.nodes["M"] = {"barrier": "bollard"}
    graph = drawn.graph(tmp_path)
    assert len(streets(graph, (0.4, 1), (0.6, 1))) > 2
    assert streets(graph, (0.6, 1), (1.5, 1)) == ["across"]


def test_one_way_streets_are_obeyed(tmp_path: Path) -> None:
    drawn = Town(dict(GRID))
    drawn.way("South", "ABC").way("North", "GHI").way("West", "ADG").way("East", "CFI")
    drawn.way("up", "BEH", oneway="yes").way("across", "DEF", oneway="-1")
    graph = drawn.graph(tmp_path)
    assert streets(graph, (1, 0.5), (1, 1.5)) == ["up"]
    assert "up" not in streets(graph, (1, 2), (1, 0))[1:-1]
    assert streets(graph, (1.5, 1), (0.5, 1)) == ["across"]
    assert streets(graph, (0.5, 1), (1.5, 1)) != ["across"]
