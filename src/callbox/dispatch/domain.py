# SPDX-License-Identifier: Apache-2.0
"""Units and assignments, two layers: a unit is available or not; an assignment has its milestones. Pure."""

from callbox.kernel.workflow import Workflow, step
from callbox.matters.domain import register

UNIT, ASSIGNMENT = "unit", "assignment"

OFF_DUTY, AVAILABLE, CONDITIONAL, UNAVAILABLE = "off_duty", "available", "conditional", "unavailable"
ON_DUTY = f"{AVAILABLE} {CONDITIONAL} {UNAVAILABLE}"

STACKED, ASSIGNED, ACKNOWLEDGED, EN_ROUTE = "stacked", "assigned", "acknowledged", "en_route"
ON_SCENE, CLEAR, WITHDRAWN = "on_scene", "clear", "withdrawn"
BEFORE_SCENE = f"{ASSIGNED} {ACKNOWLEDGED} {EN_ROUTE}"
ACTIVE = f"{BEFORE_SCENE} {ON_SCENE}"

ACKNOWLEDGE_CLOCK = "acknowledge"
MILESTONES = {
    "acknowledge": "acknowledged_at",
    "go": "en_route_at",
    "arrive": "on_scene_at",
    "clear": "clear_at",
}

UNIT_WORKFLOW = register(
    Workflow(
        UNIT,
        version=1,
        start=OFF_DUTY,
        final=frozenset(),
        moves=(
            step("begin_duty", OFF_DUTY, AVAILABLE),
            step("end_duty", ON_DUTY, OFF_DUTY),
            step("set_available", f"{CONDITIONAL} {UNAVAILABLE}", AVAILABLE),
            step("set_conditional", f"{AVAILABLE} {UNAVAILABLE}", CONDITIONAL, needs="reason"),
            step("set_unavailable", f"{AVAILABLE} {CONDITIONAL}", UNAVAILABLE, needs="reason"),
        ),
    )
)

ASSIGNMENT_WORKFLOW = register(
    Workflow(
        ASSIGNMENT,
        version=1,
        start=ASSIGNED,
        final=frozenset({CLEAR, WITHDRAWN}),
        moves=(
            step("activate", STACKED, ASSIGNED, starts=ACKNOWLEDGE_CLOCK),
            step("stack", ACTIVE, STACKED, stops=ACKNOWLEDGE_CLOCK),
            step("acknowledge", ASSIGNED, ACKNOWLEDGED, stops=ACKNOWLEDGE_CLOCK),
            step("go", f"{ASSIGNED} {ACKNOWLEDGED}", EN_ROUTE, stops=ACKNOWLEDGE_CLOCK),
            step("arrive", BEFORE_SCENE, ON_SCENE, stops=ACKNOWLEDGE_CLOCK),
            step("clear", f"{STACKED} {ACTIVE}", CLEAR, closes=True),
            step("recall", f"{STACKED} {BEFORE_SCENE}", WITHDRAWN, needs="reason", closes=True),
            step("divert", f"{STACKED} {BEFORE_SCENE}", WITHDRAWN, needs="to", closes=True),
            step("cancel", f"{STACKED} {ASSIGNED}", WITHDRAWN, needs="reason", closes=True),
            step("correct", f"{ACTIVE} {CLEAR}", needs="milestone was now reason"),
        ),
    )
)
