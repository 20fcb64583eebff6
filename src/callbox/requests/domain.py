# SPDX-License-Identifier: Apache-2.0
"""The request's states and moves, how it may end, and what its journal says about its promises. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from callbox.kernel.tables import TableError, Words, read_table
from callbox.kernel.workflow import Workflow, step
from callbox.matters.domain import register

KIND = "request"
ROOM = "callbox.requests"
DESK, SUPERVISORS = "desk:requests", "desk:supervision"
RECEIVED, ASSIGNED, RETURNED, ACCEPTED = "received", "assigned", "returned", "accepted"
SUSPENDED, ANSWERED, SUPERVISED = "suspended", "answered", "supervised"
CLOSED, MERGED, WITHDRAWN = "closed", "merged", "withdrawn"
WAITING = f"{RECEIVED} {RETURNED} {SUPERVISED}"
SIGN_FOR, FIRST_CONTACT, RESOLVE, CALL_BACK = "sign_for", "first_contact", "resolve", "call_back"
SUPERVISION = "supervision"
# Steps of who leads alone.
LEADS = frozenset({"accept", "return", "contact", "suspend", "resume", "feed_back"})
BY_RULE, TO_BACKSTOP = "by_rule", "backstop"
BY_ARTICLE = "answered_by_article"  # a disposition that only an article brings with it
ARTICLE = "article"  # the fact by which an entry names it

_UNASKED = f"{RECEIVED} {RETURNED}"
_OPEN = f"{_UNASKED} {ASSIGNED} {ACCEPTED} {SUSPENDED} {ANSWERED}"
# Version 1: nobody was asked at the end. What began under it ends under it.
WORKFLOW_1 = register(
    Workflow(
        KIND,
        version=1,
        start=RECEIVED,
        final=frozenset({CLOSED, MERGED, WITHDRAWN}),
        moves=(
            step("assign", _UNASKED, ASSIGNED, needs="agency why", starts=SIGN_FOR),
            step(
                "reassign",
                f"{ASSIGNED} {ACCEPTED} {SUSPENDED}",
                ASSIGNED,
                needs="agency reason",
                stops=FIRST_CONTACT,
                starts=SIGN_FOR,
            ),
            step("accept", ASSIGNED, ACCEPTED, stops=SIGN_FOR, starts=f"{FIRST_CONTACT} {RESOLVE}"),
            step("return", ASSIGNED, RETURNED, needs="reason", stops=SIGN_FOR),
            step("contact", ACCEPTED, needs="result", stops=FIRST_CONTACT),
            step("suspend", ACCEPTED, SUSPENDED, needs="reason"),
            step("resume", SUSPENDED, ACCEPTED),
            step(
                "feed_back",
                ACCEPTED,
                ANSWERED,
                needs="result",
                stops=f"{FIRST_CONTACT} {RESOLVE}",
                starts=CALL_BACK,
            ),
            step("close", f"{RECEIVED} {ANSWERED}", CLOSED, needs="disposition", closes=True),
            step("reopen", CLOSED, ASSIGNED, needs="reason", new_round=True, starts=SIGN_FOR),
            step("remark", f"{_OPEN} {CLOSED}", needs="remark"),
            step("hide_reporter", f"{_OPEN} {CLOSED}"),
            step("show_reporter", f"{_OPEN} {CLOSED}"),
            step("withdraw", _OPEN, WITHDRAWN, needs="reason", closes=True),
            step("merge", _OPEN, MERGED, needs="into", closes=True),
        ),
    )
)
_OPEN_NOW = f"{_OPEN} {SUPERVISED}"
_ASKED = (
    step("assign", WAITING, ASSIGNED, needs="agency why", stops=SUPERVISION, starts=SIGN_FOR),
    step("ask", f"{ANSWERED} {CLOSED}", needs="said", stops=CALL_BACK),
    step("close", f"{RECEIVED} {ANSWERED} {SUPERVISED}", CLOSED, needs="disposition", closes=True),
    step(
        "reopen",
        f"{ANSWERED} {CLOSED}",
        ASSIGNED,
        needs="reason",
        new_round=True,
        stops=CALL_BACK,
        starts=SIGN_FOR,
    ),
    step(
        "supervise",
        f"{ANSWERED} {CLOSED}",
        SUPERVISED,
        needs="reason",
        new_round=True,
        stops=CALL_BACK,
        starts=SUPERVISION,
    ),
    step("remark", f"{_OPEN_NOW} {CLOSED}", needs="remark"),
    step("add_picture", _OPEN_NOW, needs="picture digest"),
    step("hide_reporter", f"{_OPEN_NOW} {CLOSED}"),
    step("show_reporter", f"{_OPEN_NOW} {CLOSED}"),
    step("withdraw", _OPEN_NOW, WITHDRAWN, needs="reason", closes=True),
    step("merge", _OPEN_NOW, MERGED, needs="into", closes=True),
)
# Version 2: the resident is asked at the end; who is not satisfied twice is a supervisor's to look after.
WORKFLOW_2 = register(
    Workflow(
        KIND,
        version=2,
        start=RECEIVED,
        final=WORKFLOW_1.final,
        moves=tuple({each.name: each for each in (*WORKFLOW_1.moves, *_ASKED)}.values()),
    )
)
_CLOSES = step("close", f"{WAITING} {ANSWERED}", CLOSED, needs="disposition", closes=True)
# Version 3: what an agency has given back, the desk may answer itself and close.
WORKFLOW = register(
    Workflow(
        KIND,
        version=3,
        start=RECEIVED,
        final=WORKFLOW_1.final,
        moves=tuple({each.name: each for each in (*WORKFLOW_2.moves, _CLOSES)}.values()),
    )
)


@cache
def load_dispositions() -> Mapping[str, Words]:
    """How a request may end, by code, in the order of the file; raises TableError."""
    return {row.need("code"): row.words() for row in read_table(ROOM, "dispositions.tsv")}


@cache
def limit(name: str, on: date) -> int:
    """A number that the authority sets, as in force on a day; raises TableError."""
    for row in read_table(ROOM, "limits.tsv"):
        if row["name"] == name and row.in_force(on):
            return row.whole("value", 0, 1_000)
    raise TableError(f"limits.tsv: nothing says {name} on {on}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One journal entry of a request, as far as promises go. facts: as they are in the journal."""

    move: str
    at: datetime
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Kept:
    """What was promised of one clock, and when it was answered. Either may be None: nothing promised, not yet."""

    due_at: datetime | None
    answered_at: datetime | None

    @property
    def late(self) -> bool:
        """Answered strictly after it was due. What was promised nothing is not late."""
        return self.due_at is not None and self.answered_at is not None and self.answered_at > self.due_at

    def overdue(self, at: datetime) -> bool:
        """Not answered, and due before this moment."""
        return self.due_at is not None and self.answered_at is None and self.due_at < at


def kept(clock: str, entries: Iterable[Entry]) -> Kept:
    """How a clock's promise was kept, from the entries of one request in their order, in its last round.

    The entry that starts it says when it is due, and so does each that moves it.
    """
    due_at: datetime | None = None
    answered_at: datetime | None = None
    for entry in entries:
        said = entry.facts.get("due")
        if isinstance(said, Mapping) and clock in said:
            due_at, answered_at = datetime.fromisoformat(said[clock]), None
        elif entry.facts.get("clock") == clock and entry.facts.get("due_at"):
            due_at = datetime.fromisoformat(str(entry.facts["due_at"]))
        if due_at and answered_at is None and _answers(entry.move, clock):
            answered_at = entry.at
    return Kept(due_at, answered_at)


def _answers(move: str, clock: str) -> bool:
    found = WORKFLOW.by_name.get(move)
    return found is not None and (clock in found.stops or found.closes)
