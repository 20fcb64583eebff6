# SPDX-License-Identifier: Apache-2.0
"""What a password must be. Part of the actions; no password ever expires (NIST SP 800-63B, 3.1.1.2)."""

from collections.abc import Iterable
from functools import cache

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _

SHORTEST, LONGEST = 12, 200
NAME_PART = 4  # bytes, two Chinese characters: a shorter part of a name stands in too many words


def check_password(password: str, names: Iterable[str]) -> None:
    """Raises Invalid for a password that is too short, among the common ones, or contains one of the names."""
    if not SHORTEST <= len(password) <= LONGEST:
        _refuse(
            _("Choose a password of 12 to 200 characters. A few words that only you would put together do.")
        )
    if _has_name(password.casefold(), names):
        _refuse(_("The password contains the name. Choose another."))
    try:
        _common().validate(password)
    except ValidationError:
        _refuse(_("This password is among the common ones, which are guessed first. Choose another."))


def _refuse(message: str) -> None:
    raise Invalid(message, fields={"password": message})


def _has_name(password: str, names: Iterable[str]) -> bool:
    parts = [part.casefold() for name in names for part in (name, *name.split())]
    return any(len(part.encode()) >= NAME_PART and part in password for part in parts)


@cache
def _common() -> CommonPasswordValidator:
    return CommonPasswordValidator()
