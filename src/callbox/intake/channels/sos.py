# SPDX-License-Identifier: Apache-2.0
"""A tap on SOS in an app: a place, and few words or none."""

from callbox.intake.channels._fields import fields, said
from callbox.intake.domain import Said


def read(body: bytes, content_type: str) -> Said:
    """What the contact says. Raises ValueError when it is not a form or a JSON object."""
    return said(fields(body, content_type))
