# SPDX-License-Identifier: Apache-2.0
"""The start page: what Callbox is and how to report something; in a demo also a way in for each role."""

import os

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from callbox.demo.domain import towns
from callbox.kernel.tables import read_table
from callbox.kernel.text import gettext_noop as _

SPEED = "CALLBOX_DEMO_SPEED"
ABOUT = {
    "call_taker": (_("Call-taker"), _("Answer the queue, find the place, say what it is.")),
    "dispatcher": (_("Dispatcher"), _("See units and incidents on one map and send who arrives first.")),
    "supervisor": (_("Supervisor"), _("See what is late, what soon will be, and why.")),
    "agency_desk": (
        _("Agency desk"),
        _("Take complaints on, put them right, and deal with your part of an incident."),
    ),
    "unit_lead": (_("Head of unit"), _("See what oversight found in your unit's cases, and answer it.")),
    "legal_officer": (
        _("Legal officer"),
        _("See which cases broke a rule or are about to, with the arithmetic, and decide about answers."),
    ),
    "crew": (_("Crew"), _("Take an assignment on a phone: acknowledge, go, arrive, clear.")),
    "administrator": (_("Administrator"), _("Define agencies, stations, units and people.")),
}


@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Public: shows no data."""
    context: dict[str, object] = {"demo": settings.CONFIG.demo}
    if settings.CONFIG.demo:
        context |= {"roles": _roles(), "city": _city(), "speed": os.environ.get(SPEED, "1")}
    return render(request, "demo/start.html", context)


def _roles() -> list[dict[str, str]]:
    rows = read_table("callbox.demo", "people.tsv")
    shown = [(row["role"], *ABOUT[row["role"]]) for row in rows]
    return [{"role": role, "name": gettext(name), "about": gettext(about)} for role, name, about in shown]


def _city() -> str:
    town = towns().get(settings.CONFIG.city)
    if town is None:
        return str(settings.CONFIG.city)
    return town.name_zh if (get_language() or "").startswith("zh") else town.name_en
