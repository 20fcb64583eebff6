# SPDX-License-Identifier: Apache-2.0
"""Handing a matter over between the emergency line and the civic line (110 and 12345). Part of the domain: pure.

Who gives it owns it until the other line has taken it on (先行受理), and it is a matter of its own until then: whatever
becomes of the call that brought it, somebody still has to answer for it.
"""

from collections.abc import Mapping
from functools import cache

from callbox.incidents.actions import DESK as DISPATCH_DESK
from callbox.intake.domain import QUEUE
from callbox.kernel.tables import Words, read_table
from callbox.kernel.workflow import Workflow, step
from callbox.matters.domain import register
from callbox.requests.domain import DESK, ROOM

KIND = "handover"
OPEN, TAKEN, KEPT = "open", "taken", "kept"
CALL, INCIDENT, REQUEST = "call", "incident", "request"
GIVERS: Mapping[str, str] = {CALL: QUEUE, INCIDENT: DISPATCH_DESK, REQUEST: DESK}
DANGER = "danger"
EMERGENCY, CIVIC = "emergency", "civic"

WORKFLOW = register(
    Workflow(
        KIND,
        version=1,
        start=OPEN,
        final=frozenset({TAKEN, KEPT}),
        moves=(
            step("talk", OPEN, needs="result"),
            step("take", OPEN, TAKEN, needs="became", closes=True),
            step("keep", OPEN, KEPT, needs="reason", closes=True),
        ),
    )
)


def giver_line(source: str) -> str:
    """Which line gives what comes from there."""
    return CIVIC if source == REQUEST else EMERGENCY


def taker_of(source: str) -> str:
    """The desk of the other line: what comes from an emergency goes to the civic line, and the other way round."""
    return DISPATCH_DESK if source == REQUEST else DESK


def to_civic_line() -> Mapping[str, Words]:
    """The reasons for which something goes to the civic line: danger never does."""
    return {code: words for code, words in load_reasons().items() if code != DANGER}


@cache
def load_reasons() -> Mapping[str, Words]:
    """Why something is for the other line, by code; raises TableError."""
    return {row.need("code"): row.words() for row in read_table(ROOM, "handover_reasons.tsv")}
