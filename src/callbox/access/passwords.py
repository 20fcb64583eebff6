# SPDX-License-Identifier: Apache-2.0
"""What a password must be. Part of the actions; no password ever expires (NIST SP 800-63B, 3.1.1.2)."""

import re
from collections.abc import Iterable
from functools import cache

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from callbox.access.breached import is_in
from callbox.kernel.errors import Invalid, Unavailable
from callbox.kernel.text import gettext_noop as _

SHORTEST, LONGEST = 12, 200
WRAPPING = re.compile(r"^[\W\d_]+|[\W\d_]+$")
NAME_PART = 4  # bytes, two Chinese characters: a shorter part of a name stands in too many words


def check_password(password: str, names: Iterable[str]) -> None:
    """Raises Invalid for a password that is too short, common or breached, or contains one of the names.

    Common: among the 20,000 most used of those that became known; also with digits or signs around it, or repeated.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        _refuse(
            _("Choose a password of 12 to 200 characters. A few words that only you would put together do.")
        )
    if _has_name(password.casefold(), names):
        _refuse(_("The password contains the name. Choose another."))
    if any(_is_common(word) for word in {password, core(password)}):
        _refuse(_("This password is among the common ones, which are guessed first. Choose another."))
    if _is_breached(password):
        _refuse(
            _("This password became known in a theft elsewhere. Choose another, and change it there too.")
        )


def core(password: str) -> str:
    """What is left of a password without the digits and signs around it, said once when it is said again and again."""
    word = WRAPPING.sub("", password.casefold())
    for length in range(1, len(word) // 2 + 1):
        if len(word) % length == 0 and word == word[:length] * (len(word) // length):
            return word[:length]
    return word


def _is_breached(password: str) -> bool:
    """Whether the operator's list has it; without a list nothing is. Raises Unavailable when it cannot be read."""
    file = settings.CONFIG.breached
    try:
        return file is not None and is_in(file, password)
    except OSError:
        raise Unavailable(
            _(
                "The list of breached passwords cannot be read, so no password can be set. Tell the machine's keeper."
            )
        ) from None


def _is_common(word: str) -> bool:
    try:
        _common().validate(word)
    except ValidationError:
        return True
    return False


def _refuse(message: str) -> None:
    raise Invalid(message, fields={"password": message})


def _has_name(password: str, names: Iterable[str]) -> bool:
    parts = [part.casefold() for name in names for part in (name, *name.split())]
    return any(len(part.encode()) >= NAME_PART and part in password for part in parts)


@cache
def _common() -> CommonPasswordValidator:
    return CommonPasswordValidator()
