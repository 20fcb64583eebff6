# SPDX-License-Identifier: Apache-2.0
"""Puts the actor on each request: the person of the session with the powers of this very moment.

The database sees the request through the same eyes. Until it is known who asks, and on the pages for signing in,
it shows what signing in needs and nothing else: the gate.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from callbox.access import queries
from callbox.access.limits import needs_factor
from callbox.access.models import Person, SignIn
from callbox.access.seeing import end_reading, look, seeing
from callbox.access.sight import GATE, sight_of
from callbox.access.sign_ins import DEMO, use_sign_in
from callbox.kernel.actor import Actor

NOBODY = Actor("nobody", frozenset())
SESSION_KEY = "sign_in"
GATE_VIEWS = ("callbox.access.",)  # modules whose views are about signing in, and accounts


class AtTheGate:
    """Around everything that asks the database: begins at the gate, and ends what the request read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; afterwards this connection shows what it showed before."""
        with seeing(GATE):
            try:
                return self.get_response(request)
            finally:
                end_reading()


class WithActor:
    """Sets `request.actor` and `request.sign_in`. A session whose sign-in has ended counts no more."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request with its actor known."""
        sign_in, actor = _who(request)
        request.sign_in = sign_in  # type: ignore[attr-defined]  # Django's request takes attributes
        request.actor = actor  # type: ignore[attr-defined]  # the same
        with seeing(sight_of(actor)):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: object, kwargs: object
    ) -> None:
        """A page for signing in asks for somebody who is not signed in yet."""
        if getattr(view, "__module__", "").startswith(GATE_VIEWS):
            look(GATE)


def _who(request: HttpRequest) -> tuple[SignIn | None, Actor]:
    said = request.session.get(SESSION_KEY)
    if not said:
        return None, NOBODY
    at = timezone.now()
    row = queries.open_sign_in(UUID(said))
    person = request.user
    if row is None or not isinstance(person, Person) or row.person_id != person.pk:
        logout(request)
        return None, NOBODY
    actor = queries.actor_of(person, at)
    if not use_sign_in(row, at=at) or _lacks_factor(row, actor):
        logout(request)
        return None, NOBODY
    return row, actor


def _lacks_factor(sign_in: SignIn, actor: Actor) -> bool:
    """The pages that sign in ask for a factor; what they would forget does not help here either."""
    demo = settings.CONFIG.demo
    if sign_in.factor_at is not None or (demo and sign_in.method == DEMO):
        return False
    return needs_factor(actor.roles, sign_in.started_at.date(), demo=demo)
