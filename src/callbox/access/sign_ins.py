# SPDX-License-Identifier: Apache-2.0
"""Wrong passwords: counted for a while, so that guessing is slow. Part of the actions."""

import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from callbox.access.models import FailedSignIn
from callbox.kernel.errors import NotAllowed
from callbox.kernel.text import gettext_noop as _

WINDOW = timedelta(minutes=15)
ALLOWED = 10


def check_guesses(username: str, *, at: datetime) -> None:
    """Raises NotAllowed after ten wrong passwords for one name within a quarter of an hour."""
    if FailedSignIn.objects.filter(who=_who(username), at__gt=at - WINDOW).count() >= ALLOWED:
        raise NotAllowed(
            _("Too many wrong passwords for this name. Wait 15 minutes, or ask an administrator.")
        )


@transaction.atomic
def note_failure(username: str, *, at: datetime) -> None:
    """Count a wrong password, and forget those that count no more."""
    FailedSignIn.objects.filter(at__lte=at - WINDOW).delete()
    FailedSignIn.objects.create(who=_who(username), at=at)


def forget_failures(username: str) -> None:
    """The right password: the count begins anew."""
    FailedSignIn.objects.filter(who=_who(username)).delete()


def _who(username: str) -> str:
    """What stands for the name: people type passwords into the wrong field, and none is kept."""
    typed = b"sign-in" + username.casefold().encode(errors="replace")
    return hmac.new(settings.CONFIG.secret, typed, hashlib.sha256).hexdigest()[:32]
