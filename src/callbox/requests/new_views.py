# SPDX-License-Identifier: Apache-2.0
"""The call-taker's form of a new request: the category is searched for, its questions are drawn by the server."""

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from callbox.access.site import actor_of_request
from callbox.geo.queries import city_map
from callbox.incidents.actions import Where
from callbox.kernel.errors import Invalid, NotFound
from callbox.matters.queries import calendar_in_force
from callbox.requests import queries
from callbox.requests.answering import answer_at_once
from callbox.requests.article_rows import article_of
from callbox.requests.catalogue import Category
from callbox.requests.desk_words import CHANNELS
from callbox.requests.hinting import LOOK, TAKE, answered_with, hints, note_chosen, point
from callbox.requests.models import Request
from callbox.requests.personal import Contact
from callbox.requests.question_fields import NAME, answers_of, question_fields
from callbox.requests.rows import in_words
from callbox.requests.taking import Report, open_request
from callbox.requests.texting import take_text, told_in
from callbox.web.menu import desk_page

LONGEST = {"words": 4000, "place_text": 200, "note": 1000, "name": 200, "number": 40}
MESSAGE = "call"
HIDDEN = {"yes": True, "no": False}


@never_cache
@require_http_methods(["GET", "POST"])
@desk_page("request.open")
def new(request: HttpRequest) -> HttpResponse:
    """The form; with `questions` its questions alone, for the page whose category was just chosen.

    With `look` it is shown again with what may answer it, with `take` under the category that was suggested: for who
    works without script.
    """
    said = request.POST.dict() if request.method == "POST" else _said_in_message(request)
    category = category_of(said.get(TAKE) or said.get("category", "")) or _category_of_article(said)
    if "questions" in request.GET:
        return render(request, "requests/desk/questions.html", drawn_questions(category, {}, {}))
    errors: dict[str, str] = {}
    if request.method == "POST" and not said.keys() & {LOOK, TAKE}:
        try:
            return redirect("requests-one", _take(request, category).pk)
        except Invalid as refusal:
            errors = {name: gettext(text) for name, text in refusal.fields.items()} or {
                "words": refusal.told(gettext)
            }
    context = {
        **drawn_questions(category, said, errors),
        **_choices(),
        **hints(said, category.code if category else "", timezone.now()),
        "said": said,
        "city": city_map(),
    }
    asked = {each.code for each in category.questions} if category else set()
    context["errors"] = {NAME + name if name in asked else name: text for name, text in errors.items()}
    return render(request, "requests/desk/new.html", context, status=422 if errors else 200)


def category_of(code: str) -> Category | None:
    """The category of this code, if it is offered today."""
    today = calendar_in_force().day_of(timezone.now())
    offered = {each.code: each for each in queries.catalogue_in_force().offered(today)}
    return offered.get(code)


def _category_of_article(said: dict[str, str]) -> Category | None:
    """What the article whose button was pressed is about, where nothing else was chosen."""
    answered = answered_with(said)
    if answered is None:
        return None
    day = calendar_in_force().day_of(timezone.now())
    return next(filter(None, map(category_of, article_of(*answered, day=day).categories)), None)


def _take(request: HttpRequest, category: Category | None) -> Request:
    """Take it, or take it and answer it with the article whose button was pressed."""
    by, at, report = actor_of_request(request), timezone.now(), _report(request, category)
    said = request.POST.dict()
    answered = answered_with(said)
    if said.get(MESSAGE):
        made = take_text(_message(said), report, answered, by=by, at=at)
    else:
        made = (
            answer_at_once(report, *answered, by=by, at=at)
            if answered
            else open_request(report, by=by, at=at)
        )
    note_chosen(said, report.category, at)
    return made


def _said_in_message(request: HttpRequest) -> dict[str, str]:
    """What was written to this line, as the form's own fields, and the read is noted; else what the address says."""
    said = request.GET.dict()
    if said.get(MESSAGE):
        told = told_in(actor_of_request(request), _message(said), at=timezone.now())
        where = told.where
        place = f"{where.lon},{where.lat}" if where.lon is not None else ""
        said.update(
            {"words": told.words, "place_text": where.address, "place": place, "channel": told.channel}
        )
        said.update({"name": told.contact.name, "number": told.contact.number})
    return said


def _message(said: dict[str, str]) -> UUID:
    try:
        return UUID(said[MESSAGE])
    except ValueError:
        raise NotFound from None


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
    lon, lat = point(said.get("place", ""))
    return Report(
        category.code,
        Where(lon, lat, text["place_text"], text["note"]),
        text["words"],
        answers_of(category, said),
        Contact(text["name"], text["number"]),
        said.get("channel", "") if said.get("channel") in CHANNELS else "phone",
        HIDDEN.get(said.get("hidden", "")),
    )
