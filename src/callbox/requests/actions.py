# SPDX-License-Identifier: Apache-2.0
"""Changing requests: every change is one move, one transaction, one journal entry without personal data."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from callbox.access.queries import agencies_by_code
from callbox.access.seeing import seeing_everything
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid, NotAllowed
from callbox.kernel.ids import new_id
from callbox.kernel.text import gettext_noop as _
from callbox.matters.actions import check_parts, move
from callbox.matters.domain import Change, Moved
from callbox.matters.queries import hold
from callbox.matters.standstill import pause_clock, resume_clock
from callbox.requests import domain, queries
from callbox.requests.models import Details, Remark, Request
from callbox.requests.personal import Told, sealed_details, sealed_remark
from callbox.requests.sending import ROUTING, assign, promises, store

NO_AGENCY = _("There is no agency %(code)s. Choose one from the list.")
MAY_NOT_RETURN = _(
    "This came here because it was returned too often. Deal with it, or ask the desk to send it on."
)
NOT_YOURS = _("Only the agency that leads may do this.")
NO_DISPOSITION = _("There is no disposition “%(code)s”. Choose one from the list.")
NO_ARTICLE_NAMED = _("Choose the article that answers it.")
NOTHING: Mapping[str, object] = {}
INTO_ITSELF = _("A request cannot be merged into itself.")


@transaction.atomic
def assign_request(
    request_id: UUID,
    agency: str,
    reason: str = "by_desk",
    *,
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> Moved:
    """The desk sends it to an agency (a code), or takes it from one and sends it to another. reason: a code.

    What was promised to the resident stays promised, and goes on where it stood still.

    Raises NotFound, NotAllowed, Invalid or Conflict.
    """
    row, agencies = queries.request_for(by, request_id), agencies_by_code()
    if agency not in agencies:
        raise Invalid(NO_AGENCY, code=agency)
    row.agency, row.assisting, row.at_backstop = agencies[agency], [], False
    row.sent_first = row.sent_first or row.agency
    again = row.matter.state not in domain.WAITING.split()
    stands_still = queries.stands_still(row, domain.RESOLVE)
    facts: dict[str, object] = {"agency": row.agency.pk, ("reason" if again else "why"): reason}
    moved = assign(row, "reassign" if again else "assign", facts, seen=seen, by=by, at=at)
    store(row, "agency", "assisting", "at_backstop", "sent_first")
    if stands_still:
        resume_clock(row.matter, domain.RESOLVE, by=by, at=at)
    return moved


def _led(by: Actor, request_id: UUID) -> Request:
    """The request, for the agency that leads: who assists sees it, and decides nothing. Raises NotFound, NotAllowed."""
    row = queries.request_for(by, request_id)
    if row.matter.owner not in by.keys:
        raise NotAllowed(NOT_YOURS)
    return row


@transaction.atomic
def accept_request(
    request_id: UUID,
    *,
    seen: int | None = None,
    more: Mapping[str, object] = NOTHING,
    by: Actor,
    at: datetime,
) -> Moved:
    """The agency takes it on: the resident is promised first contact and a solution from now on.

    A solution that another system had promised already stays promised for then. more: what else the journal says.
    """
    row = _led(by, request_id)
    names = [domain.FIRST_CONTACT, domain.RESOLVE]
    if queries.runs(row, domain.RESOLVE):
        names.remove(domain.RESOLVE)
    clocks, dues = promises(row, at, *names)
    return move(row.matter, "accept", Change({**more, **dues}, clocks, seen=seen), by=by, at=at)


@transaction.atomic
def return_request(
    request_id: UUID, reason: str, *, seen: int | None = None, by: Actor, at: datetime
) -> Moved:
    """It is not for this agency (reason: a code): it is the desk's again; after so many times, the backstop's for good.

    Raises NotFound, NotAllowed, Invalid, or Conflict at the backstop, which may not return it.
    """
    row = _led(by, request_id)
    if row.at_backstop:
        raise Conflict(MAY_NOT_RETURN)
    dropped = frozenset(each for each in row.matter.scope if each.startswith("agency:"))
    row.returns += 1
    facts = {"reason": reason, "returns": row.returns}
    change = Change(facts, owner=domain.DESK, drop_scope=dropped, seen=seen)
    moved = move(row.matter, "return", change, by=by, at=at)
    row.agency, row.assisting = None, []
    if row.returns >= domain.limit("returns_most", at.date()) and row.backstop is not None:
        row.agency, row.at_backstop = row.backstop, True
        facts = {"agency": row.backstop.pk, "why": domain.TO_BACKSTOP}
        moved = assign(row, "assign", facts, by=ROUTING, at=at)
    store(row, "agency", "assisting", "returns", "at_backstop")
    return moved


@transaction.atomic
def note_contact(request_id: UUID, result: str, *, by: Actor, at: datetime) -> Moved:
    """The agency has talked with the resident, or tried to (result: a code)."""
    row = _led(by, request_id)
    return move(row.matter, "contact", Change({"result": result}), by=by, at=at)


@transaction.atomic
def suspend_request(request_id: UUID, reason: str, *, by: Actor, at: datetime) -> Moved:
    """It cannot go on now (reason: a code): the promise of a solution stands still.

    One that was broken already does not: it stays late, and whoever looks after what is late goes on being told. To
    put something on hold is no way out of that.
    """
    row = _led(by, request_id)
    late = queries.is_late(row, domain.RESOLVE, at)
    moved = move(row.matter, "suspend", Change({"reason": reason, **_lateness(late)}), by=by, at=at)
    if not late and queries.runs(row, domain.RESOLVE):
        pause_clock(row.matter, domain.RESOLVE, reason, by=by, at=at)
    return moved


def _lateness(late: bool) -> dict[str, object]:
    """What the journal says of a promise that was broken already."""
    return {"late": True} if late else {}


@transaction.atomic
def resume_request(request_id: UUID, *, by: Actor, at: datetime) -> Moved:
    """It goes on, and so does the promise."""
    row = _led(by, request_id)
    late = queries.is_late(row, domain.RESOLVE, at)
    moved = move(row.matter, "resume", Change(_lateness(late)), by=by, at=at)
    if queries.stands_still(row, domain.RESOLVE):
        resume_clock(row.matter, domain.RESOLVE, by=by, at=at)
    return moved


@transaction.atomic
def feed_back(
    request_id: UUID,
    result: str,
    words: str = "",
    *,
    seen: int | None = None,
    more: Mapping[str, object] = NOTHING,
    by: Actor,
    at: datetime,
) -> Moved:
    """The agency says what came of it (result: a code of a disposition); the resident is asked next.

    more: what else the journal says. Raises NotFound, NotAllowed, Invalid or Conflict.
    """
    row = _led(by, request_id)
    _check_disposition(result, more)
    clocks, dues = promises(row, at, domain.CALL_BACK)
    change = Change({"result": result, **more, **dues}, clocks, owner=domain.DESK, seen=seen)
    moved = move(row.matter, "feed_back", change, by=by, at=at)
    row.result = result
    store(row, "result")
    if words.strip():
        _remark(row, words, by=by, at=at)
    return moved


@transaction.atomic
def close_request(
    request_id: UUID,
    disposition: str,
    *,
    seen: int | None = None,
    more: Mapping[str, object] = NOTHING,
    by: Actor,
    at: datetime,
) -> Moved:
    """It is over. more: what else the journal says.

    Raises NotFound, NotAllowed, Invalid, or Conflict naming parts that are still open.
    """
    row = queries.request_for(by, request_id)
    if disposition != row.result:
        _check_disposition(disposition, more)
    moved = move(row.matter, "close", Change({"disposition": disposition, **more}, seen=seen), by=by, at=at)
    row.disposition, row.open = disposition, False
    store(row, "disposition", "open")
    return moved


def _check_disposition(code: str, more: Mapping[str, object]) -> None:
    if code not in domain.load_dispositions():
        raise Invalid(NO_DISPOSITION, code=code)
    if code == domain.BY_ARTICLE and domain.ARTICLE not in more:
        raise Invalid(NO_ARTICLE_NAMED)


@transaction.atomic
def reopen_request(request_id: UUID, reason: str, *, by: Actor, at: datetime) -> Moved:
    """Open a closed request again, with whom had it last: a new round begins, the old one stays in the figures."""
    row = queries.request_for(by, request_id)
    if row.agency is None:
        raise Conflict(_("Nobody had this request before. Take a new one instead."))
    moved = assign(row, "reopen", {"reason": reason, "agency": row.agency.pk}, by=by, at=at)
    row.disposition, row.result, row.said, row.open = "", "", "", True
    store(row, "disposition", "result", "said", "open")
    return moved


@transaction.atomic
def withdraw_request(request_id: UUID, reason: str, *, by: Actor, at: datetime) -> Moved:
    """The resident does not want it dealt with any more (reason: a code).

    Raises NotFound, NotAllowed, Invalid, or Conflict, also while parts of it are open.
    """
    row = queries.request_for(by, request_id)
    moved = move(row.matter, "withdraw", Change({"reason": reason}), by=by, at=at)
    with seeing_everything():  # a resident sees no part of it, and it must not end before them
        check_parts(row.matter)
    row.open = False
    store(row, "open")
    return moved


@transaction.atomic
def merge_request(request_id: UUID, into: UUID, *, by: Actor, at: datetime) -> Moved:
    """The same matter as another open request: it ends here. Raises Conflict when the other has ended."""
    if request_id == into:
        raise Invalid(INTO_ITSELF)
    row, other = queries.request_for(by, request_id), queries.request_for(by, into)
    hold(request_id, into)
    queries.hold_open(other)
    moved = move(row.matter, "merge", Change({"into": into}), by=by, at=at)
    row.merged_into, row.open = into, False
    store(row, "merged_into", "open")
    return moved


@transaction.atomic
def add_remark(request_id: UUID, text: str, *, by: Actor, at: datetime) -> Moved:
    """Write a remark. Its words stand in a row of their own, not in the journal."""
    if not text.strip():
        raise Invalid(_("A remark needs words."), fields={"text": _("Write what is to be known.")})
    return _remark(queries.request_for(by, request_id), text, by=by, at=at)


def _remark(row: Request, text: str, *, by: Actor, at: datetime) -> Moved:
    until, key = at + timedelta(days=domain.limit("kept_days", at.date())), new_id()
    moved = move(row.matter, "remark", Change({"remark": key}), by=by, at=at)
    sealed = sealed_remark(key, text.strip(), until)
    Remark.objects.bulk_create(
        [Remark(id=key, request=row, by=by.id, at=at, sealed=sealed, retain_until=until)]
    )
    return moved


@transaction.atomic
def set_confidential(request_id: UUID, confidential: bool, *, by: Actor, at: datetime) -> Moved:
    """Hide the reporter from the agency, or show them again: what the agency reads is sealed anew."""
    row = queries.request_for(by, request_id)
    moved = move(row.matter, "hide_reporter" if confidential else "show_reporter", by=by, at=at)
    details, contact = queries.hold_details(row)
    told = Told(details.words, details.address, details.note, details.answers, contact)
    until = Details.objects.values_list("retain_until", flat=True).get(request=row)
    Details.objects.filter(request=row).update(sealed=sealed_details(row.pk, told, not confidential, until))
    row.confidential = confidential
    store(row, "confidential")
    return moved
