# SPDX-License-Identifier: Apache-2.0
"""Every workflow walked at random: whatever is tried, state and journal agree and the matter has an owner."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.world import AT

from callbox.journal import queries as journal
from callbox.journal.domain import first_misfit
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Refusal
from callbox.kernel.ids import new_id
from callbox.kernel.workflow import Workflow
from callbox.matters import actions
from callbox.matters.domain import Change
from callbox.matters.models import Matter

WORKFLOWS: list[Workflow] = [
    import_module("callbox.intake.domain").WORKFLOW,
    import_module("callbox.incidents.domain").WORKFLOW,
    import_module("callbox.dispatch.domain").UNIT_WORKFLOW,
    import_module("callbox.dispatch.domain").ASSIGNMENT_WORKFLOW,
    import_module("callbox.coordination.domain").WORKFLOW,
    import_module("callbox.requests.domain").WORKFLOW_1,
    import_module("callbox.requests.domain").WORKFLOW,
    import_module("callbox.requests.lines").WORKFLOW,
]


def anybody(workflow: Workflow) -> Actor:
    return Actor(
        "person:any",
        frozenset({"any"}),
        powers={f"{workflow.kind}.{name}": ("any", "any") for name in ("open", *workflow.by_name)},
    )


@pytest.mark.django_db
@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.kind)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_random_walk_leaves_state_and_journal_agreed(workflow: Workflow, data: st.DataObject) -> None:
    by = anybody(workflow)
    with transaction.atomic():
        matter = actions.open_matter(workflow, new_id(), owner="desk:x", scope=[], by=by, at=AT)
    names = data.draw(st.lists(st.sampled_from(sorted(workflow.by_name)), max_size=12))
    made = 0
    for number, name in enumerate(names):
        before = matter.state
        facts = dict.fromkeys(workflow.by_name[name].needs, "given")
        try:
            with transaction.atomic():
                actions.move(matter, name, Change(facts), by=by, at=AT + timedelta(seconds=number))
        except Refusal:
            assert before not in workflow.by_name[name].sources
            continue
        made += 1
        assert before in workflow.by_name[name].sources
    stored = Matter.objects.get(pk=matter.pk)
    history = journal.history(matter.id)
    assert first_misfit(history) is None
    assert (history[-1].becomes, len(history), stored.version) == (stored.state, made + 1, made + 1)
    assert stored.owner
    assert stored.final == (stored.state in workflow.final) == (stored.closed_at is not None)
    assert stored.round == 1 + sum(
        1 for e in history if e.move != "open" and workflow.by_name[e.move].new_round
    )


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.kind)
def test_every_state_can_be_reached_and_every_open_one_left(workflow: Workflow) -> None:
    reached, waiting = {workflow.start}, [workflow.start]
    while waiting:
        for step in workflow.possible(waiting.pop()):
            if step.to and step.to not in reached:
                reached.add(step.to)
                waiting.append(step.to)
    starts_elsewhere = {"stacked"} if workflow.kind == "assignment" else set()
    assert reached | starts_elsewhere == workflow.states
    for state in workflow.states - workflow.final:
        assert any(step.to not in (None, state) for step in workflow.possible(state)), state
