# SPDX-License-Identifier: Apache-2.0
"""The two files of a picture. Each answer is noted as a read of its matter."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router

from callbox.pictures.queries import SEE, picture_for
from callbox.pictures.showing import as_answer
from callbox.web.fields import Asked
from callbox.web.signed_in import needs

router = Router(tags=["pictures"])
PICTURE = "/pictures/{uuid:picture_id}"


@router.get(PICTURE, openapi_extra=needs(SEE))
def picture(request: Asked, picture_id: UUID) -> HttpResponse:
    """The picture, its longest edge at most 1,600 px. The read is noted."""
    shown = picture_for(request.actor, picture_id, at=timezone.now())
    return as_answer(shown.large)


@router.get(f"{PICTURE}/preview", openapi_extra=needs(SEE))
def preview(request: Asked, picture_id: UUID) -> HttpResponse:
    """The same, small. The read is noted."""
    shown = picture_for(request.actor, picture_id, at=timezone.now())
    return as_answer(shown.preview)
