# SPDX-License-Identifier: Apache-2.0
"""Where agencies are told: an administrator keeps their addresses. Each page that shows one is a noted read."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from callbox.access.models import Agency
from callbox.access.queries import agencies
from callbox.access.sealing import cannot_read
from callbox.access.site import actor_of_request
from callbox.kernel.errors import NotFound
from callbox.kernel.tables import Words
from callbox.messages import queries
from callbox.messages.actions import LANGUAGES, set_reach
from callbox.messages.queries import AGENCY, MANAGE
from callbox.messages.reach_views import LONGEST, problem_of
from callbox.messages.ways import OF_PEOPLE
from callbox.messages.wording import WAY_NAMES
from callbox.web.menu import desk_page

LANGUAGE_NAMES = (("en", "English"), ("zh-hans", "中文"))


@never_cache
@require_GET
@desk_page(MANAGE)
def agencies_reached(request: HttpRequest) -> HttpResponse:
    """Every agency, and by which ways it is told; no address."""
    ways = queries.ways_of_agencies(actor_of_request(request))
    rows = [
        {
            "agency": each,
            "name": _name(each),
            "ways": [
                gettext(WAY_NAMES[way]) for way in OF_PEOPLE if way in ways.get(f"{AGENCY}{each.pk}", ())
            ],
        }
        for each in agencies()
    ]
    return render(request, "messages/agencies.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "POST"])
def agency_reached(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """One agency's addresses, to be changed or emptied, and the language that it is told in."""
    actor, at = actor_of_request(request), timezone.now()
    actor.require_sight(MANAGE)
    agency = next((each for each in agencies() if each.pk == agency_id), None)
    if agency is None:
        raise NotFound
    holder = f"{AGENCY}{agency.pk}"
    if request.method == "GET":
        known = queries.reaches_for(actor, holder, at=at)
        said = {way: to for way, (to, _language, _why) in known.items()}
        languages = [language for _to, language, _why in known.values() if language]
        unread = [cannot_read(why) for _to, _language, why in known.values() if why]
        return _form(request, agency, said, (languages or [get_language() or "en"])[0], {}, unread=unread)
    said = {way: request.POST.get(way, "").strip()[: LONGEST + 1] for way in OF_PEOPLE}
    errors = {way: problem for way, to in said.items() if (problem := problem_of(way, to))}
    language = request.POST.get("language", "")
    language = language if language in LANGUAGES else LANGUAGES[0]
    if errors:
        return _form(request, agency, said, language, errors)
    for way, to in said.items():
        set_reach(holder, way, to, language, by=actor, at=at)
    messages.success(request, gettext("Kept."))
    return redirect("agencies-reached")


def _form(
    request: HttpRequest,
    agency: Agency,
    said: dict[str, str],
    language: str,
    errors: dict[str, str],
    *,
    unread: list[str] | None = None,
) -> HttpResponse:
    context = {
        "name": _name(agency),
        "said": said,
        "errors": errors,
        "language": language if language in LANGUAGES else LANGUAGES[0],
        "languages": LANGUAGE_NAMES,
        "unread": unread or [],
    }
    return render(request, "messages/agency.html", context, status=422 if errors else 200)


def _name(agency: Agency) -> str:
    return Words(agency.name_en, agency.name_zh).in_language(get_language() or "en")
