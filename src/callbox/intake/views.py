# SPDX-License-Identifier: Apache-2.0
"""The resident's page. It posts to the door, which answers by itself: nothing of ours stands in between."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from callbox.intake.actions import RETENTION
from callbox.kernel.ids import new_id


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """One form on one page. Each page shown has a key of its own, so that a double press counts once."""
    numbers = [number.strip() for number in settings.CONFIG.emergency_number.split("/")]
    context = {"key": new_id(), "numbers": numbers, "days": RETENTION.days, "words": _words()}
    return render(request, "intake/report.html", context)


def _words() -> dict[str, str]:
    """What the page's script says; see web/words.py."""
    return {
        "need_something": _("Say what happened, or where."),
        "sending": _("Sending"),
        "sending_again": _("No answer yet. Trying again."),
        "place_looking": _("Looking for your place."),
        "place_added": _("Added: your place, within %(metres)s m. It is sent once, with this message."),
        "place_failed": _("Your place could not be found. Write it in the field."),
    }
