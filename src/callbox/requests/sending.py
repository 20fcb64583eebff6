# SPDX-License-Identifier: Apache-2.0
"""Sending a request to an agency, with the promises that begin. Part of the room's actions."""

from collections.abc import Mapping
from datetime import datetime

from callbox.access.domain import system_actor
from callbox.kernel.actor import Actor
from callbox.kernel.due import due
from callbox.matters.actions import move
from callbox.matters.domain import Change, Moved, Promised
from callbox.matters.promises import promised
from callbox.matters.queries import Known, known_now
from callbox.requests import domain
from callbox.requests.models import Request

ROUTING = system_actor("routing")
CIVIC = "city"  # the scope of the promises' table that holds for requests


def assign(
    row: Request,
    name: str,
    facts: Mapping[str, object],
    *,
    seen: int | None = None,
    known: Known | None = None,
    by: Actor,
    at: datetime,
) -> Moved:
    """Send it to `row.agency`, whose it is from now on. Whoever had it before does not see it any more.

    known: what due times are reckoned with now, when it has been read.
    """
    now = known or known_now()
    key = f"agency:{row.agency_id}"
    add = {key, *(f"agency:{each}" for each in row.assisting)}
    drop = {each for each in row.matter.scope if each.startswith("agency:") and each not in add}
    clocks, dues = promises(row, at, domain.SIGN_FOR, known=now)
    change = Change({**facts, **dues}, clocks, key, frozenset(add), frozenset(drop), seen, now.calendar)
    return move(row.matter, name, change, by=by, at=at)


def promises(
    row: Request, at: datetime, *names: str, known: Known | None = None
) -> tuple[dict[str, Promised], dict[str, object]]:
    """The clocks of these names to start now, and what the journal says of when they are due."""
    now = known or known_now()
    clocks: dict[str, Promised] = {}
    for name in names:
        clocks |= promised(name, CIVIC, row.urgency, now.calendar.day_of(at), now.table)
    dues = {name: due(said.term, now.calendar, at).at for name, said in clocks.items()}
    return clocks, {"due": dues} if dues else {}


def store(row: Request, *names: str) -> None:
    """Write these columns of the request, as the row says them now."""
    Request.objects.filter(pk=row.pk).update(**{name: getattr(row, name) for name in names})
