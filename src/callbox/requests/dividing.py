# SPDX-License-Identifier: Apache-2.0
"""Parts of a request for several agencies, each a request of its own: the whole closes last. Part of the actions."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from callbox.access.queries import agencies_named
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid
from callbox.kernel.ids import new_id
from callbox.kernel.text import gettext_noop as _
from callbox.matters.actions import note, open_matter, waive_part
from callbox.matters.domain import Change
from callbox.requests import domain, queries
from callbox.requests.actions import NO_AGENCY, assign_request
from callbox.requests.models import Details, Reporter, Request
from callbox.requests.personal import Contact, sealed_details, sealed_reporter

IS_A_PART = _("This is a part of request %(number)s already. Give that one another part.")
COPIED = ("channel", "category", "urgency", "district", "grid", "sub_grid", "confidential")


@transaction.atomic
def split_request(request_id: UUID, agency: str, *, by: Actor, at: datetime) -> Request:
    """Give a part of it to one more agency (a code): a request of its own with the same words and place.

    Whoever leads goes on with the rest. The resident hears of the whole alone: a part knows no reporter to tell.
    Raises NotFound, NotAllowed, Invalid, or Conflict when it is over or a part itself.
    """
    row = queries.request_for(by, request_id)
    role = by.require("request.split", row.matter.scope)
    known = agencies_named([agency])
    if agency not in known:
        raise Invalid(NO_AGENCY, code=agency)
    whole = queries.whole_of(row)
    if whole is not None:
        raise Conflict(IS_A_PART, number=whole.number)
    part = _opened(row, by, at)
    facts = {"part": part.pk, "agency": known[agency].pk}
    note(row.matter, "split", facts, role, by=by, at=at)
    assign_request(part.pk, agency, by=by, at=at)
    return part


def _opened(row: Request, by: Actor, at: datetime) -> Request:
    (number,) = queries.next_numbers(1)
    part = Request(matter_id=new_id(), number=number, **{name: getattr(row, name) for name in COPIED})
    facts: dict[str, object] = {"number": number, "category": row.category, "channel": row.channel}
    facts["areas"] = [code for code in (row.district, row.grid, row.sub_grid) if code]
    part.matter = open_matter(
        domain.WORKFLOW,
        part.pk,
        owner=domain.DESK,
        scope=[domain.DESK],
        whole=row.matter,
        change=Change({**facts, "confidential": row.confidential}),
        by=by,
        at=at,
    )
    Request.objects.bulk_create([part])
    told, _contact = queries.hold_details(row)
    kept = Details.objects.get(request=row)
    sealed = sealed_details(part.pk, told, not row.confidential, kept.retain_until)
    details = Details(request=part, lon=kept.lon, lat=kept.lat, sealed=sealed, retain_until=kept.retain_until)
    Details.objects.bulk_create([details])
    nobody = sealed_reporter(part.pk, Contact(), kept.retain_until)
    Reporter.objects.bulk_create([Reporter(request=part, sealed=nobody, retain_until=kept.retain_until)])
    return part


@transaction.atomic
def waive_request_part(request_id: UUID, part: UUID, reason: str, *, by: Actor, at: datetime) -> None:
    """Let it close without this part (reason: a code). Raises NotFound, NotAllowed, Invalid or Conflict."""
    waive_part(queries.request_for(by, request_id).matter, part, reason, by=by, at=at)
