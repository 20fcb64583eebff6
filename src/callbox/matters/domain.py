# SPDX-License-Identifier: Apache-2.0
"""The foundation's words: the registry of workflows, what a move answers, the moves that every kind has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from callbox.kernel.calendars import Calendar
from callbox.kernel.errors import NotFound
from callbox.kernel.terms import Term
from callbox.kernel.workflow import Workflow

WORKFLOWS: dict[tuple[str, int], Workflow] = {}

OFFERED, ACCEPTED, REFUSED, TIMED_OUT, WITHDRAWN = "offered", "accepted", "refused", "timed_out", "withdrawn"


def register(workflow: Workflow) -> Workflow:
    """Make a workflow known under its kind and version; once each."""
    key = (workflow.kind, workflow.version)
    if WORKFLOWS.get(key, workflow) is not workflow:
        raise ValueError(f"workflow {key} is registered twice")
    WORKFLOWS[key] = workflow
    return workflow


def workflow_of(kind: str, version: int) -> Workflow:
    """The workflow under which a matter began. Raises NotFound for a kind that is not built."""
    try:
        return WORKFLOWS[kind, version]
    except KeyError:
        raise NotFound from None


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move did: the matter's new state and version, and the entry that tells of it."""

    id: UUID
    was: str
    state: str
    version: int
    entry: int


@dataclass(frozen=True, slots=True)
class Promised:
    """What a clock promises: the term, the rule it comes from, the ladder to climb as it gets late ("": none).

    chosen_for: the kind of agency and the priority that the rule was chosen for, as `city/3`, and edition: from which
    edition of the table; "" where no table promises it.
    """

    term: Term
    rule: str = ""
    ladder: str = ""
    chosen_for: str = ""
    edition: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """What a move says beside its name.

    facts: for the journal, never personal. clocks: how long each clock that the move starts runs, as
    a length or as a promise that the calendar decides.
    owner: the new owner, if it changes. add_scope, drop_scope: who sees the matter from now on, or no more.
    seen: the version that the person looked at; the move is refused when anybody has changed the matter since. That a
    clock ran out, or a step of its ladder was taken, is no such change.
    calendar: the one in force, when it has been read.
    """

    facts: Mapping[str, object] = field(default_factory=dict)
    clocks: Mapping[str, timedelta | Promised] = field(default_factory=dict)
    owner: str | None = None
    add_scope: frozenset[str] = frozenset()
    drop_scope: frozenset[str] = frozenset()
    seen: int | None = None
    calendar: Calendar | None = None


NOTHING = Change()


@dataclass(frozen=True, slots=True)
class Opening:
    """A matter that begins: its id, when it is so, and what its first entry says. Its clocks run from then on."""

    id: UUID
    at: datetime
    change: Change = NOTHING
