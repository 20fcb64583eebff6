# SPDX-License-Identifier: Apache-2.0
"""The body of a request as the bytes of one picture: no form. For the edges of every room."""

from datetime import date

from django.http import HttpRequest

from callbox.pictures.domain import LARGE, limits_on, refusal
from callbox.web.signed_in import needs

KINDS = ("image/jpeg", "image/png", "image/webp")
BODY = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in KINDS}


def takes_picture(power: str) -> dict[str, object]:
    """What the OpenAPI entry of an operation says whose body is one picture: the power that it needs, and the body."""
    return {**needs(power), "requestBody": {"required": True, "content": BODY}}


def sent_picture(request: HttpRequest, day: date) -> bytes:
    """The bytes that were sent. Raises Invalid for more than is taken, before more is read."""
    limits = limits_on(day)
    said = request.headers.get("Content-Length", "")
    if said.isdecimal() and int(said) > limits.bytes:
        raise refusal(LARGE, limits)
    return request.read(limits.bytes + 1)
