# SPDX-License-Identifier: Apache-2.0
"""Who loads something has looked at what it would move: a short-lived, signed note of that, for nobody else."""

import hashlib
from datetime import timedelta

from django.core import signing

from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict
from callbox.kernel.text import gettext_noop as _

SALT = "callbox.promises.looked"
SERVES = timedelta(minutes=30)  # set by the authority
LOOK_FIRST = _("Look at what this would move first, then load it. What you saw may be out of date.")


def note(version: int, texts: list[str], *, by: Actor) -> str:
    """That this person has seen what these texts would move, as this version."""
    return signing.dumps(_said(version, texts, by), salt=SALT)


def check(token: str, version: int, texts: list[str], *, by: Actor) -> None:
    """Raise Conflict unless this person saw what these very texts would move, as this version, a short while ago."""
    try:
        said = signing.loads(token, salt=SALT, max_age=SERVES)
    except signing.BadSignature:
        said = None
    if said != _said(version, texts, by):
        raise Conflict(LOOK_FIRST)


def _said(version: int, texts: list[str], by: Actor) -> list[object]:
    return [version, hashlib.sha256("\0".join(texts).encode()).hexdigest(), by.id]
