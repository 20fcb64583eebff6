# SPDX-License-Identifier: Apache-2.0
"""What the page's script asks when a passkey is used: for the challenge, then with the answer. JSON both ways."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from callbox.access.browsers import remember_browser, source_of
from callbox.access.coming_in import begin_session, home_of
from callbox.access.factors import note_passkey_used
from callbox.access.guesses import FACTOR, SOURCE, marks_of, one_guess
from callbox.access.half import PROVE, half_of
from callbox.access.models import Person
from callbox.access.passkeys import checked_use, request_options
from callbox.access.sign_ins import PASSKEY, note_factor
from callbox.kernel.errors import Invalid, NotAllowed

ALONE, SECOND, AGAIN = "alone", "second", "again"


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that was sent. Raises Invalid."""
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Invalid from None
    if not isinstance(said, dict):
        raise Invalid
    return said


@never_cache
@require_POST
def options(request: HttpRequest) -> HttpResponse:
    """A challenge. for: `alone` (instead of the password), `second` (after it) or `again` (signed in already)."""
    person = _expected(request, body_of(request).get("for"))
    return JsonResponse(request_options(person))


@never_cache
@require_POST
def use(request: HttpRequest) -> HttpResponse:
    """The device's answer to the challenge; where to go now."""
    said = body_of(request)
    purpose, asked = said.get("for"), str(said.get("next", ""))
    expected = _expected(request, purpose)
    marks = _marks(request, expected)
    at = timezone.now()
    with one_guess(marks, at=at):
        person, row = checked_use(request, credential_of(said), expected)
    note_passkey_used(row, at=at)
    if purpose == AGAIN:
        note_factor(request.sign_in.id, at=at)  # type: ignore[attr-defined]  # set by WithActor
        return JsonResponse({"go": home_of(request, person, asked, at=at)})
    return _enter(request, person, asked, purpose)


def _enter(request: HttpRequest, person: Person, asked: str, purpose: object) -> HttpResponse:
    at = timezone.now()
    half = half_of(request, at=at) if purpose == SECOND else None
    wanted, method = (half.asked, half.method) if half else (asked, PASSKEY)
    answer = JsonResponse({"go": begin_session(request, person, wanted, method, factor=True, at=at)})
    remember_browser(answer, person.username, secure=request.is_secure())
    return answer


def _expected(request: HttpRequest, purpose: object) -> Person | None:
    """Whose passkey it must be; None for anybody's. Raises NotAllowed when nobody is that far."""
    if purpose == ALONE:
        return None
    if purpose == SECOND:
        half = half_of(request, at=timezone.now())
        if half is not None and half.step == PROVE:
            return half.person
    signed = request.user if request.sign_in is not None else None  # type: ignore[attr-defined]  # set by WithActor
    if purpose == AGAIN and isinstance(signed, Person):
        return signed
    raise NotAllowed


def _marks(request: HttpRequest, person: Person | None) -> dict[str, str]:
    """A passkey cannot be guessed; where nobody said who they are, only the address is counted."""
    marks = marks_of(person.username if person else "", "", source_of(request), kind=FACTOR)
    return marks if person else {SOURCE: marks[SOURCE]}


def credential_of(said: dict[str, Any]) -> dict[str, Any]:
    """The device's answer in what the page sent. Raises Invalid."""
    credential = said.get("credential")
    if not isinstance(credential, dict):
        raise Invalid
    return credential
