# SPDX-License-Identifier: Apache-2.0
"""APIs for agencies' systems: each request is signed (`kernel.signing`), taken once, and has no session."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI
from ninja.security.base import AuthBase

from callbox.access.agency_keys import NotSigned, Signed, system_of
from callbox.access.browsers import source_of
from callbox.access.seeing import look, seeing
from callbox.access.sight import GATE, sight_of
from callbox.kernel.actor import Actor
from callbox.kernel.signing import KEY, ONCE, SIGNATURE, STAMP
from callbox.web.api import answer_refusals
from callbox.web.errors import problem_response


class SignedBySystem(AuthBase):
    """Every request proves which agency's system sent it, and is taken once."""

    openapi_type, openapi_in, openapi_name = "apiKey", "header", SIGNATURE

    def __init__(self, read: Callable[[HttpRequest], bytes]) -> None:
        """read: the body as it was signed; refuses what is too large before it is read."""
        super().__init__()
        self.read = read

    def __call__(self, request: HttpRequest) -> Actor:
        """The agency; from here on the request sees with its eyes. Raises NotSigned, NotAllowed, Conflict."""
        said = request.headers
        signed = Signed(
            said.get(KEY, ""),
            said.get(STAMP, ""),
            said.get(ONCE, ""),
            said.get(SIGNATURE, ""),
            str(request.method),
            request.get_full_path(),
            self.read(request),
        )
        with seeing(GATE):
            actor = system_of(signed, source=source_of(request), at=timezone.now())
        request.actor = actor  # type: ignore[attr-defined]  # as the middleware does for people
        look(sight_of(actor))
        return actor


def plain_body(request: HttpRequest) -> bytes:
    """The body, no longer than any but that of a picture may be."""
    return request.body


def signed_api(
    title: str, namespace: str, description: str, read: Callable[[HttpRequest], bytes] = plain_body
) -> NinjaAPI:
    """An API of which every operation is signed; what is not is answered 401, every refusal as RFC 9457."""
    found = NinjaAPI(
        title=title,
        version="1",
        description=description,
        urls_namespace=namespace,
        docs_url=None,
        auth=SignedBySystem(read),
    )
    answer_refusals(found)
    found.exception_handler(NotSigned)(_not_signed)
    return found


def _not_signed(request: HttpRequest, error: NotSigned) -> HttpResponse:
    response = problem_response(request, error)
    response.status_code = 401
    return response
