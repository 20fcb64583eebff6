# SPDX-License-Identifier: Apache-2.0
"""Passing a request on from agency to agency: offered, then accepted or refused. Part of the actions."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from callbox.access.queries import agencies, agencies_named
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid, NotAllowed
from callbox.kernel.text import gettext_noop as _
from callbox.matters.actions import touch
from callbox.matters.handover import answer_offer, offer_matter
from callbox.requests import domain, queries
from callbox.requests.actions import NO_AGENCY, NOT_YOURS
from callbox.requests.sending import store

ITSELF = _("It is this agency's already. Choose another one.")
NOT_NOW = _("Only what is to be signed for or in work is passed on.")
NOT_OFFERED = _("This is not offered to you, or no more.")
PASSED_ON = (domain.ASSIGNED, domain.ACCEPTED)


@transaction.atomic
def pass_on(request_id: UUID, agency: str, *, by: Actor, at: datetime) -> UUID:
    """Offer it to another agency (a code); until that accepts, it stays with whoever leads. The offer's id.

    Raises NotFound, NotAllowed, Invalid, or Conflict when it is offered already or cannot be passed on now.
    """
    row = queries.request_for(by, request_id)
    by.require("request.pass_on", row.matter.scope)
    if row.matter.owner not in by.keys:
        raise NotAllowed(NOT_YOURS)
    taker = agencies_named([agency]).get(agency)
    if taker is None:
        raise Invalid(NO_AGENCY, code=agency)
    if taker.pk == row.agency_id:
        raise Invalid(ITSELF)
    if row.matter.state not in PASSED_ON:
        raise Conflict(NOT_NOW)
    within = timedelta(hours=domain.limit("offer_hours", at.date()))
    return offer_matter(row.matter, f"agency:{taker.pk}", within, by=by, at=at)


@transaction.atomic
def answer_pass_on(request_id: UUID, accept: bool, *, by: Actor, at: datetime) -> None:
    """The agency that was asked takes it over as it stands, with its promises; or leaves it where it is.

    Who led it sees it no more. Raises NotFound, NotAllowed, or Conflict when nothing is offered to them any more.
    """
    row = queries.request_for(by, request_id)
    by.require("request.answer_pass_on", row.matter.scope)
    offer = queries.offered(row)
    if offer is None or offer.taker not in by.keys:
        raise Conflict(NOT_OFFERED)
    answer_offer(offer.pk, accept, by=by, at=at)
    if accept:
        touch(row.matter, drop=offer.giver, by=by)
        row.agency = next(each for each in agencies() if offer.taker == f"agency:{each.pk}")
        row.assisting = [each for each in row.assisting if each != row.agency.pk]
        store(row, "agency", "assisting")
