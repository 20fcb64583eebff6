# SPDX-License-Identifier: Apache-2.0
"""Passkeys (WebAuthn): discoverable, the person verified by the device. An edge: the challenge is in the session.

A challenge serves once, right or wrong. The checks themselves are django-allauth's and python-fido2's.
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from callbox.access.models import Person
from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _

# What damaged or made-up bytes (JSON, CBOR, COSE) raise on their way through the checks.
NOT_A_PASSKEY = (
    ValidationError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    struct.error,
)


@contextmanager
def _checked(request: HttpRequest) -> Iterator[None]:
    try:
        yield
    except NOT_A_PASSKEY:
        raise Invalid(_("This passkey could not be checked. Try again, or use another way.")) from None
    finally:
        request.session.pop(auth.STATE_SESSION_KEY, None)


def creation_options(person: Person) -> dict[str, Any]:
    """What the browser needs to make a passkey for this person."""
    made: dict[str, Any] = auth.begin_registration(person, passwordless=True)
    return made


def checked_creation(request: HttpRequest, credential: dict[str, Any]) -> dict[str, Any]:
    """The passkey that was made, as it is kept. Raises Invalid."""
    with _checked(request):
        auth.complete_registration(auth.parse_registration_response(credential))
    return credential


def request_options(person: Person | None) -> dict[str, Any]:
    """What the browser needs to use a passkey: this person's, or, with None, any it holds for us."""
    made: dict[str, Any] = auth.begin_authentication(person)
    return made


def checked_use(
    request: HttpRequest, credential: dict[str, Any], person: Person | None
) -> tuple[Person, Authenticator]:
    """Whose passkey it is, and which; with `person` it must be theirs. Raises Invalid."""
    with _checked(request):
        owner = person or auth.extract_user_from_response(credential)
        parsed = auth.parse_authentication_response(credential)
        row = auth.complete_authentication(owner, parsed)
        if not owner.is_active:
            raise ValueError("not active")
    return owner, row
