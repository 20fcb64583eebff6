# SPDX-License-Identifier: Apache-2.0
"""What people do with a finding: each step one transaction, by codes and, if they like, in words. Part of the actions.

Words are sealed in a row of their own (`domain.check_words` says which are refused); the journal has its id alone.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from callbox.access.seeing import seeing_everything
from callbox.findings import domain, queries
from callbox.findings.actions import end, keep
from callbox.findings.models import Finding, Remark
from callbox.findings.personal import sealed_remark
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid, NotAllowed
from callbox.kernel.ids import new_id
from callbox.kernel.text import gettext_noop as _
from callbox.matters.actions import move
from callbox.matters.domain import Change
from callbox.matters.queries import hold
from callbox.oversight.queries import event_named

NO_REASON = _("There is no reason “%(code)s” for this step. Choose one from the list.")
NO_CURE = _(
    "Nothing is owed any more: what came late or out of turn cannot be put right. Explain it instead."
)
NO_EVENT = _("Name the event that put it right, by its id in the history of the case.")
NOT_OF_CASE = _(
    "The history of this case has no event of that id, or several sources have one. "
    "Look the id up in the history; if it is not there yet, have it told first."
)
NOT_ITSELF = _("This event is what the finding is about. Name the later one that put it right.")
SOMEBODY_ELSE = _("Somebody else has to decide this: you took the step that is decided about.")
NOT_ASKED = _("Nobody has asked to suppress this. Ask first, with a reason; another person decides.")
ASKED = _("Somebody has asked already to suppress this. Another person decides.")
# Whoever took one of these steps does not decide about it.
ANSWERING = ("acknowledge", "explain", "rectify")
FOUR_EYES: Mapping[str, tuple[str, ...]] = {
    "confirm": ANSWERING,
    "turn_back": ANSWERING,
    "uphold": ("acknowledge", "dispute"),
    "turn_down": ("acknowledge", "dispute"),
    "suppress": ("ask_suppression",),
}
# What leaves a finding where it stands: who is told next, and when, stays as it was.
STANDING = ("reply", "ask_suppression", "refuse_suppression")
LONGEST_ID = 200


@transaction.atomic
def acknowledge(finding_id: UUID, *, seen: int | None = None, by: Actor, at: datetime) -> Finding:
    """Take note of it. Raises NotFound, NotAllowed, Conflict; nothing is changed then, as in every step here."""
    return _take(finding_id, "acknowledge", {}, seen, by, at)


@transaction.atomic
def explain(
    finding_id: UUID, reason: str, words: str = "", *, seen: int | None = None, by: Actor, at: datetime
) -> Finding:
    """Say why (a code). Somebody else confirms it."""
    return _take(finding_id, "explain", {"reason": reason}, seen, by, at, words)


@transaction.atomic
def rectify(
    finding_id: UUID, event: str, words: str = "", *, seen: int | None = None, by: Actor, at: datetime
) -> Finding:
    """Say by which event of the history of its case it was put right, with or without the source in front.

    Raises Invalid where nothing is owed any more, or where the history has no such event.
    """
    row = _held(finding_id, by)
    if not row.curable:
        raise Invalid(NO_CURE)
    if not event.strip() or len(event) > LONGEST_ID:
        raise Invalid(NO_EVENT, fields={"event": NO_EVENT})
    row.event = _of_history(row, event.strip())
    # The event's id stays with the row: it may hold the number of the case.
    return _step(row, "rectify", {"event": "named"}, seen, by, at, words)


def _of_history(row: Finding, name: str) -> str:
    """The id, with its source, of the event of the finding's own case. Raises Invalid."""
    with (
        seeing_everything()
    ):  # who answers sees this case's finding, and is told no more than that the event is there
        found = event_named(row.over, row.key, name)
    if found is None:
        raise Invalid(NOT_OF_CASE, fields={"event": NOT_OF_CASE})
    if found.id == row.activation:
        raise Invalid(NOT_ITSELF, fields={"event": NOT_ITSELF})
    return found.id


@transaction.atomic
def dispute(
    finding_id: UUID, reason: str, words: str = "", *, seen: int | None = None, by: Actor, at: datetime
) -> Finding:
    """Say that it is wrong (a code). While a dispute is open, nothing is told any further."""
    return _take(finding_id, "dispute", {"reason": reason}, seen, by, at, words)


@transaction.atomic
def confirm(finding_id: UUID, *, seen: int | None = None, by: Actor, at: datetime) -> Finding:
    """The answer holds: it is closed, as explained or rectified."""
    return _take(finding_id, "confirm", {}, seen, by, at)


@transaction.atomic
def turn_back(
    finding_id: UUID, reason: str, words: str = "", *, seen: int | None = None, by: Actor, at: datetime
) -> Finding:
    """The answer does not hold (a code)."""
    return _take(finding_id, "turn_back", {"reason": reason}, seen, by, at, words)


@transaction.atomic
def uphold(
    finding_id: UUID, reason: str, words: str = "", *, seen: int | None = None, by: Actor, at: datetime
) -> Finding:
    """The dispute is right: it is closed."""
    return _take(finding_id, "uphold", {"reason": reason}, seen, by, at, words)


@transaction.atomic
def turn_down(
    finding_id: UUID, reason: str, words: str = "", *, seen: int | None = None, by: Actor, at: datetime
) -> Finding:
    """The dispute is not right: it is to be answered."""
    return _take(finding_id, "turn_down", {"reason": reason}, seen, by, at, words)


@transaction.atomic
def reply(finding_id: UUID, words: str, *, seen: int | None = None, by: Actor, at: datetime) -> Finding:
    """Say something about it, in words. It answers nothing: where nobody answers, it climbs all the same."""
    if not words.strip():
        raise Invalid(domain.NO_WORDS, fields={"words": domain.NO_WORDS})
    return _take(finding_id, "reply", {}, seen, by, at, words)


@transaction.atomic
def ask_suppression(
    finding_id: UUID, reason: str, words: str = "", *, seen: int | None = None, by: Actor, at: datetime
) -> Finding:
    """Ask that it be suppressed (a code). Nothing else changes until a second person decides."""
    row = _held(finding_id, by)
    if row.suppression:
        raise Conflict(ASKED)
    _check_reason("suppress", reason)
    row.suppression = reason
    return _step(row, "ask_suppression", {"reason": reason}, seen, by, at, words)


@transaction.atomic
def suppress(finding_id: UUID, *, seen: int | None = None, by: Actor, at: datetime) -> Finding:
    """Suppress it, for the reason that another person gave."""
    row = _asked(finding_id, by)
    return _step(row, "suppress", {"reason": row.suppression}, seen, by, at)


@transaction.atomic
def refuse_suppression(finding_id: UUID, *, seen: int | None = None, by: Actor, at: datetime) -> Finding:
    """It stands."""
    row = _asked(finding_id, by)
    row.suppression = ""
    return _step(row, "refuse_suppression", {}, seen, by, at)


def _held(finding_id: UUID, by: Actor) -> Finding:
    """The finding, which nobody else changes until the transaction ends. Raises NotFound."""
    queries.finding_for(by, finding_id)
    hold(finding_id)
    return queries.finding_for(by, finding_id)


def _asked(finding_id: UUID, by: Actor) -> Finding:
    row = _held(finding_id, by)
    if not row.suppression:
        raise Conflict(NOT_ASKED)
    return row


def _check_reason(name: str, reason: str) -> None:
    if reason not in domain.load_reasons(name):
        raise Invalid(NO_REASON, fields={"reason": NO_REASON}, code=reason)


def _take(
    finding_id: UUID,
    name: str,
    facts: Mapping[str, str],
    seen: int | None,
    by: Actor,
    at: datetime,
    words: str = "",
) -> Finding:
    row = _held(finding_id, by)
    if "reason" in facts:
        _check_reason(name, facts["reason"])
    return _step(row, name, facts, seen, by, at, words)


def _step(
    row: Finding,
    name: str,
    facts: Mapping[str, object],
    seen: int | None,
    by: Actor,
    at: datetime,
    words: str = "",
) -> Finding:
    was, said = row.state, domain.check_words(words)
    if name in FOUR_EYES and queries.took_any(row, FOUR_EYES[name], by):
        raise NotAllowed(SOMEBODY_ELSE)
    remark = new_id()
    facts = {**facts, "words": remark} if said else facts
    moved = move(row.matter, name, Change(facts, seen=seen), by=by, at=at)
    if said:
        _write_down(row, remark, said, at)
    row.state = moved.state
    if row.state in domain.ENDED:
        end(row, {"confirm": was, "uphold": domain.UPHELD}.get(name, domain.SUPPRESSED), at)
    elif row.state in domain.ANSWERABLE:
        row.tell_at = row.tell_at or _next_telling(row, at)
    elif name not in STANDING:
        row.tell_at = None
    keep(row)
    return row


def _write_down(row: Finding, remark: UUID, words: str, at: datetime) -> None:
    until = at + timedelta(days=domain.limit("words_kept", at.date()))
    sealed = sealed_remark(remark, words, until)
    Remark.objects.bulk_create([Remark(id=remark, finding=row, sealed=sealed, retain_until=until)])


def _next_telling(row: Finding, at: datetime) -> datetime | None:
    """When it climbs next, as long as it is not answered; None at the top."""
    steps = domain.tellings(row.grade, at.date())
    if row.raised_at is None or row.steps >= len(steps):
        return None
    return max(at, row.raised_at + steps[row.steps].after)
