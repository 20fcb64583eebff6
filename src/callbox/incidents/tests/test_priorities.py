# SPDX-License-Identifier: Apache-2.0
from datetime import date
from importlib.resources import files
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from callbox.incidents.catalogue import ROOM, check_answers, load_questions, load_types
from callbox.incidents.priorities import build_table, load_priorities, priority_for
from callbox.kernel.errors import Invalid, NotFound
from callbox.kernel.tables import TableError, parse_table, read_table

DAY = date(2026, 11, 22)
SITUATIONS = yaml.safe_load(files("callbox.incidents.tests").joinpath("priorities.yaml").read_text("utf-8"))
HEADER = "id\tvalid_from\tvalid_to\tscope\twhen\teffect\tpriority\ten\tzh\n"

types_of_ours = st.sampled_from(sorted(load_types()))
any_answers = st.fixed_dictionaries(
    {}, optional={code: st.sampled_from(sorted(q.answers)) for code, q in load_questions().by_code.items()}
)


@pytest.mark.parametrize("told", SITUATIONS, ids=lambda told: f"{told['type']} {told['answers']}")
def test_priority_as_the_accountable_people_wrote_it(told: dict[str, Any]) -> None:
    decision = priority_for(told["type"], told["answers"], load_priorities(DAY))
    assert (decision.priority, decision.row) == (told["priority"], told["row"])
    assert decision.because.en
    assert decision.because.zh


@settings(deadline=None)
@given(types_of_ours, any_answers)
def test_every_type_with_any_answers_gets_one_priority(code: str, answers: dict[str, str]) -> None:
    check_answers(answers)
    assert priority_for(code, answers, load_priorities(DAY)).priority in {1, 2, 3, 4, 5}


@settings(deadline=None)
@given(types_of_ours, any_answers, any_answers)
def test_no_further_answer_undoes_what_was_raised(
    code: str, first: dict[str, str], more: dict[str, str]
) -> None:
    table = load_priorities(DAY)
    before, after = priority_for(code, first, table), priority_for(code, more | first, table)
    if before.priority < table.by_type[code].priority:
        assert after.priority <= before.priority


@pytest.mark.parametrize("row", read_table(ROOM, "priorities.tsv"), ids=lambda row: row["id"])
def test_every_row_decides_for_someone_who_is_asked_its_questions(row: Any) -> None:
    table, questions = load_priorities(DAY), load_questions()
    answers = dict(part.split("=") for part in row["when"].split("&") if part)
    decided = {
        kind.code
        for kind in load_types().values()
        if priority_for(kind.code, answers, table).row == row["id"]
        and set(answers) <= {question.code for question in questions.asked_of(kind)}
    }
    assert decided, "nobody is ever asked this, or another row always wins"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            "x\t2026-01-01\t\tFIRE.BUILDING\tflames=perhaps\traise\t1\ta\tb",
            "no answer to flames; it offers yes, no",
        ),
        ("x\t2026-01-01\t\tFIRE.BUILDING\tflame=yes\traise\t1\ta\tb", "'flame' is no question"),
        ("x\t2026-01-01\t\tFIRE.SHED\tflames=yes\traise\t1\ta\tb", "'FIRE.SHED' is no type"),
        ("x\t2026-01-01\t\tFIRE.BUILDING\tflames=yes\traise\t6\ta\tb", "whole number from 1 to 5"),
        ("x\t2026-01-01\t\tFIRE.BUILDING\t\traise\t1\ta\tb", "every other row has a condition"),
        ("x\t2026-01-01\t\tFIRE.BUILDING\tflames=yes\tdefault\t1\ta\tb", "no condition"),
        ("x\t1 January\t\tFIRE.BUILDING\tflames=yes\traise\t1\ta\tb", "write it as 2026-01-31"),
        ("x\t2026-01-01\t\tFIRE.BUILDING\tflames=yes\traise\t1\ta\t", "column 'zh' is empty"),
        ("x\t2026-01-01", "2 cells, the header has 9"),
        ("x\t2026-01-01\t\tFIRE.BUILDING\t\tdefault\t2\ta\tb", "no default row is in force"),
    ],
)
def test_a_wrong_line_is_named_with_what_is_wrong(line: str, says: str) -> None:
    with pytest.raises(TableError, match=says):
        build_table(parse_table(HEADER + line, "p.tsv"), load_types(), load_questions(), DAY)


def test_the_table_of_the_day_is_used() -> None:
    lines = [
        "old\t2025-01-01\t2026-06-01\tPOL.NOISE\t\tdefault\t5\ta\tb",
        "new\t2026-06-01\t\tPOL.NOISE\t\tdefault\t4\ta\tb",
    ]
    types = {"POL.NOISE": load_types()["POL.NOISE"]}

    def row_on(day: date) -> str:
        table = build_table(parse_table(HEADER + "\n".join(lines), "p.tsv"), types, load_questions(), day)
        return priority_for("POL.NOISE", {}, table).row

    assert [row_on(date(2026, 5, 31)), row_on(date(2026, 6, 1))] == ["old", "new"]


def test_an_id_stands_once_a_day() -> None:
    line = "one\t2026-01-01\t\tPOL.NOISE\t\tdefault\t5\ta\tb\n"
    with pytest.raises(TableError, match="row one is in force twice"):
        build_table(parse_table(HEADER + line * 2, "p.tsv"), load_types(), load_questions(), DAY)


def test_an_unknown_type_is_refused_and_unknown_answers_are_named() -> None:
    with pytest.raises(NotFound):
        priority_for("FIRE.SHED", {}, load_priorities(DAY))
    with pytest.raises(Invalid) as refusal:
        check_answers({"flames": "perhaps", "colour": "red", "awake": "yes"})
    assert set(refusal.value.fields) == {"flames", "colour"}


def test_a_lowering_row_never_raises() -> None:
    lines = [
        "usual\t2026-01-01\t\tFIRE.SMOKE\t\tdefault\t4\ta\tb",
        "out\t2026-01-01\t\tgroup:fire\tfire_out=yes\tlower\t3\ta\tb",
    ]
    types = {"FIRE.SMOKE": load_types()["FIRE.SMOKE"]}
    table = build_table(parse_table(HEADER + "\n".join(lines), "p.tsv"), types, load_questions(), DAY)
    assert priority_for("FIRE.SMOKE", {"fire_out": "yes"}, table).row == "usual"
