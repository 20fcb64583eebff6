# SPDX-License-Identifier: Apache-2.0
"""A calendar or a table of promises is pasted, what it would move is shown, and the same person puts it in force."""

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
from callbox.matters.calendars import load_calendar
from callbox.matters.queries import calendar_in_force, calendar_text, table_in_force
from callbox.matters.reckoning import Shift, span
from callbox.matters.terms import load_terms
from callbox.promises import looked, queries
from callbox.promises.words import CLOCKS, DIFFERENCES, KINDS, named
from callbox.web.menu import desk_page

MOST = 200  # rows that are shown; the numbers are of all


@dataclass(frozen=True, slots=True)
class Tried:
    """What a text would do: as which version, which lines it changes and which promises it moves; load does it."""

    version: int
    differences: Sequence[Mapping[str, str]]
    shifts: Sequence[Shift]
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

    return Tried(plan.calendar.version, [], plan.shifts, load)


def _tried_terms(actor: Actor, texts: Sequence[str], at: datetime) -> Tried:
    plan = queries.tried_terms(actor, texts[0], at)
    said = [
        {"kind": named(DIFFERENCES, each.kind), "rule": each.rule, "was": each.was, "becomes": each.becomes}
        for each in plan.differences
    ]

    def load(at: datetime) -> None:
        load_terms(plan, by=actor, at=at)

    return Tried(plan.table.edition, said, plan.shifts, load)


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


def _page(request: HttpRequest, thing: Thing) -> HttpResponse:
    """The texts to be changed; what they would move; or, when that was seen, the overview after they are loaded."""
    if request.method == "GET":
        return _shown(request, thing, thing.now(), {})
    actor, at = actor_of_request(request), timezone.now()
    # A browser sends a text area with CRLF; what is kept is what was in the file.
    texts = [
        request.POST.get(name, "").replace("\r\n", "\n").replace("\x00", "") for name, _l, _r in thing.fields
    ]
    try:
        tried = thing.tried(actor, texts, at)
    except Invalid as refusal:
        errors = {thing.fields[-1][0]: refusal.told(gettext)}
        return _shown(request, thing, texts, {}, errors=errors)
    if "looked" not in request.POST:
        token = looked.note(tried.version, texts, by=actor)
        return _shown(request, thing, texts, {"token": token, **_moves(tried, at)})
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


def _moves(tried: Tried, at: datetime) -> dict[str, object]:
    shifts = tried.shifts
    return {
        "version": tried.version,
        "differences": tried.differences,
        "moved": sum(each.was != each.becomes for each in shifts),
        "settled": sum(each.was_provisional and not each.provisional for each in shifts),
        "late_at_once": sum(each.late_at_once(at) for each in shifts),
        "shifts": [
            {
                "kind": named(KINDS, each.kind),
                "matter": str(each.matter)[-8:],
                "clock": named(CLOCKS, each.name),
                "was": each.was,
                "becomes": each.becomes,
                "by": span(each.by),
                "provisional": each.provisional,
            }
            for each in shifts[:MOST]
        ],
        "more": max(0, len(shifts) - MOST),
    }
