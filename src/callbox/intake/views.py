# SPDX-License-Identifier: Apache-2.0
"""The resident's page. It posts to the door, which answers by itself: nothing of ours stands in between."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from callbox.intake.actions import RETENTION
from callbox.intake.pictures import add_reported_picture
from callbox.kernel.errors import NotFound
from callbox.kernel.ids import new_id
from callbox.pictures.upload import sent_picture
from callbox.pictures.words import sent_words
from callbox.web.menu import pages_instead


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """One form on one page. Each page shown has a key of its own, so that a double press counts once."""
    numbers = [number.strip() for number in settings.CONFIG.emergency_number.split("/")]
    context = {"key": new_id(), "numbers": numbers, "days": RETENTION.days, "words": _words()}
    context["instead"] = pages_instead("report")
    return render(request, "intake/report.html", context)


@require_POST
def report_picture(request: HttpRequest) -> HttpResponse:
    """A picture for the report that this page sent. The body is the picture; the header says to which contact."""
    at = timezone.now()
    data = sent_picture(request, at.date())
    picture = request.headers.get("Idempotency-Key", "")
    add_reported_picture(
        _id(request.headers.get("X-Contact", "")), data, picture_id=_id(picture) if picture else None, at=at
    )
    return JsonResponse({"added": True})


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _words() -> dict[str, str]:
    """What the page's script says; see web/words.py."""
    return {
        "need_something": _("Say what happened, or where."),
        "sending": _("Sending"),
        "sending_again": _("No answer yet. Trying again."),
        "place_looking": _("Looking for your place."),
        "place_added": _("Added: your place, within %(metres)s m. It is sent once, with this message."),
        "place_failed": _("Your place could not be found. Write it in the field."),
        "picture_failed": _("The picture could not be sent. Your message is with us all the same."),
        **sent_words(),
    }
