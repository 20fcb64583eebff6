# SPDX-License-Identifier: Apache-2.0
"""More time for a solution: asked for before it has run out, granted by somebody else. Part of the actions."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotAllowed
from callbox.matters.standstill import answer_extension, ask_extension
from callbox.requests import queries
from callbox.requests.actions import NOT_YOURS
from callbox.requests.domain import RESOLVE


@transaction.atomic
def ask_for_time(request_id: UUID, amount: int, reason: str, *, by: Actor, at: datetime) -> None:
    """The agency asks for so many more of the promise's unit (working days, as a rule). reason: a code.

    Raises NotFound, NotAllowed, Invalid, or Conflict when it is too late or was asked already.
    """
    row = queries.request_for(by, request_id)
    if row.matter.owner not in by.keys:
        raise NotAllowed(NOT_YOURS)
    ask_extension(row.matter, RESOLVE, amount, reason, by=by, at=at)


@transaction.atomic
def answer_for_time(request_id: UUID, grant: bool, reason: str = "", *, by: Actor, at: datetime) -> None:
    """A supervisor grants it, or refuses with a reason (a code); the resident is told when it is granted.

    A grant takes no reason: that of the asking stands. Raises NotFound, NotAllowed, Invalid or Conflict.
    """
    row = queries.request_for(by, request_id)
    answer_extension(row.matter, RESOLVE, grant, reason, by=by, at=at)
