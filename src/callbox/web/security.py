# SPDX-License-Identifier: Apache-2.0
"""What every answer tells the browser not to do."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from callbox.host.config import HTTPS_ONLY

# Scripts and styles come from our own files only: text that somebody typed can never run. Workers are the
# map's own file; blob: images are pictures that a page has drawn or somebody is about to send.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "worker-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
PRIVATE = ("text/html", "application/json", "application/problem+json")
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    # Nobody outside learns an address of ours. `no-referrer` would hide the origin from ourselves too, and the
    # check against forged requests needs it.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
}


class SecurityHeaders:
    """Middleware that sets the headers an answer does not have yet, and keeps pages out of shared caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the view does, with the headers added."""
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.CONFIG.https:
            response.headers.setdefault("Strict-Transport-Security", HTTPS_ONLY)
        if request.is_secure():
            for cookie in response.cookies.values():
                cookie["secure"] = True
        private = response.headers.get("Content-Type", "").startswith(PRIVATE)
        # Our own files carry no version in their address: asked again each time, they cost a 304.
        response.headers.setdefault("Cache-Control", "private, no-store" if private else "no-cache")
        return response
