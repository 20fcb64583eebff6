# SPDX-License-Identifier: Apache-2.0
"""How the file of a picture is answered with. Part of the edge of every room that shows pictures."""

from django.http import HttpResponse

# Nobody keeps it, nobody takes it for anything but a picture, and opened by itself it can do nothing.
HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Disposition": 'inline; filename="picture.jpg"',
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
    " object-src 'none'; script-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def as_answer(jpeg: bytes) -> HttpResponse:
    """One file of a picture, to be looked at and not kept."""
    return HttpResponse(jpeg, content_type="image/jpeg", headers=HEADERS)
