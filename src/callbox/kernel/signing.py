# SPDX-License-Identifier: Apache-2.0
"""How a request between Callbox and another system is signed, in both directions: HMAC-SHA256 with a shared secret."""

import hashlib
import hmac
from datetime import datetime

KEY, STAMP, ONCE, SIGNATURE = "Callbox-Key", "Callbox-Timestamp", "Idempotency-Key", "Callbox-Signature"
VERSION = "v1="
LONGEST_STAMP = 12  # digits


def signature(secret: str, stamp: str, method: str, path: str, once: str, body: bytes) -> str:
    """What proves that a request is whole and of who has the secret; the header of that name.

    Over five lines: the time in seconds since 1970, the method, the path with its query, the Idempotency-Key, and the
    SHA-256 of the body in hex.
    """
    said = "\n".join((stamp, method, path, once, hashlib.sha256(body).hexdigest()))
    return VERSION + hmac.digest(secret.encode(), said.encode(errors="replace"), "sha256").hex()


def seconds_away(stamp: str, at: datetime) -> float | None:
    """How far a request's timestamp is from now, either way; None for one that is no whole number of seconds."""
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= LONGEST_STAMP):
        return None
    return abs(at.timestamp() - int(stamp))


def is_right(said: str, secret: str, stamp: str, method: str, path: str, once: str, body: bytes) -> bool:
    """Whether this is the signature, in a time that says nothing of how far it is right."""
    expected = signature(secret, stamp, method, path, once, body)
    return hmac.compare_digest(said.encode(errors="replace"), expected.encode())
