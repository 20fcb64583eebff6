# SPDX-License-Identifier: Apache-2.0
"""Text messages: JSON from a gateway (number, words), or plain text. Messages of one number are one thread."""

from dataclasses import replace

from callbox.intake.channels._fields import fields, said
from callbox.intake.domain import Said


def read(body: bytes, content_type: str) -> Said:
    """What the message says. Raises ValueError when it is neither text nor a JSON object."""
    if content_type.startswith("text/plain"):
        return said({"words": body.decode("utf-8")})
    told = said(fields(body, content_type))
    return replace(told, thread=told.thread or told.number)
