# SPDX-License-Identifier: Apache-2.0
"""What this room keeps encrypted, with keys that stand outside the database: secrets of factors, reasons given."""

import base64
from datetime import datetime
from uuid import UUID

from callbox.access.sealing import Column
from callbox.host.vault import CannotOpen, vault

FACTOR = "mfa_authenticator"
REASON = Column("access_wideningtext", "widening_id")


def hidden(text: str) -> str:
    """What is kept in place of a factor's secret."""
    return base64.b64encode(vault().encrypt_lasting(text.encode(), FACTOR)).decode()


def shown(kept: str) -> str:
    """The secret. Raises CannotOpen."""
    return vault().decrypt_lasting(base64.b64decode(kept), FACTOR).decode()


def sealed_reason(words: str, widening: UUID, retain_until: datetime) -> bytes:
    """Somebody's words as they are kept until their date, when their key is destroyed."""
    return vault().encrypt(words.encode(), retain_until, REASON.context(widening))


def reason_of(sealed: bytes, widening: UUID) -> str:
    """The words; nothing when they were erased. Raises CannotOpen for what was damaged."""
    try:
        return vault().decrypt(bytes(sealed), REASON.context(widening)).decode() if sealed else ""
    except CannotOpen as refused:
        if refused.why == "key_gone":
            return ""
        raise
