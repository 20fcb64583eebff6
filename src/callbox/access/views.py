# SPDX-License-Identifier: Apache-2.0
"""Signing in and out; in demo mode also by a link for each role."""

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from callbox.access import queries
from callbox.access.actions import begin_sign_in, end_signed_in
from callbox.access.domain import ADMINISTRATOR, CALL_TAKER, CREW, DISPATCHER, SUPERVISOR
from callbox.access.middleware import SESSION_KEY
from callbox.access.models import Person
from callbox.access.sign_ins import check_guesses, forget_failures, note_failure
from callbox.kernel.errors import Invalid, NotFound, Refusal
from callbox.kernel.text import gettext_noop as _

LONGEST = 200
HOMES = {
    CREW: "/crew",
    CALL_TAKER: "/desk/answer",
    DISPATCHER: "/desk/dispatch",
    SUPERVISOR: "/desk/supervisor",
    ADMINISTRATOR: "/admin/",
}
ROLE_NAMES = {
    CALL_TAKER: (_("Call-taker"), _("Answers the queue: where, what, and whether it is known already.")),
    DISPATCHER: (_("Dispatcher"), _("Sees incidents and units on one map and sends who arrives first.")),
    CREW: (_("Crew"), _("Takes the assignment on a phone, with or without network.")),
    SUPERVISOR: (_("Supervisor"), _("Sees what is late, what soon will be, and why.")),
    ADMINISTRATOR: (_("Administrator"), _("Defines agencies, people, stations and units.")),
}


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and what it sends."""
    given = request.POST if request.method == "POST" else request.GET
    asked = given.get("next", "")
    if request.method == "GET":
        return _form(request, asked, {})
    username, password = (request.POST.get(name, "")[:LONGEST] for name in ("username", "password"))
    try:
        person = _check(request, username, password)
    except Refusal as refusal:
        errors = {"username": gettext(refusal.message)}
        return _form(request, asked, errors, username, status=422)
    return _welcome(request, person, asked)


def _check(request: HttpRequest, username: str, password: str) -> Person:
    at = timezone.now()
    check_guesses(username, at=at)
    person = None if "\x00" in username else authenticate(request, username=username, password=password)
    if person is None:
        note_failure(username, at=at)
        raise Invalid(_("The name or the password is not right. Type both again."))
    forget_failures(username)
    return person


def _form(
    request: HttpRequest, asked: str, errors: dict[str, str], username: str = "", status: int = 200
) -> HttpResponse:
    context = {"errors": errors, "asked": asked, "username": username, "demo": settings.CONFIG.demo}
    return render(request, "access/sign_in.html", context, status=status)


def _welcome(request: HttpRequest, person: Person, asked: str) -> HttpResponse:
    """Begin a session with a key of its own, and go where the person wanted to."""
    at = timezone.now()
    _leave(request)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[SESSION_KEY] = str(begin_sign_in(person, at=at))
    if url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure()):
        return HttpResponseRedirect(asked)
    roles = queries.actor_of(person, at).roles
    return redirect(next((home for role, home in HOMES.items() if role in roles), "/"))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the sign-in: its streams end with it."""
    _leave(request)
    return redirect("/")


def _leave(request: HttpRequest) -> None:
    end_signed_in(request.session.get(SESSION_KEY), at=timezone.now())
    logout(request)


@never_cache
@require_http_methods(["GET", "POST"])
def demo(request: HttpRequest) -> HttpResponse:
    """One button for each role. Only in demo mode, and only for the demo's own people."""
    if not settings.CONFIG.demo:
        raise NotFound
    people = queries.demo_people(timezone.now())
    if request.method == "POST":
        chosen = people.get(request.POST.get("role", ""))
        if chosen is None:
            raise NotFound
        return _welcome(request, chosen, "")
    rows = [
        {"role": role, "name": gettext(name), "about": gettext(about), "person": people[role].name}
        for role, (name, about) in ROLE_NAMES.items()
        if role in people
    ]
    return render(request, "access/demo.html", {"rows": rows})
