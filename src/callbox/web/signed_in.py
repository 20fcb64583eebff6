# SPDX-License-Identifier: Apache-2.0
"""Who may ask the API at all: a person who is signed in, from our own pages (CSRF)."""

from django.conf import settings
from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security.apikey import APIKeyCookie
from ninja.utils import check_csrf

from callbox.kernel.actor import Actor


class SignedIn(APIKeyCookie):
    """A session with at least one role in force. Nobody gets 401, before anything else is looked at."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Actor | None:
        """The actor; None for nobody. Raises HttpError 403 for a change that no page of ours asked for."""
        actor: Actor | None = self.authenticate(request, request.COOKIES.get(self.param_name))
        if actor is not None and check_csrf(request):
            raise HttpError(403, "the CSRF token is missing or wrong")
        return actor

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        """Whom the middleware found in the session."""
        actor: Actor = request.actor  # type: ignore[attr-defined]  # set by WithActor
        return actor if actor.roles else None


def needs(power: str) -> dict[str, object]:
    """What an operation's OpenAPI entry says of the policy: the action that the asker must have power for."""
    return {"x-power": power}
