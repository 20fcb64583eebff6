# SPDX-License-Identifier: Apache-2.0
"""The incident's states and moves, and what a screen may show of it. Pure."""

from callbox.kernel.workflow import Workflow, step
from callbox.matters.domain import register

KIND = "incident"
REPORTED, ASSESSED, DISPATCHED, ON_SCENE = "reported", "assessed", "dispatched", "on_scene"
CLOSED, MERGED = "closed", "merged"
OPEN = f"{REPORTED} {ASSESSED} {DISPATCHED} {ON_SCENE}"
CLASSIFIED = f"{ASSESSED} {DISPATCHED} {ON_SCENE}"

DISPATCH_CLOCK, ARRIVAL_CLOCK = "dispatch", "arrival"
MAX_ALARM_LEVEL = 3

WORKFLOW = register(
    Workflow(
        KIND,
        version=1,
        start=REPORTED,
        final=frozenset({CLOSED, MERGED}),
        moves=(
            step("classify", REPORTED, ASSESSED, needs="type priority", starts=DISPATCH_CLOCK),
            step("reclassify", CLASSIFIED, needs="type priority"),
            step("relocate", OPEN),
            step("add_call", OPEN, needs="call"),
            step("remark", f"{OPEN} {CLOSED}", needs="remark"),
            step("add_picture", f"{OPEN} {CLOSED}", needs="picture digest"),
            step("send", ASSESSED, DISPATCHED, needs="unit", stops=DISPATCH_CLOCK, starts=ARRIVAL_CLOCK),
            step("add_unit", f"{DISPATCHED} {ON_SCENE}", needs="unit"),
            step("arrive", DISPATCHED, ON_SCENE, needs="unit", stops=ARRIVAL_CLOCK),
            step(
                "stand_down", f"{DISPATCHED} {ON_SCENE}", ASSESSED, stops=ARRIVAL_CLOCK, starts=DISPATCH_CLOCK
            ),
            step("raise_alarm", CLASSIFIED, needs="level"),
            step("safety_alarm", OPEN, needs="unit"),
            step("safety_clear", OPEN, needs="reason"),
            step("respond", CLASSIFIED, needs="level lead"),
            step("name_lead", f"{OPEN} {CLOSED}", needs="agency"),
            step("take_part", OPEN, needs="agency task"),
            step("leave", f"{OPEN} {CLOSED} {MERGED}", needs="agency"),
            step("task_step", f"{OPEN} {CLOSED} {MERGED}", needs="task step"),
            step("merge", OPEN, MERGED, needs="into", closes=True),
            step("close", OPEN, CLOSED, needs="disposition", closes=True),
            step("reopen", CLOSED, ASSESSED, needs="reason", new_round=True, starts=DISPATCH_CLOCK),
        ),
    )
)
