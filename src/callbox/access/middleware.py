# SPDX-License-Identifier: Apache-2.0
"""Puts the actor on each request: the person of the session with the powers of this very moment."""

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from callbox.access import queries
from callbox.access.models import Person
from callbox.kernel.actor import Actor

NOBODY = Actor("nobody", frozenset())
SESSION_KEY = "sign_in"


class WithActor:
    """Sets `request.actor`. A session whose sign-in has ended counts no more."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request with its actor known."""
        request.actor = _actor(request)  # type: ignore[attr-defined]  # Django's request takes attributes
        return self.get_response(request)


def _actor(request: HttpRequest) -> Actor:
    sign_in = request.session.get(SESSION_KEY)
    if not sign_in:
        return NOBODY
    if not isinstance(request.user, Person) or not queries.sign_in_open(UUID(sign_in)):
        logout(request)
        return NOBODY
    return queries.actor_of(request.user, timezone.now())
