# SPDX-License-Identifier: Apache-2.0
"""The API that the rooms hang their routers on: OpenAPI published, every refusal as RFC 9457."""

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from callbox.kernel.errors import Invalid, NotAllowed, NotFound, Refusal, Unavailable
from callbox.kernel.text import gettext_noop as _
from callbox.web.errors import problem_response, refusal_behind
from callbox.web.signed_in import SignedIn

api = NinjaAPI(
    title="Callbox", version="1", description="Everything a screen does.", docs_url=None, auth=SignedIn()
)


def answer_refusals(which: NinjaAPI) -> None:
    """Every refusal of this API as RFC 9457."""
    which.exception_handler(Refusal)(_refused)
    which.exception_handler(OperationalError)(_database_refused)
    which.exception_handler(ValidationError)(_not_valid)
    which.exception_handler(Http404)(_not_found)
    which.exception_handler(AuthenticationError)(_not_signed_in)
    which.exception_handler(HttpError)(_other)


def _refused(request: HttpRequest, error: Refusal) -> HttpResponse:
    return problem_response(request, error)


def _database_refused(request: HttpRequest, error: OperationalError) -> HttpResponse:
    return problem_response(request, refusal_behind(error) or Unavailable())


def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What does not fit the schema, by field: the last part of where it was found."""
    fields = {
        ".".join(str(part) for part in found["loc"][1:]) or "body": found["msg"] for found in error.errors
    }
    return problem_response(request, Invalid(fields=fields))


def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem_response(request, NotFound())


def _not_signed_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = problem_response(request, NotAllowed(_("Sign in first.")))
    response.status_code = 401
    return response


def _other(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the framework itself refuses, for instance a body that is no JSON."""
    response = problem_response(
        request, Refusal(_("The request could not be read: %(reason)s"), reason=str(error))
    )
    response.status_code = error.status_code
    return response


answer_refusals(api)
