# SPDX-License-Identifier: Apache-2.0
"""Hand-overs between the two lines: offered, talked about, taken on, refused or kept. Part of the room's actions."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from callbox.incidents.actions import Kind, Where, add_remark
from callbox.incidents.linking import open_for_call
from callbox.intake.actions import wrap_up_call
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid, NotAllowed
from callbox.kernel.ids import new_id
from callbox.kernel.text import gettext_noop as _
from callbox.kernel.workflow import is_code
from callbox.matters.actions import move, open_matter
from callbox.matters.domain import Change
from callbox.matters.handover import answer_offer, offer_matter
from callbox.requests import domain, lines, queries
from callbox.requests.handed import PURPOSE, handover_for, in_danger, is_offered, report_of, source_of
from callbox.requests.models import HandedOver, Request
from callbox.requests.taking import open_request

NO_REASON = _("There is no reason “%(code)s” for a hand-over. Choose one from the list.")
NO_RESULT = _("Say what came of it: choose from the list.")
SAY_WHY = _("Say why this is not for us.")
UNDER_WAY = _("This is being handed over already. See what became of that first.")
NOT_YOURS_TO_TAKE = _("Somebody at the other line takes this on or refuses it, not who handed it over.")
STILL_OFFERED = _("The other line has not answered yet. Wait for its answer, or for its time to run out.")
NOT_OFFERED = _("This is not offered any more. Look at it again.")


@transaction.atomic
def hand_over(source: str, source_id: UUID, reason: str, *, by: Actor, at: datetime) -> HandedOver:
    """Offer a call or an incident to the civic line (source: which of both; reason: a code of the table).

    Whoever's it was owns it until it is taken on. A call that is still open is finished with it: the hand-over goes on
    without it. Raises NotFound, NotAllowed, Invalid, or Conflict when it is being handed over already.
    """
    if source not in (lines.CALL, lines.INCIDENT):
        raise Invalid(_("A call or an incident is handed over to the civic line."))
    if reason not in lines.to_civic_line():
        raise Invalid(NO_REASON, code=reason)
    found = source_of(by, source, source_id)
    row = _open(source, source_id, reason, by, at)
    offer_again(row.pk, by=by, at=at)
    if source == lines.CALL and not found.final:
        wrap_up_call(source_id, "handed_over", by=by, at=at)
    return handover_for(by, row.pk)


def _open(source: str, source_id: UUID, reason: str, by: Actor, at: datetime) -> HandedOver:
    facts = {"source": source, "of": source_id, "reason": reason}
    giver = lines.GIVERS[source]
    matter = open_matter(lines.WORKFLOW, new_id(), owner=giver, scope=(), by=by, at=at, change=Change(facts))
    row = HandedOver(matter=matter, source=source, of=source_id, reason=reason, given_by=by.id)
    HandedOver.objects.bulk_create([row], ignore_conflicts=True)
    if not HandedOver.objects.filter(pk=matter.id).exists():
        raise Conflict(UNDER_WAY)
    return row


@transaction.atomic
def offer_again(handover_id: UUID, *, by: Actor, at: datetime) -> None:
    """Offer it to the other line, once more after it was refused or nobody answered. Raises NotFound, Conflict."""
    row = _open_row(by, handover_id)
    within = timedelta(minutes=domain.limit("line_minutes", at.date()))
    giver = lines.GIVERS[row.source]
    row.offer = offer_matter(row.matter, lines.taker_of(row.source), within, by=_at_desk(by, giver), at=at)
    row.given_by = by.id
    HandedOver.objects.filter(pk=row.pk).update(offer=row.offer, given_by=row.given_by)


@transaction.atomic
def take_over(
    handover_id: UUID,
    category: str,
    answers: dict[str, object],
    *,
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> Request:
    """The civic line takes it on: a request begins with what was told, and is sent to whom the rules name.

    What the resident told is read for it, and that read is noted. Raises NotFound, NotAllowed, Invalid, Conflict.
    """
    row, offer = _asked(by, handover_id)
    answer_offer(offer, True, by=_at_desk(by, lines.taker_of(row.source)), at=at)
    report = report_of(by, row, category, answers, at)
    request = open_request(report, by=by, at=at)
    _take(row, lines.REQUEST, request.pk, seen, by, at)
    return queries.request_for(by, request.pk)


@transaction.atomic
def refuse_handover(handover_id: UUID, reason: str, *, by: Actor, at: datetime) -> None:
    """The other line does not take it on (reason: a code): it stays with who gave it.

    Raises NotFound, NotAllowed, Invalid, Conflict.
    """
    row, offer = _asked(by, handover_id)
    if not reason:
        raise Invalid(SAY_WHY)
    answer_offer(offer, False, reason=reason, by=_at_desk(by, lines.taker_of(row.source)), at=at)


@transaction.atomic
def note_talk(handover_id: UUID, result: str, *, by: Actor, at: datetime) -> None:
    """Both lines and the resident talked with each other (result: a code).

    Raises NotFound, NotAllowed, Invalid, Conflict.
    """
    row = _open_row(by, handover_id)
    if not is_code(result):
        raise Invalid(NO_RESULT)
    move(row.matter, "talk", Change({"result": result}), by=by, at=at)


@transaction.atomic
def keep_handover(
    handover_id: UUID, reason: str, *, seen: int | None = None, by: Actor, at: datetime
) -> None:
    """Who gave it deals with it themselves (reason: a code).

    Raises NotFound, NotAllowed, Conflict while the other line is asked.
    """
    row = _open_row(by, handover_id)
    if is_offered(row):
        raise Conflict(STILL_OFFERED)
    move(row.matter, "keep", Change({"reason": reason}, seen=seen), by=by, at=at)
    HandedOver.objects.filter(pk=row.pk).update(open=False)


@transaction.atomic
def report_danger(request_id: UUID, type_code: str = "", *, by: Actor, at: datetime) -> HandedOver:
    """Danger first: an incident begins at once where the request is, and the emergency line has it without being asked.

    The request stays open and keeps its number; what is left of it afterwards goes on. Raises NotFound, NotAllowed,
    Invalid, or Conflict when it was reported already.
    """
    request = queries.request_for(by, request_id)
    by.require(f"{lines.KIND}.danger", request.matter.scope)
    if not request.open:
        raise Conflict(_("This request is over. Open it again first, or take a new call."))
    if in_danger(request_id):
        raise Conflict(UNDER_WAY)
    row = _open(lines.REQUEST, request_id, lines.DANGER, by, at)
    details, told = queries.details_for(by, request, purpose=PURPOSE, at=at)
    where = Where(details.lon, details.lat, told.address, told.note)
    incident = open_for_call(where, Kind(type_code) if type_code else None, by=by, at=at)
    if told.words:
        add_remark(incident.matter_id, told.words, by=by, at=at)
    _take(row, lines.INCIDENT, incident.matter_id, None, by, at)
    return handover_for(by, row.pk)


def _take(row: HandedOver, kind: str, became: UUID, seen: int | None, by: Actor, at: datetime) -> None:
    facts = {"became": became, "as": kind}
    move(row.matter, "take", Change(facts, owner=lines.taker_of(row.source), seen=seen), by=by, at=at)
    HandedOver.objects.filter(pk=row.pk).update(open=False, became_kind=kind, became=became)


def _open_row(by: Actor, handover_id: UUID) -> HandedOver:
    row = handover_for(by, handover_id)
    by.require(f"{lines.KIND}.open", row.matter.scope)
    return row


def _asked(by: Actor, handover_id: UUID) -> tuple[HandedOver, UUID]:
    """The hand-over and its offer, for whoever is asked: not who gave it. Raises NotFound, NotAllowed, Conflict."""
    row = handover_for(by, handover_id)
    by.require(f"{lines.KIND}.answer", row.matter.scope)
    if row.given_by == by.id:
        raise NotAllowed(NOT_YOURS_TO_TAKE)
    if row.offer is None:
        raise Conflict(NOT_OFFERED)
    return row, row.offer


def _at_desk(by: Actor, desk: str) -> Actor:
    """Somebody whom the policy lets act for a desk, with its key: desks have no list of who sits at them."""
    return replace(by, keys=by.keys | {desk})
