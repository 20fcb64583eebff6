# SPDX-License-Identifier: Apache-2.0
"""Calls that a telephone exchange announces: number, place if known, and `lost` when the caller hung up."""

from callbox.intake.channels._fields import fields, said
from callbox.intake.domain import Said


def read(body: bytes, content_type: str) -> Said:
    """What the contact says. Raises ValueError when it is not a form or a JSON object."""
    return said(fields(body, content_type))
