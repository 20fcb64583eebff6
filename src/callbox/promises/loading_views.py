# SPDX-License-Identifier: Apache-2.0
"""A calendar, promises or ladders are pasted, what they would move is shown, and the same person loads them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from callbox.access.site import actor_of_request
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _
from callbox.kernel.text import storable
from callbox.matters.calendars import load_calendar
from callbox.matters.hanging import load_ladders
from callbox.matters.promises import Difference
from callbox.matters.queries import calendar_in_force, calendar_text, ladders_in_force, table_in_force
from callbox.matters.terms import load_terms
from callbox.promises import looked, queries
from callbox.promises.showing import moved_promises, moved_steps
from callbox.promises.words import DIFFERENCES, named
from callbox.web.menu import desk_page


@dataclass(frozen=True, slots=True)
class Tried:
    """What a text would do: as which version, which lines it changes and what it moves, as rows; load does it."""

    version: int
    differences: Sequence[Difference]
    moves: Mapping[str, object]
    load: Callable[[datetime], None]


@dataclass(frozen=True, slots=True)
class Thing:
    """What may be loaded. fields: name, label and rows of each text; now: the texts in force."""

    title: str
    fields: Sequence[tuple[str, str, int]]
    now: Callable[[], Sequence[str]]
    tried: Callable[[Actor, Sequence[str], datetime], Tried]


def _tried_calendar(actor: Actor, texts: Sequence[str], at: datetime) -> Tried:
    plan = queries.tried_calendar(actor, *texts)

    def load(at: datetime) -> None:
        load_calendar(plan, by=actor, at=at)

    return Tried(plan.calendar.version, [], moved_promises(plan.shifts, at), load)


def _tried_terms(actor: Actor, texts: Sequence[str], at: datetime) -> Tried:
    plan = queries.tried_terms(actor, texts[0], at)

    def load(at: datetime) -> None:
        load_terms(plan, by=actor, at=at)

    return Tried(plan.table.edition, plan.differences, moved_promises(plan.shifts, at), load)


def _tried_ladders(actor: Actor, texts: Sequence[str], at: datetime) -> Tried:
    plan = queries.tried_ladders(actor, texts[0], texts[1], at)

    def load(at: datetime) -> None:
        load_ladders(plan, by=actor, at=at)

    return Tried(
        plan.ladders.edition, plan.differences, moved_steps(plan.shifts, plan.told_otherwise, at), load
    )


CALENDAR = Thing(
    _("Load a calendar"),
    (("about", _("The table about.tsv"), 5), ("days", _("The table days.tsv"), 20)),
    lambda: calendar_text(calendar_in_force()),
    _tried_calendar,
)
TERMS = Thing(
    _("Load promises"),
    (("text", _("The table promises.tsv"), 24),),
    lambda: [table_in_force().text],
    _tried_terms,
)

LADDERS = Thing(
    _("Load ladders"),
    (("text", _("The table ladders.tsv"), 16), ("quiet", _("The table quiet_hours.tsv"), 10)),
    lambda: (ladders_in_force().text, ladders_in_force().quiet_text),
    _tried_ladders,
)


@never_cache
@require_http_methods(["GET", "POST"])
@desk_page(queries.CHANGE)
def calendar(request: HttpRequest) -> HttpResponse:
    """The two tables of a calendar."""
    return _page(request, CALENDAR)


@never_cache
@require_http_methods(["GET", "POST"])
@desk_page(queries.CHANGE)
def terms(request: HttpRequest) -> HttpResponse:
    """The table of promises."""
    return _page(request, TERMS)


@never_cache
@require_http_methods(["GET", "POST"])
@desk_page(queries.CHANGE)
def ladders(request: HttpRequest) -> HttpResponse:
    """The tables of ladders and of quiet hours."""
    return _page(request, LADDERS)


def _page(request: HttpRequest, thing: Thing) -> HttpResponse:
    """The texts to be changed; what they would move; or, when that was seen, the overview after they are loaded."""
    if request.method == "GET":
        return _shown(request, thing, thing.now(), {})
    actor, at = actor_of_request(request), timezone.now()
    # A browser sends a text area with CRLF; what is kept is what was in the file.
    texts = [storable(request.POST.get(name, "").replace("\r\n", "\n")) for name, _l, _r in thing.fields]
    try:
        tried = thing.tried(actor, texts, at)
    except Invalid as refusal:
        errors = {thing.fields[-1][0]: refusal.told(gettext)}
        return _shown(request, thing, texts, {}, errors=errors)
    if "looked" not in request.POST:
        token = looked.note(tried.version, texts, by=actor)
        return _shown(request, thing, texts, {"token": token, **_said(tried)})
    looked.check(request.POST["looked"], tried.version, texts, by=actor)
    tried.load(at)
    messages.success(request, gettext("It is in force. What runs is settled within minutes."))
    return redirect("promises")


def _shown(
    request: HttpRequest,
    thing: Thing,
    texts: Sequence[str],
    more: Mapping[str, object],
    *,
    errors: Mapping[str, str] | None = None,
) -> HttpResponse:
    wrong = errors or {}
    fields = [
        {"name": name, "label": gettext(label), "rows": rows, "value": text, "error": wrong.get(name, "")}
        for (name, label, rows), text in zip(thing.fields, texts, strict=True)
    ]
    same = {"title": gettext(thing.title), "fields": fields, "zone": calendar_in_force().zone}
    return render(
        request, "promises/load.html", {**same, **more, "errors": wrong}, status=422 if wrong else 200
    )


def _said(tried: Tried) -> dict[str, object]:
    differences = [
        {"kind": named(DIFFERENCES, each.kind), "rule": each.rule, "was": each.was, "becomes": each.becomes}
        for each in tried.differences
    ]
    return {"version": tried.version, "differences": differences, **tried.moves}
