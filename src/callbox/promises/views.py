# SPDX-License-Identifier: Apache-2.0
"""Which calendar and which promises are in force, what is provisional, and whether a year is missing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from callbox.access.site import actor_of_request
from callbox.matters.queries import known_now, loaded_at
from callbox.matters.reckoning import unknown_soon
from callbox.promises import queries
from callbox.promises.showing import ladder_rows, promise_rows
from callbox.promises.words import CLOCKS, KINDS, named
from callbox.web.menu import desk_page


@never_cache
@require_GET
@desk_page(queries.SEE)
def overview(request: HttpRequest) -> HttpResponse:
    """What due times are reckoned with now."""
    actor, at, known = actor_of_request(request), timezone.now(), known_now()
    waiting = queries.provisional(actor)
    context = {
        "calendar": known.calendar,
        "years": sorted(known.calendar.years),
        "missing": unknown_soon(known.calendar, at),
        "provisional": [
            {"kind": named(KINDS, each.kind), "clock": named(CLOCKS, each.clock), "count": each.count}
            for each in waiting
        ],
        "count": sum(each.count for each in waiting),
        "promises": promise_rows(known.table.on(known.calendar.day_of(at))),
        "edition": known.table.edition,
        "ladder_edition": known.ladders.edition,
        **ladder_rows(known.ladders, known.calendar.day_of(at)),
        "loaded": loaded_at(known),
        "may_change": queries.CHANGE in actor.powers,
        "zone": known.calendar.zone,
    }
    return render(request, "promises/overview.html", context)
