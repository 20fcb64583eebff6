# SPDX-License-Identifier: Apache-2.0
"""The end of a request: what the resident says, and what follows from it by itself. Part of the room's actions."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from callbox.access.domain import RESIDENT, system_actor
from callbox.access.seeing import seeing_everything
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid
from callbox.kernel.text import gettext_noop as _
from callbox.matters.actions import move
from callbox.matters.domain import Change, Moved
from callbox.requests import domain, queries
from callbox.requests.actions import close_request, reopen_request
from callbox.requests.endings import NO, load_answers
from callbox.requests.models import Request
from callbox.requests.sending import promises, store

ASKING = system_actor("asking")  # what follows from an answer happens by itself, whoever gave it
NO_ANSWER = _("There is no answer “%(code)s”. Choose one from the list.")
OVER = _("The time for this answer is over. Report it again, and say that it was reported before.")
SAID = _("This answer has been given already.")


@transaction.atomic
def note_said(request_id: UUID, said: str, *, seen: int | None = None, by: Actor, at: datetime) -> Moved:
    """What the resident says at the end (a code of answers.tsv), or that asking them came to nothing.

    Who is not satisfied has it opened again with whoever led it; the next time it is the supervisors'. Any other answer
    closes what is still open, as the agency fed it back. Raises NotFound, NotAllowed, Invalid, or Conflict when it
    is too late, was said already, or is not at its end.
    """
    row = queries.request_for(by, request_id)
    answer = load_answers().get(said)
    if answer is None or (answer.asked and RESIDENT in by.roles):
        raise Invalid(NO_ANSWER, code=said)
    _check_time(row, said, at)
    moved = move(row.matter, "ask", Change({"said": said}, seen=seen), by=by, at=at)
    with (
        seeing_everything()
    ):  # what follows is Callbox's own step: its parts, and other desks, no resident sees
        return _what_follows(row, said, moved, at)


def _what_follows(row: Request, said: str, moved: Moved, at: datetime) -> Moved:
    if load_answers()[said].counts == NO:
        return _open_again(row, said, at)
    row.said = said
    store(row, "said")
    if moved.state == domain.ANSWERED:
        return close_request(row.pk, row.result, by=ASKING, at=at)
    return moved


def _check_time(row: Request, said: str, at: datetime) -> None:
    closed_at = row.matter.closed_at if row.matter.state == domain.CLOSED else None
    if closed_at is None:
        return
    if at > closed_at + timedelta(days=domain.limit("ask_days", at.date())):
        raise Conflict(OVER)
    if row.said and load_answers()[said].counts != NO:
        raise Conflict(SAID)


def may_say(row: Request, at: datetime) -> list[str]:
    """The answers that a resident may give now, in their order."""
    if row.matter.state not in (domain.ANSWERED, domain.CLOSED) or row.matter.workflow_version < 2:
        return []
    found = []
    for code, answer in load_answers().items():
        if not answer.asked:
            try:
                _check_time(row, code, at)
            except Conflict:
                continue
            found.append(code)
    return found


def _open_again(row: Request, said: str, at: datetime) -> Moved:
    """To the same lead; to the supervisors when that was done before, or nobody led it."""
    again = row.reopened >= domain.limit("unsatisfied_most", at.date()) or row.agency is None
    row.reopened += 1
    store(row, "reopened")
    if again:
        return supervise_request(row.pk, said, by=ASKING, at=at)
    return reopen_request(row.pk, said, by=ASKING, at=at)


@transaction.atomic
def supervise_request(request_id: UUID, reason: str, *, by: Actor, at: datetime) -> Moved:
    """A supervisor decides what happens now (reason: a code): a new round, and whoever led it leads it no more.

    Raises NotFound, NotAllowed, Invalid or Conflict.
    """
    row = queries.request_for(by, request_id)
    dropped = frozenset(each for each in row.matter.scope if each.startswith("agency:"))
    clocks, dues = promises(row, at, domain.SUPERVISION)
    lead = {"agency": row.agency.pk} if row.agency else {}
    change = Change({"reason": reason, **lead, **dues}, clocks, domain.SUPERVISORS, drop_scope=dropped)
    moved = move(row.matter, "supervise", change, by=by, at=at)
    row.agency, row.assisting, row.open = None, [], True
    row.disposition = row.result = row.said = ""
    store(row, "agency", "assisting", "open", "disposition", "result", "said")
    return moved
