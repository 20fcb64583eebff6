# SPDX-License-Identifier: Apache-2.0
"""The number of a request, given by the door in front of us, in every line logged while it is answered."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from callbox.host.logs import request_id

OURS = re.compile(r"[0-9a-f]{16}")


class RequestIds:
    """Middleware: first of all, so that whatever the others log bears the number."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the number known; what is none of ours counts as none."""
        said = request.headers.get("X-Request-Id", "")
        token = request_id.set(said if OURS.fullmatch(said) else "")
        try:
            return self.get_response(request)
        finally:
            request_id.reset(token)
