# SPDX-License-Identifier: Apache-2.0
"""The web room's own pages."""

from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from callbox.web.templatetags.ui import SIGNS


def health(_request: HttpRequest) -> HttpResponse:
    """This process answers; its machine's clock. Asks nobody else, so that the door learns of web alone."""
    return JsonResponse({"now": datetime.now(UTC).isoformat()})


def design(request: HttpRequest) -> HttpResponse:
    """All components in both themes, with made-up contents. Shows no data, so anybody may see it."""
    at = timezone.now()
    context = {
        "themes": [("dark", _("Desk, dark")), ("light", _("Public, light"))],
        "signs": SIGNS,
        "levels": [1, 2, 3, 4, 5],
        "earlier": at - timedelta(seconds=47),
        "long_ago": at - timedelta(hours=3, minutes=12),
        "begun": at - timedelta(seconds=40),
        "soon": at + timedelta(seconds=10),
        "later": at + timedelta(minutes=6),
        "past": at - timedelta(seconds=83),
        "types": [("fire", _("Fire")), ("medical", _("Medical")), ("crash", _("Road crash"))],
        "radios": [
            ("yes", _("Yes")),
            ("no", _("No")),
            ("unknown", _("Not known"), _("Ask again when the caller is calmer")),
        ],
        "errors": {"dark_place": _("Say where it is: a street, a crossing or a well-known place.")},
        "tab_items": [
            ("/design", _("Waiting")),
            ("/design?tab=2", _("Mine")),
            ("/design?tab=3", _("Closed")),
        ],
    }
    return render(request, "web/design.html", context)
