# SPDX-License-Identifier: Apache-2.0
import pytest

from callbox.kernel.errors import Conflict, Invalid
from callbox.kernel.workflow import Workflow, check_move, step

WORKFLOW = Workflow(
    "thing",
    version=1,
    start="new",
    final=frozenset({"done"}),
    moves=(
        step("begin", "new", "going"),
        step("note", "new going"),
        step("finish", "going", "done", needs="how"),
    ),
)


def test_states_and_possible_moves() -> None:
    assert WORKFLOW.states == {"new", "going", "done"}
    assert [move.name for move in WORKFLOW.possible("new")] == ["begin", "note"]
    assert WORKFLOW.possible("done") == ()


@pytest.mark.parametrize(
    ("state", "name", "facts", "refusal", "said"),
    [
        ("new", "leap", {}, Invalid, "Known steps: begin, note, finish"),
        ("done", "begin", {}, Conflict, "already “done”"),
        ("going", "finish", {}, Invalid, "needs: how"),
        ("going", "finish", {"how": ""}, Invalid, "needs: how"),
    ],
)
def test_refusals_say_what_to_do(
    state: str, name: str, facts: dict[str, object], refusal: type[Exception], said: str
) -> None:
    with pytest.raises(refusal, match=said):
        check_move(WORKFLOW, state, name, facts)


def test_a_missing_fact_is_named_by_field() -> None:
    with pytest.raises(Invalid) as refused:
        check_move(WORKFLOW, "going", "finish", {})
    assert set(refused.value.fields) == {"how"}


def test_a_false_or_zero_fact_is_a_fact() -> None:
    assert check_move(WORKFLOW, "going", "finish", {"how": 0}).to == "done"


def test_two_moves_of_one_name_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="same name"):
        Workflow("twice", version=1, start="a", final=frozenset(), moves=(step("x", "a"), step("x", "a")))
