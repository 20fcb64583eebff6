# SPDX-License-Identifier: Apache-2.0
"""The page of one request: what was said, its promises, its history, and its steps as forms. Each read is noted."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from callbox.access.queries import agencies_by_code, names_of
from callbox.access.site import actor_of_request
from callbox.geo.queries import city_map
from callbox.journal.domain import Written
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound
from callbox.matters.queries import calendar_in_force, history_for
from callbox.pictures.queries import pictures_of
from callbox.pictures.rows import picture_rows
from callbox.pictures.words import shown_words
from callbox.requests import queries
from callbox.requests.article_rows import find_articles
from callbox.requests.desk_views import inbox_rows
from callbox.requests.desk_words import CLOCKS, ROLES, STATES, STEPS, coded, named
from callbox.requests.domain import KIND
from callbox.requests.handed import handovers_of
from callbox.requests.handover_views import desk_rows
from callbox.requests.hinting import article_rows
from callbox.requests.models import Request
from callbox.requests.personal import Told
from callbox.requests.rows import agency_name, details_row, remark_rows, request_rows
from callbox.requests.step_forms import StepForm, step_forms, take_step

HANDLE = "handle"
TOLD_OF = ("reason", "result", "disposition", "said", "article")


@never_cache
@require_GET
def one(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request. Raises NotFound."""
    actor, at = actor_of_request(request), timezone.now()
    found = queries.request_for(actor, request_id)
    details, told = queries.details_for(actor, found, purpose=HANDLE, at=at)
    remarks = queries.remarks_for(actor, found, purpose=HANDLE, at=at)
    pictures, entries = pictures_of(actor, [found.matter]), history_for(actor, request_id, KIND)
    written = [*(each.by for each in remarks), *(each.by for each in pictures)]
    names = names_of([*(each.actor for each in entries), *written])
    (row,) = inbox_rows(request_rows([found], at))
    forms = step_forms(actor, found)
    context = {
        "row": row,
        "articles": _articles(forms, found, told, at),
        "promises": [clock | {"label": named(CLOCKS, str(clock["name"]))} for clock in _list(row["clocks"])],
        "details": details_row(found, details, told),
        "hidden_known": _reporter(request, found, at),
        "remarks": remark_rows(remarks, names),
        "pictures": [_plain(each) for each in picture_rows(pictures, names)],
        "words": shown_words(),
        "history": _history(entries, names),
        "parts": _parts(actor, found, at),
        "whole": queries.whole_of(found),
        "handed": desk_rows(handovers_of(actor, request_id), actor),
        "forms": forms,
        "may_reporter": actor.may(queries.REPORTER),
        "point": {"lon": details.lon, "lat": details.lat},
        "city": city_map() if details.lon is not None else None,
        "at": at,
        "zone": calendar_in_force().zone,
    }
    return render(request, "requests/desk/one.html", context)


def _articles(
    forms: Sequence[StepForm], found: Request, told: Told, at: datetime
) -> Sequence[dict[str, object]]:
    """What may answer it, for who may answer it now: of its category first, then by its words."""
    if all(form.step != "article" for form in forms):
        return []
    day = calendar_in_force().day_of(at)
    return article_rows(find_articles(told.words, day, category=found.category, heads=True))


def _parts(actor: Actor, found: Request, at: datetime) -> list[dict[str, object]]:
    parts = queries.parts_of(actor, found)
    rows = inbox_rows(request_rows([each.request for each in parts], at))
    return [row | {"waived": part.waived} for row, part in zip(rows, parts, strict=True)]


def _list(found: object) -> list[dict[str, object]]:
    return list(found) if isinstance(found, list) else []


def _plain(row: dict[str, object]) -> dict[str, object]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else str(value) for name, value in row.items()
    }


def _reporter(request: HttpRequest, found: Request, at: datetime) -> object:
    """A hidden reporter is shown to who may know and asked for it."""
    actor = actor_of_request(request)
    if "reporter" not in request.GET or not found.confidential or not actor.may(queries.REPORTER):
        return None
    return queries.reporter_for(actor, found, purpose="call_back", at=at)


def _history(entries: Sequence[Written], names: dict[str, str]) -> list[dict[str, object]]:
    agencies = {str(each.pk): agency_name(each) for each in agencies_by_code().values()}
    return [
        {
            "at": entry.at,
            "step": named(STEPS, entry.move),
            "state": named(STATES, entry.becomes) if entry.was != entry.becomes else "",
            "by": names.get(entry.actor) or named(ROLES, entry.role),
            "told": [coded(str(entry.facts[name])) for name in TOLD_OF if entry.facts.get(name)],
            "agency": agencies.get(str(entry.facts.get("agency", "")), ""),
            "clock": named(CLOCKS, str(entry.facts["clock"])) if entry.facts.get("clock") else "",
            "due": _dues(entry),
        }
        for entry in entries
    ]


def _dues(entry: Written) -> list[tuple[str, datetime]]:
    said = entry.facts.get("due")
    found = dict(said) if isinstance(said, dict) else {}
    if entry.facts.get("clock") and entry.facts.get("due_at") and entry.move != "late":
        found[str(entry.facts["clock"])] = entry.facts["due_at"]
    return [(named(CLOCKS, name), datetime.fromisoformat(str(at))) for name, at in found.items()]


@require_POST
def step(request: HttpRequest, request_id: UUID, step: str) -> HttpResponse:
    """Take one step with what its form says; who may not see the request any more is sent to the inbox."""
    actor = actor_of_request(request)
    take_step(step, request_id, request.POST, by=actor, at=timezone.now())
    messages.success(request, gettext("Done: %(step)s.") % {"step": named(STEPS, step)})
    try:
        queries.request_for(actor, request_id)
    except NotFound:
        return redirect("requests-desk")
    return redirect("requests-one", request_id)
