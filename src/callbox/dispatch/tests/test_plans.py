# SPDX-License-Identifier: Apache-2.0
from datetime import date
from itertools import product

import pytest

from callbox.dispatch.plans import PlanRow, build_plans, load_capabilities, load_plans, plan_for
from callbox.kernel.tables import TableError, parse_table, read_table

DAY = date(2026, 11, 22)
HEADER = "valid_from\tvalid_to\tid\tscope\tpriorities\tarea\talarm\tneeds\n"
ALWAYS = "2026-01-01\t\tall\t*\t1-5\t*\t1\tpatrol:1\n"


def table_of(*lines: str) -> tuple[PlanRow, ...]:
    text = HEADER + ALWAYS + "".join(f"2026-01-01\t\t{line}\n" for line in lines)
    return build_plans(parse_table(text, "plans.tsv"), load_capabilities(), DAY)


@pytest.mark.parametrize(
    ("said", "asked", "row"),
    [
        ("a building on fire, urgent", ("FIRE.BUILDING", "fire", 1, (), 1), "building_1"),
        ("the same, a little less urgent", ("FIRE.BUILDING", "fire", 2, (), 1), "building_2"),
        ("an ordinary vegetation fire", ("FIRE.VEGETATION", "fire", 2, (), 1), "fire_1"),
        ("a second alarm is the group's", ("FIRE.BUILDING", "fire", 1, (), 2), "fire_2"),
        ("a third alarm", ("FIRE.ALARM", "fire", 3, (), 3), "fire_3"),
        ("noise", ("POL.NOISE", "police", 5, (), 1), "police_low"),
        ("something new of no known group", ("NEW.THING", "new", 3, (), 1), "any_low"),
        ("a second alarm of something new", ("NEW.THING", "new", 1, (), 2), "any_2"),
        ("cardiac arrest", ("MED.ARREST", "medical", 1, (), 1), "arrest"),
        ("sick person", ("MED.SICK", "medical", 4, (), 1), "med_low"),
    ],
)
def test_what_is_sent(said: str, asked: tuple[str, str, int, tuple[str, ...], int], row: str) -> None:
    assert plan_for(*asked, load_plans(DAY)).row == row, said


def test_the_most_specific_row_decides() -> None:
    table = table_of(
        "group\tgroup:fire\t1-5\t*\t1\tengine:1",
        "type\tFIRE.BUILDING\t1-5\t*\t1\tengine:2",
        "range\tFIRE.BUILDING\t1-2\t*\t1\tengine:3",
        "harbour\tFIRE.BUILDING\t1-5\tharbour\t1\tengine:2 boat:1",
        "second\tgroup:fire\t1-5\t*\t2\tengine:5",
    )

    def row(code: str, priority: int, areas: tuple[str, ...] = (), alarm: int = 1) -> str:
        return plan_for(code, "fire", priority, areas, alarm, table).row

    assert row("FIRE.SMOKE", 1) == "group"
    assert row("FIRE.BUILDING", 3) == "type"
    assert row("FIRE.BUILDING", 1) == "range"
    assert row("FIRE.BUILDING", 1, ("centre", "harbour")) == "harbour"
    assert row("FIRE.BUILDING", 1, ("harbour",), 2) == "second"
    assert row("FIRE.BUILDING", 1, ("harbour",), 3) == "second"
    assert plan_for("POL.NOISE", "police", 5, (), 1, table).row == "all"


def test_the_first_of_equal_rows_decides() -> None:
    table = table_of("a\tgroup:fire\t1-5\t*\t1\tengine:1", "b\tgroup:fire\t1-5\t*\t1\tengine:2")
    assert plan_for("FIRE.SMOKE", "fire", 3, (), 1, table).row == "a"


def test_a_higher_alarm_never_needs_less() -> None:
    for row in load_plans(DAY):
        group = row.scope.removeprefix("group:")
        if row.scope.startswith("group:"):
            for priority, alarm in product(range(1, 6), (1, 2)):
                before = plan_for("X", group, priority, (), alarm, load_plans(DAY)).requirements
                after = plan_for("X", group, priority, (), alarm + 1, load_plans(DAY)).requirements
                assert sum(need.count for need in before) < sum(need.count for need in after)


def test_every_row_of_the_table_decides_for_somebody() -> None:
    table = load_plans(DAY)
    for row in table:
        code = row.scope if "." in row.scope else "X"
        group = row.scope.removeprefix("group:")
        found = {plan_for(code, group, p, (row.area,), row.alarm, table).row for p in range(1, 6)}
        assert row.id in found


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("x\t*\t1-5\t*\t1\tengin:1", "'engin' is no capability; known are engine"),
        ("x\t*\t1-5\t*\t1\tengine", "should read capability:count"),
        ("x\t*\t1-5\t*\t1\tengine:0", "count of 1 or more"),
        ("x\t*\t3-1\t*\t1\tengine:1", "a range such as 1-3"),
        ("x\t*\tall\t*\t1\tengine:1", "a range such as 1-3"),
        ("x\t*\t1-5\t*\t4\tengine:1", "whole number from 1 to 3"),
        ("all\t*\t1-5\t*\t1\tengine:1", "an id is in force twice"),
    ],
)
def test_a_wrong_line_is_named(line: str, says: str) -> None:
    with pytest.raises(TableError, match=says):
        table_of(line)


def test_a_table_must_answer_for_every_priority() -> None:
    text = HEADER + ALWAYS.replace("1-5", "1-4")
    with pytest.raises(TableError, match="covers priority 5"):
        build_plans(parse_table(text, "plans.tsv"), load_capabilities(), DAY)
    with pytest.raises(TableError, match="no row fits"):
        plan_for("X", "x", 1, (), 1, ())


def test_scopes_and_capabilities_of_the_table_exist() -> None:
    types = {row["code"]: row["group"] for row in read_table("callbox.incidents", "types.tsv")}
    known = {"*", *types, *(f"group:{group}" for group in types.values())}
    assert {row.scope for row in load_plans(DAY)} <= known
