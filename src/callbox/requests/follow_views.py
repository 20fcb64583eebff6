# SPDX-License-Identifier: Apache-2.0
"""A resident follows a request: by number and key or code, then how it stands, an answer, withdrawal, what is held."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from callbox.access.browsers import source_of
from callbox.kernel.errors import Invalid, NotAllowed
from callbox.kernel.text import gettext_noop as _
from callbox.matters.queries import calendar_in_force
from callbox.requests.domain import limit
from callbox.requests.following import Asking, Locked, open_request_for, send_code
from callbox.requests.own import held_about, status_of
from callbox.requests.public_views import SENT, numbers
from callbox.requests.public_words import held_shown, status_shown
from callbox.requests.speaking import answer_own, withdraw_own

FOLLOWED, BROWSER = "followed", "browser"
NOT_OPEN = _("Enter the number and the code first.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Number and code, or key; a right one opens the request in this browser for a while."""
    said = {name: request.POST.get(name, "").strip()[:40] for name in ("number", "code")}
    if request.method != "POST":
        return _entry(request, said)
    at = timezone.now()
    try:
        found = open_request_for(said["number"], said["code"], _asking(request), at=at)
    except (Invalid, Locked) as refusal:
        status = 429 if isinstance(refusal, Locked) else 422
        answer = _entry(request, said, errors={"code": refusal.told(gettext)}, status=status)
        if status == 429:
            answer.headers["Retry-After"] = str(60 * limit("count_minutes", at.date()))
        return answer
    request.session.cycle_key()
    until = at + timedelta(minutes=limit("follow_minutes", at.date()))
    request.session[FOLLOWED] = {"request": str(found), "until": until.isoformat()}
    return redirect("civic-mine")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Send a one-time code to whoever reports, if this is where they are reached; the answer never tells."""
    if request.method != "POST":
        return redirect("civic-follow")
    if BROWSER not in request.session:
        request.session[BROWSER] = secrets.token_hex(16)
    said = {name: request.POST.get(name, "").strip()[:254] for name in ("number", "to")}
    language = get_language() or "en"
    send_code(said["number"], said["to"], _asking(request), language=language, at=timezone.now())
    return _entry(request, {"number": said["number"][:40]}, asked=True)


def _entry(
    request: HttpRequest,
    said: dict[str, str],
    *,
    errors: dict[str, str] | None = None,
    asked: bool = False,
    status: int = 200,
) -> HttpResponse:
    minutes = limit("code_minutes", timezone.now().date())
    context = {"said": said, "errors": errors or {}, "asked": asked, "minutes": minutes, "numbers": numbers()}
    return render(request, "requests/public/follow.html", context, status=status)


def _asking(request: HttpRequest) -> Asking:
    """What tells this browser from others stands in its session alone; one that asked for no code has nothing."""
    return Asking(request.session.get(BROWSER, ""), source_of(request))


def _followed(request: HttpRequest) -> UUID:
    """The request that this browser may look at now. Raises NotAllowed."""
    said = request.session.get(FOLLOWED)
    if not said or datetime.fromisoformat(said["until"]) <= timezone.now():
        raise NotAllowed(NOT_OPEN)
    return UUID(said["request"])


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """How it stands, in plain words."""
    try:
        found = _followed(request)
    except NotAllowed:
        return redirect("civic-follow")
    status = status_of(found, at=timezone.now())
    shown = status_shown(status, calendar_in_force().zone, get_language() or "en")
    return render(request, "requests/public/mine.html", {**shown, "numbers": numbers()})


@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """What they say about its end."""
    found = _followed(request)
    answer_own(found, request.POST.get("said", ""), at=timezone.now())
    return redirect("civic-mine")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """Ask first, then withdraw."""
    found = _followed(request)
    if request.method == "POST":
        withdraw_own(found, at=timezone.now())
        return redirect("civic-mine")
    status = status_of(found, at=timezone.now())
    shown = status_shown(status, calendar_in_force().zone, get_language() or "en")
    return render(request, "requests/public/withdraw.html", shown)


@never_cache
@require_safe
def held(request: HttpRequest) -> HttpResponse:
    """All that is held about them, and who has read it."""
    found = held_about(_followed(request), at=timezone.now())
    shown = held_shown(found, calendar_in_force().zone, get_language() or "en")
    return render(request, "requests/public/held.html", shown)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Nobody after them at this browser sees it."""
    for name in (FOLLOWED, BROWSER, SENT):
        request.session.pop(name, None)
    return redirect("civic")
