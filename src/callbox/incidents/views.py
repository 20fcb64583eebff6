# SPDX-License-Identifier: Apache-2.0
"""The answering desk: a frame; its rows arrive through the API and the stream."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from callbox.geo.queries import current_city
from callbox.incidents import words
from callbox.kernel.errors import NotFound, Unavailable
from callbox.web.menu import desk_page, steps_of

DESK = "call.claim"


@desk_page(DESK)
def answer(request: HttpRequest) -> HttpResponse:
    """The answering desk."""
    context = {
        "live": "later",
        "city": _city(),
        "me": request.actor.id,  # type: ignore[attr-defined]  # set by WithActor
        "words": words.answer_words(),
        "types": words.types(),
        "outcomes": words.outcomes(),
        "priorities": words.priorities(),
        "steps": steps_of(request, "call"),
    }
    return render(request, "incidents/answer.html", context)


def _city() -> dict[str, object] | None:
    """What the map needs of the city in force; None where none can be shown."""
    try:
        city = current_city()
    except (NotFound, Unavailable):
        return None
    return {"tiles_url": f"/map/{city.name}/{city.version}.pmtiles", "bounds": city.bounds}
