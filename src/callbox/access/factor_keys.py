# SPDX-License-Identifier: Apache-2.0
"""Exchanging the lasting key: secrets of factors and of agencies' systems are sealed anew. Part of the actions."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from callbox.access.agency_keys import seal_keys_anew
from callbox.access.vault import hidden, shown
from callbox.host.vault import CannotOpen, vault


def rotate_lasting() -> tuple[int, int]:
    """Make a new lasting key and seal with it; its number, and how many secrets. Raises OSError.

    The key before it stays until the next time: somebody may be writing with it now.
    """
    number = vault().rotate()
    anew = _seal_anew() + seal_keys_anew()
    for old in vault().generations():
        if old < number - 1:
            vault().destroy_lasting(old)
    return number, anew


@transaction.atomic
def _seal_anew() -> int:
    count = 0
    for factor in Authenticator.objects.select_for_update():
        anew = {name: _anew(value) for name, value in factor.data.items()}
        if anew != factor.data:
            Authenticator.objects.filter(pk=factor.pk).update(data=anew)
            count += 1
    return count


def _anew(value: Any) -> Any:
    """A sealed secret with the newest key; anything else as it is, and what nobody can open too."""
    if not isinstance(value, str):
        return value
    try:
        return hidden(shown(value))
    except (CannotOpen, ValueError):
        return value
