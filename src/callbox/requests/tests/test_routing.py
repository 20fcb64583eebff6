# SPDX-License-Identifier: Apache-2.0
"""Who deals with what: of the rules that fit, the narrowest decides."""

from datetime import datetime

import pytest

from callbox.kernel.tables import TableError
from callbox.requests.areas import Located
from callbox.requests.routing import RuleChange, Was, changes, elsewhere, parse_rules
from callbox.requests.tests.drawn import rules

IN_S = Located("D1", "G1", "S1")
DAY = datetime(2026, 11, 2, 10)  # noqa: DTZ001 - the city's own time
NIGHT = datetime(2026, 11, 2, 23, 30)  # noqa: DTZ001
TABLE = rules(
    "*        *  -           city     -        -",
    "road/*   *  -           roads    -        city",
    "road/*   D2 -           roads-2  -        city",
    "road.pit *  -           pits     -        roads",
    "road.pit D1 -           pits-1   -        roads",
    "road.pit S1 -           pits-s   gas+tel  roads",
    "road.pit S1 22:00-06:00 night    -        roads",
    "noise/*  *  22:00-06:00 police   -        -",
)


@pytest.mark.parametrize(
    ("category", "located", "local", "lead", "why"),
    [
        ("road.pit", IN_S, DAY, "pits-s", "category/sub_grid"),
        ("road.pit", IN_S, NIGHT, "night", "category/sub_grid"),
        ("road.pit", Located("D1", "G1", "S2"), DAY, "pits-1", "category/district"),
        ("road.pit", Located("D2"), DAY, "pits", "category/any"),  # the category goes before the area
        ("road.sign", Located("D2"), DAY, "roads-2", "group/district"),
        ("road.sign", Located(), DAY, "roads", "group/any"),
        ("noise.shop", IN_S, NIGHT, "police", "group/any"),
        ("noise.shop", IN_S, DAY, "city", "any/any"),
        ("tree", IN_S, DAY, "city", "any/any"),
    ],
)
def test_the_narrowest_rule_decides(
    category: str, located: Located, local: datetime, lead: str, why: str
) -> None:
    found = parse_rules(TABLE).decide(category, category.split(".")[0], located, local)
    assert found is not None
    assert (found.lead, found.why) == (lead, why)


def test_what_was_decided_names_rule_assisting_agencies_and_backstop() -> None:
    found = parse_rules(TABLE).decide("road.pit", "road", IN_S, DAY)
    assert found is not None
    assert (found.rule, found.assisting, found.backstop) == (
        "road.pit/S1/*/2026-01-01",
        ("gas", "tel"),
        "roads",
    )


def test_a_rule_holds_from_its_first_day_until_its_last_but_one() -> None:
    text = TABLE.replace("2026-01-01\t\troad.pit\tD1", "2026-03-01\t2026-04-01\troad.pit\tD1")
    by_day = {day: parse_rules(text).decide("road.pit", "road", Located("D1"), datetime.fromisoformat(day)) for day in
              ("2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01")}  # fmt: skip
    assert [found.lead if found else "" for found in by_day.values()] == ["pits", "pits-1", "pits-1", "pits"]


def test_where_no_rule_fits_nobody_is_named() -> None:
    assert parse_rules(rules("a * - x - -")).decide("b", "g", IN_S, DAY) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (rules("a * - x - -", "a * - y - -"), "in force already"),
        (rules("a * 25:00-1 x - -"), "write hours as"),
        (rules("a * - - - -"), "'lead' is empty"),
        (rules("a * - x - -").replace("2026-01-01", "soon"), "write it as 2026-01-31"),
        ("valid_from\tcategory\n2026-01-01\ta", "there is no column"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, why: str) -> None:
    with pytest.raises(TableError, match=why):
        parse_rules(text)


def test_one_rule_may_follow_another() -> None:
    first = rules("a * - x - -").replace("2026-01-01\t", "2026-01-01\t2026-06-01")
    again = rules("a * - y - -").splitlines()[1].replace("2026-01-01", "2026-06-01")
    assert len(parse_rules(f"{first}\n{again}").rules) == 2


def test_new_rules_are_tried_on_what_was() -> None:
    new = parse_rules(TABLE.replace("\tpits-1\t", "\tpits-9\t"))
    was = [
        Was("road.pit", "road", Located("D1"), DAY, "pits-1"),
        Was("road.pit", "road", Located("D1"), DAY, "pits-1"),
        Was("road.pit", "road", IN_S, DAY, "pits-s"),
        Was("tree", "tree", Located(), DAY, ""),
    ]
    assert elsewhere(new, iter(was)) == (4, {("pits-1", "pits-9"): 2, ("", "city"): 1})


def test_each_rule_that_differs_is_told() -> None:
    old, new = (
        parse_rules(TABLE),
        parse_rules(TABLE.replace("\tpits-1\t", "\tpits-9\t").replace("noise/*", "smell/*")),
    )
    assert changes(old, new) == [
        RuleChange("gone", "noise/*/*/22:00-06:00/2026-01-01"),
        RuleChange("altered", "road.pit/D1/*/2026-01-01"),
        RuleChange("new", "smell/*/*/22:00-06:00/2026-01-01"),
    ]
