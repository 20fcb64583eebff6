# SPDX-License-Identifier: Apache-2.0
"""Wider access for a while: the page to take it, and the supervisors' page of who did."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from callbox.access import queries
from callbox.access.account_views import uuid_of
from callbox.access.guard import page
from callbox.access.limits import reason_words
from callbox.access.models import Widening
from callbox.access.seeing import seeing
from callbox.access.sight import sight_of
from callbox.access.site import actor_of_request
from callbox.access.vault import reason_of
from callbox.access.views import ROLE_NAMES
from callbox.access.widening import LONGEST, check_wider, end_widening, note_widening, take_wider_access
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _

SUBJECTS = {"call": _("Calls"), "incident": _("Incidents"), "history": _("Histories of cases")}


def _reasons() -> list[tuple[str, str]]:
    language = get_language() or "en"
    return [(code, words.in_language(language)) for code, words in reason_words().items()]


@page()
@require_http_methods(["GET", "POST"])
def wider(request: HttpRequest) -> HttpResponse:
    """Take it, or see that one has it."""
    actor, at = actor_of_request(request), timezone.now()
    own = queries.own_widening(actor)
    if own is not None:
        return render(request, "access/wider.html", {"own": own})
    gets = check_wider(actor, at)
    errors: dict[str, str] = {}
    reason, words = (request.POST.get(name, "")[: LONGEST + 1] for name in ("reason", "words"))
    if request.method == "POST":
        try:
            take_wider_access(reason, words, by=actor, at=at)
            return redirect("wider")
        except Invalid as refusal:
            errors = {name: gettext(text) for name, text in refusal.fields.items()}
    context = {
        "gets": {"role": gettext(ROLE_NAMES[gets.role][0]), "minutes": gets.minutes},
        "reasons": _reasons(),
        "errors": errors,
        "reason": reason,
        "words": words,
    }
    return render(request, "access/wider.html", context, status=422 if errors else 200)


@page()
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End one's own, or anybody's."""
    actor = actor_of_request(request)
    end_widening(uuid_of(request.POST.get("widening", "")), by=actor, at=timezone.now())
    return redirect("wider-all" if request.POST.get("list") else "account")


@page("widening.see")
@require_GET
def everybody(request: HttpRequest) -> HttpResponse:
    """Who took wider access, why, and what they read meanwhile."""
    actor = actor_of_request(request)
    rows = [_shown(row, actor) for row in queries.widenings(actor)]
    return render(request, "access/wider_all.html", {"rows": rows, "live": True})


@page("widening.note")
@require_POST
def note(request: HttpRequest) -> HttpResponse:
    """Take note of one."""
    at = timezone.now()
    note_widening(uuid_of(request.POST.get("widening", "")), by=actor_of_request(request), at=at)
    return redirect("wider-all")


@page("widening.see")
@require_GET
def mark(request: HttpRequest) -> HttpResponse:
    """How many nobody has taken note of: the mark on the desks."""
    return JsonResponse({"count": queries.widenings_not_noted(actor_of_request(request))})


def _shown(row: Widening, actor: Actor) -> dict[str, object]:
    words = dict(_reasons())
    with seeing(sight_of(actor)):  # this room's pages see what signing in needs, and no reads
        found = queries.reads_during(row)
    reads = [(gettext(SUBJECTS.get(subject, subject)), count) for subject, count in found]
    return {
        "row": row,
        "reason": words.get(row.reason, row.reason),
        "words": reason_of(bytes(row.text.sealed), row.id),
        "role": gettext(ROLE_NAMES[row.grant.role][0]),
        "reads": reads,
    }
