# SPDX-License-Identifier: Apache-2.0
"""Codes of a phone's app (TOTP, RFC 6238): 6 digits, 30 s. Part of the actions; reads no clock of its own."""

from datetime import datetime

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value

STEP_S = 30
NEIGHBOURS = (-1, 0, 1)  # the phone's clock may be half a minute off


def new_secret() -> str:
    """A fresh secret, 160 bits in base 32."""
    secret: str = generate_totp_secret()
    return secret


def matching_step(secret: str, code: str, *, at: datetime, after: int = 0) -> int | None:
    """The time step that this code belongs to, if that is now (one step either way) and later than `after`.

    Keeping the answer as the next `after` refuses a code that was used, and every older one (RFC 6238, 5.2).
    """
    now = int(at.timestamp()) // STEP_S
    for step in (now + more for more in NEIGHBOURS):
        expected = format_hotp_value(hotp_value(secret, step))
        if step > after and compare_user_code(actual=code, expected=expected):
            return step
    return None
