# SPDX-License-Identifier: Apache-2.0
"""Who called. Everything else about calls shows the incident's number and stands in the room of incidents."""

from typing import Annotated
from uuid import UUID

from django.utils import timezone
from ninja import Query, Router

from callbox.intake.queries import call_for, caller_for
from callbox.intake.rows import CallerShown, caller_row
from callbox.web.fields import Asked, Code
from callbox.web.signed_in import needs

router = Router(tags=["calls"])


@router.get("/calls/{uuid:call_id}/caller", response=CallerShown, openapi_extra=needs("call.personal"))
def caller(
    request: Asked, call_id: UUID, purpose: Annotated[Code, Query(description="what for; noted")]
) -> dict[str, object]:
    """Who called and what they said. That you read it, when and what for is noted."""
    call = call_for(request.actor, call_id)
    return caller_row(caller_for(request.actor, call, purpose=purpose, at=timezone.now()))
