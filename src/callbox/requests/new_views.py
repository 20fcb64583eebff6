# SPDX-License-Identifier: Apache-2.0
"""The call-taker's form of a new request: the category is searched for, its questions are drawn by the server."""

import math
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from callbox.access.site import actor_of_request
from callbox.geo.queries import current_city
from callbox.incidents.actions import Where
from callbox.kernel.errors import Invalid, NotFound, Unavailable
from callbox.matters.queries import calendar_in_force
from callbox.requests import queries
from callbox.requests.catalogue import Category
from callbox.requests.desk_words import CHANNELS
from callbox.requests.personal import Contact
from callbox.requests.question_fields import NAME, answers_of, question_fields
from callbox.requests.rows import in_words
from callbox.requests.taking import Report, open_request
from callbox.web.menu import desk_page

LONGEST = {"words": 4000, "place_text": 200, "note": 1000, "name": 200, "number": 40}
HIDDEN = {"yes": True, "no": False}


@never_cache
@require_http_methods(["GET", "POST"])
@desk_page("request.open")
def new(request: HttpRequest) -> HttpResponse:
    """The form; with `questions` its questions alone, for the page whose category was just chosen."""
    said = request.POST if request.method == "POST" else request.GET
    category = category_of(said.get("category", ""))
    if "questions" in request.GET:
        return render(request, "requests/desk/questions.html", drawn_questions(category, {}, {}))
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = open_request(_report(request, category), by=actor_of_request(request), at=timezone.now())
            return redirect("requests-one", made.pk)
        except Invalid as refusal:
            errors = {name: gettext(text) for name, text in refusal.fields.items()} or {
                "words": refusal.told(gettext)
            }
    context = {
        **drawn_questions(category, said.dict(), errors),
        **_choices(),
        "said": said.dict(),
        "city": city_map_of(),
    }
    asked = {each.code for each in category.questions} if category else set()
    context["errors"] = {NAME + name if name in asked else name: text for name, text in errors.items()}
    return render(request, "requests/desk/new.html", context, status=422 if errors else 200)


def category_of(code: str) -> Category | None:
    """The category of this code, if it is offered today."""
    today = calendar_in_force().day_of(timezone.now())
    offered = {each.code: each for each in queries.catalogue_in_force().offered(today)}
    return offered.get(code)


def drawn_questions(
    category: Category | None, said: Mapping[str, str], errors: Mapping[str, str]
) -> dict[str, object]:
    """A category with its questions as a form draws them. errors: by question."""
    return {
        "category": category,
        "category_name": in_words(category.name) if category else "",
        "article": in_words(category.article) if category and category.article else "",
        "questions": question_fields(category, said, errors) if category else [],
    }


def categories_offered() -> list[tuple[str, str, str]]:
    """What a request may be about today: code, name, and the code once more as a hint to type by."""
    today = calendar_in_force().day_of(timezone.now())
    return [
        (each.code, in_words(each.name), each.code) for each in queries.catalogue_in_force().offered(today)
    ]


def _choices() -> dict[str, object]:
    return {
        "categories": categories_offered(),
        "channels": [(code, gettext(name)) for code, name in CHANNELS.items()],
        "hiding": [
            ("", gettext("As usual for this category")),
            ("yes", gettext("Hide who reports from the agency")),
            ("no", gettext("The agency may know who reports")),
        ],
    }


def _report(request: HttpRequest, category: Category | None) -> Report:
    """What was entered. Raises Invalid."""
    said = {name: value.strip() for name, value in request.POST.dict().items()}
    if category is None:
        raise Invalid(fields={"category": gettext("Choose what it is about.")})
    if any("\x00" in text for text in said.values()):
        raise Invalid(fields={"words": gettext("This cannot be kept. Write it in plain words.")})
    text = {name: said.get(name, "")[:longest] for name, longest in LONGEST.items()}
    lon, lat = _point(said.get("place", ""))
    return Report(
        category.code,
        Where(lon, lat, text["place_text"], text["note"]),
        text["words"],
        answers_of(category, said),
        Contact(text["name"], text["number"]),
        said.get("channel", "") if said.get("channel") in CHANNELS else "phone",
        HIDDEN.get(said.get("hidden", "")),
    )


def _point(text: str) -> tuple[float | None, float | None]:
    """`lon,lat` as the map and the search give it; nothing for what is none."""
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        return None, None
    if math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90:
        return lon, lat
    return None, None


def city_map_of() -> dict[str, object] | None:
    """What a map needs of the city in force; None where none can be shown."""
    try:
        city = current_city()
    except (NotFound, Unavailable):
        return None
    return {"tiles_url": f"/map/{city.name}/{city.version}.pmtiles", "bounds": city.bounds}
