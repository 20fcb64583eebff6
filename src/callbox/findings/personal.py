# SPDX-License-Identifier: Apache-2.0
"""What people wrote about findings, sealed and opened. Part of the room's queries and actions."""

from datetime import datetime
from uuid import UUID

from callbox.access.sealing import Column, cannot_read
from callbox.findings.models import Remark

REMARK = Column("findings_remark", "id")


def sealed_remark(remark: UUID, text: str, retain_until: datetime) -> bytes:
    """The words of one step."""
    return REMARK.seal(remark, {"text": text}, retain_until)


def remark_told(row: Remark) -> str:
    """The words, or why they cannot be read; "" once they were erased at their date."""
    fields, why = REMARK.read(row.pk, row.sealed)
    return cannot_read(why) if why else str(fields.get("text", ""))
