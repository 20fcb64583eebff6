# SPDX-License-Identifier: Apache-2.0
"""Setting up a second factor: right after the first sign-in, when nothing else can be done, or later."""

import base64
from collections.abc import Callable
from functools import wraps

from allauth.mfa.adapter import get_adapter
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from callbox.access.coming_in import begin_session
from callbox.access.factors import add_passkey, add_totp
from callbox.access.freshness import is_fresh, to_prove_again
from callbox.access.half import SET_UP, half_of
from callbox.access.models import Person
from callbox.access.passkey_views import body_of, credential_of
from callbox.access.passkeys import checked_creation, creation_options
from callbox.access.totp import new_secret
from callbox.access.vault import hidden, shown
from callbox.access.views import LONGEST
from callbox.kernel.errors import Refusal

SECRET = "totp_secret"  # noqa: S105 - the name of a place in the session, where it stands encrypted  # pragma: allowlist secret
View = Callable[[HttpRequest, Person], HttpResponse]


def for_who_may(view: View) -> Callable[[HttpRequest], HttpResponse]:
    """For whom a factor may be set up: half signed in with that to do, or signed in with a fresh factor."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest) -> HttpResponse:
        half = half_of(request, at=timezone.now())
        if half is not None:
            return view(request, half.person) if half.step == SET_UP else redirect("second-factor")
        if not isinstance(request.user, Person) or request.sign_in is None:  # type: ignore[attr-defined]  # set by WithActor
            return redirect("sign-in")
        if not is_fresh(request, at=timezone.now()):
            return to_prove_again(request)
        return view(request, request.user)

    return guarded


@for_who_may
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest, person: Person) -> HttpResponse:
    """A passkey, or an app that shows codes."""
    secret = _secret(request)
    if request.method == "GET":
        return _page(request, person, secret, {})
    try:
        add_totp(person, secret, request.POST.get("code", "")[:LONGEST], at=timezone.now())
    except Refusal as refusal:
        return _page(request, person, secret, {"code": refusal.told(gettext)}, status=422)
    request.session.pop(SECRET, None)
    return HttpResponseRedirect(_on(request, person))


@for_who_may
@require_POST
def passkey_options(request: HttpRequest, person: Person) -> HttpResponse:
    """What the browser needs to make a passkey."""
    return JsonResponse(creation_options(person))


@for_who_may
@require_POST
def passkey_add(request: HttpRequest, person: Person) -> HttpResponse:
    """The passkey that was made; where to go now."""
    credential = checked_creation(request, credential_of(body_of(request)))
    add_passkey(person, gettext("Passkey"), credential, at=timezone.now())
    return JsonResponse({"go": _on(request, person)})


def _on(request: HttpRequest, person: Person) -> str:
    """In, if that was all that was missing; then to the recovery codes."""
    at = timezone.now()
    half = half_of(request, at=at)
    if half is not None:
        begin_session(request, person, half.asked, half.method, factor=True, at=at)
    return reverse("recovery-codes")


def _secret(request: HttpRequest) -> str:
    kept = request.session.get(SECRET)
    if isinstance(kept, str):
        return shown(kept)
    secret = new_secret()
    request.session[SECRET] = hidden(secret)
    return secret


def _page(
    request: HttpRequest, person: Person, secret: str, errors: dict[str, str], status: int = 200
) -> HttpResponse:
    adapter = get_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(person, secret)).encode()
    context = {
        "errors": errors,
        "picture": f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}",
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "first": half_of(request, at=timezone.now()) is not None,
    }
    return render(request, "access/set_up.html", context, status=status)
