# SPDX-License-Identifier: Apache-2.0
"""Complaints and faults that are no emergency, as the city's other number or a gateway sends them."""

from callbox.intake.channels._fields import fields, said
from callbox.intake.domain import Said


def read(body: bytes, content_type: str) -> Said:
    """What the contact says. Raises ValueError when it is not a form or a JSON object."""
    return said(fields(body, content_type))
