# SPDX-License-Identifier: Apache-2.0
"""Hand-overs: ownership passes by offer and acceptance; until then the giver still owns the matter."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from callbox.journal.actions import append
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, NotAllowed
from callbox.kernel.ids import new_id
from callbox.kernel.text import gettext_noop as _
from callbox.kernel.workflow import check_codes
from callbox.matters import actions, queries
from callbox.matters.domain import ACCEPTED, OFFERED, REFUSED, TIMED_OUT
from callbox.matters.models import HandOver, Matter


@actions.in_callers_transaction
def offer_matter(matter: Matter, taker: str, answer_within: timedelta, *, by: Actor, at: datetime) -> UUID:
    """Offer the matter to another owner (a scope key). Only who owns it may; one open offer at a time."""
    if matter.owner not in by.keys:
        raise NotAllowed(_("Only who owns this may hand it over."))
    if HandOver.objects.filter(matter=matter, state=OFFERED).exists():
        raise Conflict(_("This is offered to somebody already. Wait for the answer, or withdraw the offer."))
    offer = HandOver(
        id=new_id(),
        matter=matter,
        giver=matter.owner,
        taker=taker,
        state=OFFERED,
        offered_at=at,
        answer_by=at + answer_within,
    )
    HandOver.objects.bulk_create([offer])
    _note(matter, "offer", {"to": taker, "answer_by": offer.answer_by}, by, at, add=taker)
    return offer.id


@actions.in_callers_transaction
def answer_offer(offer_id: UUID, accept: bool, *, reason: str = "", by: Actor, at: datetime) -> None:
    """Accept or refuse, with a reason (a code) where one is asked for. Only who was asked may answer, once."""
    check_codes({"reason": reason})
    offer = queries.offer_for(by, offer_id)
    if offer.taker not in by.keys:
        raise NotAllowed(_("Only who was asked may answer."))
    _settle(offer, ACCEPTED if accept else REFUSED, by, at, {"reason": reason} if reason else {})


@actions.in_callers_transaction
def time_out_offers(*, by: Actor, at: datetime) -> int:
    """End the offers that nobody answered in time; the giver keeps the matter. The number ended."""
    late = list(
        HandOver.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("matter")
        .filter(state=OFFERED, answer_by__lte=at)
        .order_by("matter_id")  # as `queries.hold` does
    )
    for offer in late:
        _settle(offer, TIMED_OUT, by, at, {})
    return len(late)


def _settle(offer: HandOver, state: str, by: Actor, at: datetime, why: Mapping[str, object]) -> None:
    if not HandOver.objects.filter(id=offer.id, state=OFFERED).update(state=state, answered_at=at):
        raise Conflict
    owner = offer.taker if state == ACCEPTED else None
    dropped = offer.taker if state != ACCEPTED else ""
    _note(
        offer.matter,
        f"offer_{state}",
        {"giver": offer.giver, "taker": offer.taker, **why},
        by,
        at,
        owner=owner,
        drop=dropped,
    )


def _note(
    matter: Matter,
    name: str,
    facts: Mapping[str, object],
    by: Actor,
    at: datetime,
    *,
    owner: str | None = None,
    add: str = "",
    drop: str = "",
) -> None:
    actions.touch(matter, owner=owner, add=add, drop=drop, by=by)
    append(
        matter.id,
        matter.kind,
        name,
        was=matter.state,
        becomes=matter.state,
        round_=matter.round,
        facts={**facts, "owner": matter.owner},
        scope=matter.scope,
        actor=by.id,
        role=next(iter(sorted(by.roles)), "none"),
        at=at,
    )
