# SPDX-License-Identifier: Apache-2.0
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any
from uuid import UUID

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from callbox.dispatch.plans import ROOM, Requirement, ResponsePlan
from callbox.dispatch.ranking import FIRST_LOOK, Recommendation, UnitNow, rank
from callbox.kernel.tables import read_table

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
TURNOUT = {"fire": 80.0, "ems": 60.0, "police": 30.0}
SITUATIONS = yaml.safe_load(files("callbox.dispatch.tests").joinpath("situations.yaml").read_text("utf-8"))
ABLE = ("engine", "ladder", "rescue")


def plan_of(text: str) -> ResponsePlan:
    pairs = (part.split(":") for part in text.split())
    return ResponsePlan(tuple(Requirement(code, int(count)) for code, count in pairs), "row")


def unit_of(number: int, text: str) -> tuple[UnitNow, float]:
    callsign, codes, seconds, *special = text.split()
    unit = UnitNow(
        id=UUID(int=number),
        callsign=callsign,
        agency={"P": "police", "M": "ems", "A": "ems"}.get(callsign[0], "fire"),
        kind=codes,
        capabilities=frozenset(codes.split("+")),
        availability="not_available"
        if "busy" in special
        else "conditional"
        if "ask" in special
        else "available",
        at_station="in" in special,
        excluded="declined" if "told_no" in special else "already_assigned" if "sent" in special else "",
    )
    return unit, float("inf") if "no_road" in special else float(seconds)


@pytest.mark.parametrize("told", SITUATIONS, ids=lambda told: told["said"])
def test_what_a_dispatcher_expects(told: dict[str, Any]) -> None:
    made = [unit_of(number, text) for number, text in enumerate(told["units"])]
    travel = {unit.id: seconds for unit, seconds in made if seconds != float("inf")}
    found = rank([unit for unit, _ in made], plan_of(told["plan"]), travel, AT, turnout_s=TURNOUT)
    assert {offer.unit.callsign: offer.fills for offer in found.offers} == told["sent"]
    assert [offer.unit.callsign for offer in found.others] == told.get("others", [])
    assert {each.capability: each.count for each in found.missing} == told.get("missing", {})
    assert {each.unit.callsign: each.reason for each in found.left_out} == told.get("left_out", {})
    assert found.is_complete == ("missing" not in told)


def test_an_offer_says_when_and_why() -> None:
    parked = UnitNow(
        id=UUID(int=1),
        callsign="E1",
        agency="fire",
        kind="engine",
        capabilities=frozenset({"engine"}),
        availability="conditional",
        position_age_s=900,
        at_station=True,
        position_source="station",
        held=UUID(int=9),
    )
    (offer,) = rank([parked], plan_of("engine:1"), [100.0], AT, turnout_s=TURNOUT).offers
    assert (offer.turnout_s, offer.travel_s, offer.arrival_s) == (80, 100, 180)
    assert offer.arrives_at == AT + timedelta(seconds=180)
    assert offer.why == (
        "only_one",
        "at_station",
        "position_from_station",
        "conditional",
        "holds_assignment",
    )


def test_turnout_may_be_a_function_and_travel_a_list() -> None:
    units = [unit_of(number, f"E{number} engine 0 in")[0] for number in (1, 2)]
    found = rank(
        units,
        plan_of("engine:1"),
        [50.0, 40.0],
        AT,
        turnout_s=lambda u: 5.0 if u.callsign == "E1" else 50.0,
    )
    assert [(offer.unit.callsign, offer.arrival_s) for offer in found.offers] == [("E1", 55)]
    with pytest.raises(ValueError, match="1 travel times for 2 units"):
        rank(units, plan_of("engine:1"), [50.0], AT, turnout_s=TURNOUT)
    with pytest.raises(KeyError):
        rank(units, plan_of("engine:1"), [50.0, 40.0], AT, turnout_s={})


def test_every_reason_has_words() -> None:
    codes = {row["code"] for row in read_table(ROOM, "reasons.tsv")}
    assert {
        "soonest",
        "only_one",
        "at_station",
        "on_the_road",
        "position_from_station",
        "conditional",
    } <= codes
    assert {"holds_assignment", "not_available", "unreachable", "not_asked_for", "later", "declined"} <= codes


type Drawn = tuple[set[str], int, str]
some_unit = st.tuples(
    st.sets(st.sampled_from(ABLE), min_size=1, max_size=3),
    st.integers(0, 5),
    st.sampled_from(["", "", "", " ask", " busy", " no_road", " in", " sent"]),
)
some_plan = st.dictionaries(st.sampled_from((*ABLE, "boat")), st.integers(1, 2), min_size=1, max_size=3)


def ranked(units: list[Drawn], wanted: dict[str, int]) -> tuple[Recommendation, list[Any]]:
    made = [
        unit_of(n, f"E{n} {'+'.join(sorted(codes))} {minutes * 60}{special}")
        for n, (codes, minutes, special) in enumerate(units)
    ]
    plan = plan_of(" ".join(f"{code}:{count}" for code, count in wanted.items()))
    found = rank([unit for unit, _ in made], plan, [seconds for _, seconds in made], AT, turnout_s=TURNOUT)
    return found, made


def cost(unit: UnitNow, seconds: float) -> tuple[bool, float]:
    if unit.excluded:
        return False, -1  # on its way already
    return unit.availability == "conditional", seconds + (80 if unit.at_station else 0)


def every_choice(able: list[Any], places: list[str]) -> Iterator[list[tuple[bool, float]]]:
    if not places:
        yield []
        return
    yield from every_choice(able, places[1:])
    for number, (unit, seconds) in enumerate(able):
        if places[0] in unit.capabilities:
            rest = able[:number] + able[number + 1 :]
            yield from ([cost(unit, seconds), *more] for more in every_choice(rest, places[1:]))


@settings(deadline=None)
@given(st.lists(some_unit, max_size=5), some_plan)
def test_as_good_as_trying_every_choice(units: list[Drawn], wanted: dict[str, int]) -> None:
    found, made = ranked(units, wanted)
    able = [m for m in made if m[0].availability != "not_available" and m[1] != float("inf")]
    places = [code for code, count in wanted.items() for _ in range(count)]
    tried = [(-len(costs), sorted(costs)) for costs in every_choice(able, places)]
    on_the_way = len(places) - len(found.offers) - sum(each.count for each in found.missing)
    ours = [(False, -1.0)] * on_the_way + [
        (o.unit.availability == "conditional", o.arrival_s) for o in found.offers
    ]
    assert (-len(ours), ours) == min(tried)
    assert all(o.fills in o.unit.capabilities for o in found.offers)


@settings(deadline=None)
@given(st.lists(some_unit, max_size=30), some_plan)
def test_no_unit_left_out_arrives_sooner_with_the_same_capability(
    units: list[Drawn], wanted: dict[str, int]
) -> None:
    found, _made = ranked(units, wanted)
    for sent in found.offers:
        for other in found.others:
            if sent.fills in other.unit.capabilities and other.unit.availability == sent.unit.availability:
                assert sent.arrival_s <= other.arrival_s
            if sent.fills in other.unit.capabilities and other.unit.availability == "available":
                assert sent.unit.availability == "available"
    seen = [*(o.unit.id for o in found.offers), *(o.unit.id for o in found.others)]
    assert len({*seen, *(each.unit.id for each in found.left_out)}) == len(units)


def test_the_order_of_the_units_changes_nothing() -> None:
    made = [unit_of(n, f"E{n:03} {ABLE[n % 3]} {n % 7}") for n in range(3 * FIRST_LOOK)]
    plan = plan_of("engine:9 ladder:2 rescue:2 boat:1")

    def sent(some: list[tuple[UnitNow, float]]) -> list[str]:
        found = rank([u for u, _ in some], plan, [s for _, s in some], AT, turnout_s=TURNOUT)
        return [offer.unit.callsign for offer in found.offers]

    assert sent(made) == sent(made[::-1])
    assert len(sent(made)) == 13


def test_a_rare_capability_is_found_behind_many_nearer_units() -> None:
    made = [unit_of(n, f"E{n} engine {n}") for n in range(2 * FIRST_LOOK)]
    made.append(unit_of(9999, "L1 ladder 9999"))
    found = rank(
        [u for u, _ in made], plan_of("engine:1 ladder:1"), [s for _, s in made], AT, turnout_s=TURNOUT
    )
    assert [offer.unit.callsign for offer in found.offers] == ["E0", "L1"]
