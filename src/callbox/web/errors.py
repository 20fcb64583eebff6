# SPDX-License-Identifier: Apache-2.0
"""The one place where refusals become answers: a page for people, RFC 9457 for programs."""

import logging
import sys
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.defaults import server_error
from psycopg.errors import DeadlockDetected

from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal, Unavailable
from callbox.kernel.text import gettext_noop as _

# kind of refusal -> status, name in the problem's type, title
ANSWERS: dict[type[Refusal], tuple[int, str, str]] = {
    NotFound: (404, "not-found", _("Not found")),
    NotAllowed: (403, "not-allowed", _("Not allowed")),
    Invalid: (422, "invalid", _("Cannot be used")),
    Conflict: (409, "conflict", _("Somebody else was first")),
    Unavailable: (503, "unavailable", _("Not available now")),
}
FALLBACK = (400, "refused", _("Not done"))
RETRY_AFTER_S = 2
LOG = logging.getLogger(__name__)
PROBLEM = "application/problem+json"


def answer_for(error: Refusal) -> tuple[int, str, str]:
    """Status, short name and untranslated title of a refusal."""
    return next((ANSWERS[kind] for kind in type(error).__mro__ if kind in ANSWERS), FALLBACK)


def field_errors(error: Refusal) -> dict[str, str]:
    """The translated message of each field that cannot be used; empty for other refusals."""
    if not isinstance(error, Invalid):
        return {}
    return {name: gettext(message) for name, message in error.fields.items()}


def problem_response(request: HttpRequest, error: Refusal) -> HttpResponse:
    """A refusal as RFC 9457 problem details, in the language of the request.

    `errors` lists the fields of an Invalid as objects with `field` and `detail`.
    """
    note_refused(request, error)
    status, name, title = answer_for(error)
    problem: dict[str, object] = {
        "type": f"tag:callbox,2026:{name}",
        "title": gettext(title),
        "status": status,
        "detail": error.told(gettext),
        "instance": request.path,
    }
    fields = field_errors(error)
    if fields:
        problem["errors"] = [{"field": field, "detail": detail} for field, detail in fields.items()]
    response = JsonResponse(problem, status=status, content_type=PROBLEM)
    return _with_retry(response)


def page_response(request: HttpRequest, error: Refusal) -> HttpResponse:
    """A refusal as a page that says what to do next."""
    note_refused(request, error)
    status, name, title = answer_for(error)
    if status == 503:
        return _bare_page(error)
    context = {
        "status": status,
        "name": name,
        "title": gettext(title),
        "message": error.told(gettext),
        "fields": field_errors(error),
        "back": _page_before(request),
    }
    return _with_retry(render(request, "web/error.html", context, status=status))


def note_refused(request: HttpRequest, error: Refusal) -> None:
    """Log that somebody asked for what they may not do, or may not see (which may also not be there).

    The pattern of the address and the id of the person: no id of what was asked for, no name, no query.
    """
    if not isinstance(error, NotAllowed | NotFound):
        return
    actor: Actor | None = getattr(request, "actor", None)
    asked = request.resolver_match.route if request.resolver_match else "an address that is none"
    who = actor.id if actor else "nobody"
    LOG.warning("refused (%s): %s %s for %s", answer_for(error)[1], request.method, asked, who)


def _page_before(request: HttpRequest) -> str:
    """The page of ours that the person came from; empty when it was none of ours."""
    before = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    return before if ours else ""


def wants_problem(request: HttpRequest) -> bool:
    """Whether a program asks: the API, or a script on one of our pages."""
    if request.path.startswith("/api/") or request.headers.get("HX-Request"):
        return True
    return "json" in request.headers.get("Accept", "") and "html" not in request.headers.get("Accept", "")


class ErrorPages:
    """Middleware that answers a refusal raised in a view; anything else stays a fault, and is logged."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the view does; what the framework itself refuses under /api becomes a problem too."""
        response = self.get_response(request)
        if response.status_code < 400 or not request.path.startswith("/api/") or _is_problem(response):
            return response
        problem = plain_problem(request, response.status_code)
        if "Allow" in response.headers:
            problem.headers["Allow"] = response.headers["Allow"]
        return problem

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer refusals only."""
        refusal = refusal_behind(exception)
        if refusal is None:
            return None
        answer = problem_response if wants_problem(request) else page_response
        return answer(request, refusal)


def _bare_page(refusal: Refusal) -> HttpResponse:
    """A page that asks nobody who is signed in: the database that knows it may be the one that is gone."""
    status, _name, title = answer_for(refusal)
    numbers = [number.strip() for number in settings.CONFIG.emergency_number.split("/")]
    context = {"title": gettext(title), "message": refusal.told(gettext), "numbers": numbers}
    return _with_retry(HttpResponse(render_to_string("web/unavailable.html", context), status=status))


def refusal_behind(error: Exception) -> Refusal | None:
    """The refusal that an exception is, or that a fault of the database means to whoever asked; None for a fault.

    Two that waited for each other in a circle: the database ended one, and the other was first. No connection:
    nothing was done.
    """
    if isinstance(error, Refusal):
        return error
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    LOG.warning("the database refused: %s", type(error.__cause__).__name__)
    return Conflict() if isinstance(error.__cause__, DeadlockDetected) else Unavailable()


def fault(request: HttpRequest) -> HttpResponse:
    """What stands behind no refusal, or failed before any view was reached: the session is in the database too."""
    error = sys.exc_info()[1]
    refusal = refusal_behind(error) if isinstance(error, Exception) else None
    if refusal is None:
        return server_error(request)
    return (problem_response if wants_problem(request) else page_response)(request, refusal)


def plain_problem(request: HttpRequest, status: int) -> HttpResponse:
    """The problem of an HTTP status that no refusal of ours stands behind (RFC 9457: type about:blank)."""
    problem = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": gettext(NotFound.message if status == 404 else Refusal.message),
        "instance": request.path,
    }
    return JsonResponse(problem, status=status, content_type=PROBLEM)


def _is_problem(response: HttpResponse) -> bool:
    return response.headers.get("Content-Type", "").startswith(PROBLEM)


def _with_retry(response: HttpResponse) -> HttpResponse:
    if response.status_code == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response
