# SPDX-License-Identifier: Apache-2.0
"""From a right password, passkey or word of the directory to a session. An edge that the pages share."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from callbox.access import queries
from callbox.access.browsers import device_kind, remember_browser
from callbox.access.domain import (
    ADMINISTRATOR,
    AGENCY_DESK,
    CALL_TAKER,
    CREW,
    DISPATCHER,
    LEGAL_OFFICER,
    SUPERVISOR,
    UNIT_LEAD,
)
from callbox.access.half import PROVE, SET_UP, begin_half
from callbox.access.limits import needs_factor
from callbox.access.middleware import SESSION_KEY
from callbox.access.models import Person
from callbox.access.sign_ins import begin_sign_in, end_signed_in

HOMES = {
    CREW: "/crew",
    CALL_TAKER: "/desk/answer",
    DISPATCHER: "/desk/dispatch",
    SUPERVISOR: "/desk/supervisor",
    ADMINISTRATOR: "/admin/",
    AGENCY_DESK: "/desk/requests",
    UNIT_LEAD: "/desk/findings",
    LEGAL_OFFICER: "/desk/findings",
}


def go_on(request: HttpRequest, person: Person, asked: str, method: str, *, at: datetime) -> HttpResponse:
    """After a right password: to the second factor, to setting one up, or, where none is needed, in."""
    roles = queries.actor_of(person, at).roles
    if queries.factors_of(person.pk):
        step, page = PROVE, "second-factor"
    elif needs_factor(roles, at.date(), demo=settings.CONFIG.demo):
        step, page = SET_UP, "factors-set-up"
    else:
        return welcome(request, person, asked, method, factor=False, at=at)
    leave(request, at=at)
    begin_half(request, person, step, method, asked, at=at)
    return redirect(page)


def welcome(
    request: HttpRequest, person: Person, asked: str, method: str, *, factor: bool, at: datetime
) -> HttpResponse:
    """Begin a session with a key of its own, and go where the person wanted to."""
    response = HttpResponseRedirect(begin_session(request, person, asked, method, factor=factor, at=at))
    remember_browser(response, person.username, secure=request.is_secure())
    return response


def begin_session(
    request: HttpRequest, person: Person, asked: str, method: str, *, factor: bool, at: datetime
) -> str:
    """Begin a session with a key of its own; the address to go to."""
    leave(request, at=at)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    device = device_kind(request.headers.get("User-Agent", ""))
    sign_in = begin_sign_in(person, at=at, method=method, factor=factor, device=device)
    request.session[SESSION_KEY] = str(sign_in)
    return home_of(request, person, asked, at=at)


def home_of(request: HttpRequest, person: Person, asked: str, *, at: datetime) -> str:
    """Where the person wanted to go, if it is a page of ours; else where their role works."""
    if is_ours(request, asked):
        return asked
    roles = queries.actor_of(person, at).roles
    return next((home for role, home in HOMES.items() if role in roles), "/")


def is_ours(request: HttpRequest, asked: str) -> bool:
    """Whether an address is a page of ours: nobody is sent elsewhere by a crafted link."""
    return url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())


def leave(request: HttpRequest, *, at: datetime) -> None:
    """End the sign-in of this session and forget the session."""
    end_signed_in(request.session.get(SESSION_KEY), at=at)
    logout(request)
