# SPDX-License-Identifier: Apache-2.0
"""Second factors for tests: an app whose codes the test itself works out."""

from datetime import datetime, timedelta

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.utils import timezone

from callbox.access.factors import add_totp
from callbox.access.models import Person
from callbox.access.totp import STEP_S, new_secret


def code_of(secret: str, at: datetime | None = None) -> str:
    """What the app shows at that time."""
    step = int((at or timezone.now()).timestamp()) // STEP_S
    return str(format_hotp_value(hotp_value(secret, step)))


def with_totp(who: Person) -> str:
    """Give a person an app with codes; its secret."""
    secret, before = new_secret(), timezone.now() - timedelta(hours=1)
    add_totp(who, secret, code_of(secret, before), at=before)
    return secret
