# SPDX-License-Identifier: Apache-2.0
"""The dispatch board and the supervisor's page: a frame each; rows arrive through the API and the stream."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from callbox.dispatch import words
from callbox.dispatch.script_words import board_words, story_words
from callbox.geo.queries import City, current_city
from callbox.kernel.errors import NotFound, Unavailable
from callbox.web.menu import desk_page, pages_of, steps_of

BOARD, SUPERVISOR = "assignment.recall", "late.see"


@desk_page(BOARD)
def board(request: HttpRequest) -> HttpResponse:
    """The dispatch board."""
    city = city_shown()
    context = {
        "live": "later",
        "city": city,
        "map_note": _("Posts marked * are made up.") if city and city["made_up"] else "",
        "words": board_words(),
        "code_texts": words.codes(),
        "type_names": {code: name for code, name, _hint in words.types()},
        "capabilities": words.capabilities(),
        "codes": words.choices(),
        "types": words.types(),
        "dispositions": words.dispositions(),
        "levels": words.levels(),
        "priorities": words.priorities(),
        "milestones": words.milestones(),
        "unit_moves": words.unit_moves(),
        "pages": pages_of(request, "incident"),
        "steps": steps_of(request, "incident"),
    }
    return render(request, "dispatch/board.html", context)


@desk_page(SUPERVISOR)
def supervisor(request: HttpRequest) -> HttpResponse:
    """What is late, what soon will be, why, and the story of any incident."""
    context = {
        "live": "later",
        "words": board_words() | story_words() | words.supervisor_words(),
        "code_texts": words.codes(),
        "codes": words.choices(),
        "type_names": {code: name for code, name, _hint in words.types()},
    }
    return render(request, "dispatch/supervisor.html", context)


def city_shown() -> dict[str, object] | None:
    """What the map needs of the city in force; None where none can be shown."""
    try:
        city: City = current_city()
    except (NotFound, Unavailable):
        return None
    return {
        "tiles_url": f"/map/{city.name}/{city.version}.pmtiles",
        "bounds": city.bounds,
        "made_up": any(place.made_up for place in city.places),
    }
