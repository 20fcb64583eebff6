# SPDX-License-Identifier: Apache-2.0
"""A resident reports by the online form: once, however often it is sent. Part of the room's actions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from callbox.access.seeing import seeing_everything
from callbox.kernel.errors import NotFound, Refusal, Unavailable
from callbox.kernel.text import gettext_noop as _
from callbox.matters.models import Matter
from callbox.pictures.actions import add_picture
from callbox.pictures.domain import limits_on
from callbox.requests import queries
from callbox.requests.counting import too_often, window
from callbox.requests.domain import limit
from callbox.requests.following import RESIDENT, keep_key, key_of, sent_before
from callbox.requests.models import Request
from callbox.requests.taking import Report, open_request

TOO_MANY = _(
    "A great many reports have come from your network. Try again in %(minutes)s minutes, or telephone us."
)


@dataclass(frozen=True, slots=True)
class Reported:
    """What a sender is told: the number and the key to follow it. problem: why a picture was not added; ""."""

    request: Request
    key: str
    problem: Refusal | None = None


def number_and_key(form: UUID) -> tuple[int, str]:
    """What the sender of a form is told again. Raises NotFound."""
    with seeing_everything():
        row = sent_before(form)
    if row is None:
        raise NotFound
    return row.number, key_of(form)


class _SentBefore(Exception):  # noqa: N818 - it undoes the second of two that were sent at once
    pass


def report_request(
    report: Report,
    form: UUID,
    pictures: Sequence[bytes] = (),
    *,
    counted: Mapping[str, str],
    at: datetime,
) -> Reported:
    """Take what a form says; the same form again finds what it made. A picture that cannot be taken costs nothing else.

    counted: what it is counted for, by the limit's name; see counting.py.

    Raises Invalid, NotFound, and Unavailable when too many came from one network.
    """
    with seeing_everything():  # nobody is signed in; what is handed out is the sender's own
        before = sent_before(form)
        if before is not None:
            return Reported(before, key_of(form))
        if too_often(counted, at=at):
            raise Unavailable(TOO_MANY, minutes=int(window(at).total_seconds()) // 60)
        try:
            row = _take(report, form, at)
        except _SentBefore:
            found = sent_before(form)
            if found is None:
                raise Unavailable from None
            return Reported(found, key_of(form))
        return Reported(row, key_of(form), _add(row, pictures, at))


@transaction.atomic
def _take(report: Report, form: UUID, at: datetime) -> Request:
    row = open_request(report, by=RESIDENT, at=at)
    if not keep_key(row, form, retain_until=at + timedelta(days=limit("kept_days", at.date()))):
        raise _SentBefore
    return row


def _add(row: Request, pictures: Sequence[bytes], at: datetime) -> Refusal | None:
    try:
        for data in pictures[: limits_on(at.date()).by_reporter]:
            add_request_picture(row.pk, data, at=at)
    except Refusal as problem:
        return problem
    return None


def add_request_picture(request_id: UUID, data: bytes, *, at: datetime) -> None:
    """Add a picture to a request that its reporter follows or has just sent; whoever calls has asked that.

    Raises what `pictures.actions.add_picture` raises.
    """

    def find() -> Matter:
        return queries.request_for(RESIDENT, request_id).matter

    kept, most = timedelta(days=limit("kept_days", at.date())), limits_on(at.date()).by_reporter
    with seeing_everything():
        add_picture(find, data, kept=kept, most=most, by=RESIDENT, at=at)
