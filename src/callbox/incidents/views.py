# SPDX-License-Identifier: Apache-2.0
"""The answering desk: a frame; its rows arrive through the API and the stream."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from callbox.geo.queries import city_map
from callbox.incidents import words
from callbox.web.menu import desk_page, steps_of

DESK = "call.claim"


@desk_page(DESK)
def answer(request: HttpRequest) -> HttpResponse:
    """The answering desk."""
    context = {
        "live": "later",
        "city": city_map(),
        "me": request.actor.id,  # type: ignore[attr-defined]  # set by WithActor
        "words": words.answer_words(),
        "types": words.types(),
        "outcomes": words.outcomes(),
        "priorities": words.priorities(),
        "steps": steps_of(request, "call"),
    }
    return render(request, "incidents/answer.html", context)
