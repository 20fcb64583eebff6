# SPDX-License-Identifier: Apache-2.0
"""Signing in with a password and a second factor, and out; in demo mode also by a button for each role."""

from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from callbox.access import queries
from callbox.access.browsers import known_browser, source_of
from callbox.access.coming_in import go_on, home_of, is_ours, leave, welcome
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
from callbox.access.factors import PASSKEY, use_code
from callbox.access.guard import page, person_of_request
from callbox.access.guesses import FACTOR, marks_of, one_guess
from callbox.access.half import PROVE, half_of
from callbox.access.models import Person
from callbox.access.sign_ins import DEMO, PASSWORD, note_factor
from callbox.access.site import actor_of_request
from callbox.kernel.errors import Invalid, NotFound, Refusal
from callbox.kernel.text import gettext_noop as _

LONGEST = 200
ROLE_NAMES = {
    CALL_TAKER: (_("Call-taker"), _("Answers the queue: where, what, and whether it is known already.")),
    DISPATCHER: (_("Dispatcher"), _("Sees incidents and units on one map and sends who arrives first.")),
    CREW: (_("Crew"), _("Takes the assignment on a phone, with or without network.")),
    AGENCY_DESK: (_("Agency desk"), _("Takes on what is sent to the agency, and says what came of it.")),
    UNIT_LEAD: (_("Head of unit"), _("Answers for what was found in the cases of the unit.")),
    LEGAL_OFFICER: (_("Legal officer"), _("Sees where a case broke a rule, until it is put right.")),
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
        # A stream that ended because a role came or went leads here: whoever is still signed in goes on.
        if "ended" in request.GET and actor_of_request(request).roles and is_ours(request, asked):
            return redirect(asked)
        return form(request, asked, {})
    username, password = (request.POST.get(name, "")[:LONGEST] for name in ("username", "password"))
    at = timezone.now()
    try:
        person = _check(request, username, password)
    except Refusal as refusal:
        return form(request, asked, {"username": refusal.told(gettext)}, username, status=422)
    return go_on(request, person, asked, PASSWORD, at=at)


def _check(request: HttpRequest, username: str, password: str) -> Person:
    marks = marks_of(username, known_browser(request, username), source_of(request))
    with one_guess(marks, at=timezone.now()):
        person = None if "\x00" in username else authenticate(request, username=username, password=password)
        if not isinstance(person, Person):
            raise Invalid(_("The name or the password is not right. Type both again."))
    return person


def form(
    request: HttpRequest, asked: str, errors: dict[str, str], username: str = "", status: int = 200
) -> HttpResponse:
    """The page of the password, with what went wrong."""
    context = {
        "errors": errors,
        "asked": asked,
        "username": username,
        "demo": settings.CONFIG.demo,
        "directory": settings.CONFIG.directory,
    }
    return render(request, "access/sign_in.html", context, status=status)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """After the password: a code of the app, or one of the recovery codes. (A passkey: passkey_views.)"""
    half = half_of(request, at=timezone.now())
    if half is None or half.step != PROVE:
        return redirect("sign-in")
    if request.method == "GET":
        return _ask(request, half.person, {}, "")
    try:
        _check_code(request, half.person)
    except Refusal as refusal:
        return _ask(request, half.person, {"code": refusal.told(gettext)}, "", status=422)
    return welcome(request, half.person, half.asked, half.method, factor=True, at=timezone.now())


@page()
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def prove_again(request: HttpRequest) -> HttpResponse:
    """Before people, roles or factors are changed: prove a factor once more."""
    person = person_of_request(request)
    given = request.POST if request.method == "POST" else request.GET
    asked = given.get("next", "")
    if not queries.factors_of(person.pk):
        raise Invalid(_("You have no second factor yet. Sign out, sign in again, and set one up."))
    if request.method == "GET":
        return _ask(request, person, {}, asked, again=True)
    try:
        _check_code(request, person)
    except Refusal as refusal:
        return _ask(request, person, {"code": refusal.told(gettext)}, asked, again=True, status=422)
    at = timezone.now()
    note_factor(request.sign_in.id, at=at)  # type: ignore[attr-defined]  # set by WithActor
    return redirect(home_of(request, person, asked, at=at))


def _check_code(request: HttpRequest, person: Person) -> None:
    marks = marks_of(person.username, "", source_of(request), kind=FACTOR)
    at = timezone.now()
    with one_guess(marks, at=at):
        use_code(person, request.POST.get("code", "")[:LONGEST], at=at)


def _ask(
    request: HttpRequest,
    person: Person,
    errors: dict[str, str],
    asked: str,
    *,
    again: bool = False,
    status: int = 200,
) -> HttpResponse:
    kinds = {row.type for row in queries.factors_of(person.pk)}
    context = {"errors": errors, "asked": asked, "again": again, "passkey": PASSKEY in kinds}
    return render(request, "access/second.html", context, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the sign-in: its streams end with it, and the browser forgets the pages that it has seen.

    Not its storage: what a crew has pressed and could not send yet lies there. Their page takes off the rest itself.
    """
    leave(request, at=timezone.now())
    response = redirect("/")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def demo(request: HttpRequest) -> HttpResponse:
    """One button for each role. Only in demo mode, and only for the demo's own people."""
    if not settings.CONFIG.demo:
        raise NotFound
    at = timezone.now()
    people = queries.demo_people(at)
    if request.method == "POST":
        chosen = people.get(request.POST.get("role", ""))
        if chosen is None:
            raise NotFound
        return welcome(request, chosen, "", DEMO, factor=False, at=at)
    rows = [
        {"role": role, "name": gettext(name), "about": gettext(about), "person": people[role].name}
        for role, (name, about) in ROLE_NAMES.items()
        if role in people
    ]
    return render(request, "access/demo.html", {"rows": rows})
