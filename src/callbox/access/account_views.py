# SPDX-License-Identifier: Apache-2.0
"""One's own pages: where one is signed in, second factors, the password."""

from uuid import UUID

from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from callbox.access import queries
from callbox.access.actions import change_own_password
from callbox.access.browsers import source_of
from callbox.access.coming_in import begin_session
from callbox.access.factors import make_recovery_codes, remove_factor
from callbox.access.guard import page, person_of_request
from callbox.access.guesses import marks_of, one_guess
from callbox.access.models import Person
from callbox.access.sign_ins import end_own
from callbox.access.site import actor_of_request
from callbox.access.views import LONGEST
from callbox.access.words import DEVICES, FACTORS, METHODS, in_words
from callbox.kernel.errors import Invalid, Refusal
from callbox.kernel.text import gettext_noop as _


@page()
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Where I am signed in, my second factors, my password."""
    person = person_of_request(request)
    rows = [
        {
            "id": row.id,
            "device": in_words(DEVICES, row.device),
            "method": in_words(METHODS, row.method),
            "since": row.started_at,
            "used": row.last_used_at,
            "here": row.id == request.sign_in.id,  # type: ignore[attr-defined]  # set by WithActor
        }
        for row in queries.own_sign_ins(actor_of_request(request))
    ]
    factors = [
        {"id": row.pk, "kind": in_words(FACTORS, row.type), "since": row.created_at, "used": row.last_used_at}
        for row in queries.factors_of(person.pk)
    ]
    context: dict[str, object] = {
        "rows": rows,
        "factors": factors,
        "codes": queries.recovery_codes_left(person.pk),
    }
    context["may_widen"] = actor_of_request(request).may("widening.ask")
    return render(request, "access/account.html", context)


@page()
@require_POST
def end_mine(request: HttpRequest) -> HttpResponse:
    """End one of my sign-ins, or, without one named, all but this."""
    actor, here = actor_of_request(request), request.sign_in.id  # type: ignore[attr-defined]  # set by WithActor
    named = request.POST.get("sign_in")
    wanted = [uuid_of(named)] if named else [row.id for row in queries.own_sign_ins(actor) if row.id != here]
    end_own(wanted, by=actor, at=timezone.now())
    return redirect("account")


def uuid_of(text: str) -> UUID:
    """An id that a form sent. Raises Invalid."""
    try:
        return UUID(text)
    except ValueError:
        raise Invalid from None


@page(fresh=True)
@require_http_methods(["GET", "POST"])
def codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes, shown this once; earlier ones serve no more."""
    made: list[str] = []
    if request.method == "POST":
        made = make_recovery_codes(person_of_request(request), at=timezone.now())
    groups = [" ".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in made]
    left = queries.recovery_codes_left(person_of_request(request).pk)
    return render(request, "access/codes.html", {"codes": groups, "left": left})


@page(fresh=True)
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Take one of my factors away."""
    factor = request.POST.get("factor", "")
    if not factor.isascii() or not factor.isdigit():
        raise Invalid
    remove_factor(person_of_request(request), int(factor[:18]), at=timezone.now())
    return redirect("account")


@page()
@sensitive_post_parameters("old", "password")
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Another password of my own. Every other sign-in of mine ends."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _change(request, person_of_request(request))
        except Invalid as refusal:
            errors = {name: gettext(text) for name, text in refusal.fields.items()}
        except Refusal as refusal:
            errors = {"old": refusal.told(gettext)}
    return render(request, "access/password.html", {"errors": errors}, status=422 if errors else 200)


def _change(request: HttpRequest, person: Person) -> HttpResponse:
    old, new = (request.POST.get(name, "")[: LONGEST + 1] for name in ("old", "password"))
    at = timezone.now()
    marks = marks_of(person.username, request.sign_in.id.hex, source_of(request))  # type: ignore[attr-defined]  # set by WithActor
    with one_guess(marks, at=at):
        if authenticate(request, username=person.username, password=old) is None:
            wrong = _("This is not your password.")
            raise Invalid(wrong, fields={"old": wrong})
    was = request.sign_in  # type: ignore[attr-defined]  # set by WithActor
    change_own_password(person, new, at=at)
    now = Person.objects.get(pk=person.pk)
    begin_session(request, now, "", was.method, factor=was.factor_at is not None, at=at)
    return redirect("account")
