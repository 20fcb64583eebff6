# SPDX-License-Identifier: Apache-2.0
"""Who may open a page of this room."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.cache import never_cache

from callbox.access.freshness import is_fresh, to_prove_again
from callbox.access.models import Person
from callbox.access.site import actor_of_request
from callbox.kernel.errors import NotAllowed

View = Callable[..., HttpResponse]


def page(action: str | None = None, *, fresh: bool = False) -> Callable[[View], View]:
    """A view for people who are signed in; strangers sign in first.

    action: only for who may do it; others get NotAllowed. fresh: a factor was proven a short while ago.
    """

    def guard(view: View) -> View:
        @wraps(view)
        @never_cache
        def guarded(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
            actor = actor_of_request(request)
            if not isinstance(request.user, Person) or request.sign_in is None:  # type: ignore[attr-defined]  # set by WithActor
                asked = urlencode({"next": request.get_full_path()})
                return HttpResponseRedirect(f"{settings.LOGIN_URL}?{asked}")
            if action is not None and action not in actor.powers:
                raise NotAllowed
            if fresh and not is_fresh(request, at=timezone.now()):
                return to_prove_again(request)
            return view(request, *args, **more)

        return guarded

    return guard


def person_of_request(request: HttpRequest) -> Person:
    """Who is signed in. Only in a view that `page` guards."""
    if not isinstance(request.user, Person):
        raise NotAllowed
    return request.user
