# SPDX-License-Identifier: Apache-2.0
"""Calling residents back at the end, one after the other: what was done, whom to ask, what they answer."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from callbox.access.site import actor_of_request
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict
from callbox.kernel.text import gettext_noop as _
from callbox.matters.queries import calendar_in_force
from callbox.requests import queries
from callbox.requests.actions import add_remark, close_request
from callbox.requests.asking import note_said
from callbox.requests.desk_views import inbox_rows
from callbox.requests.desk_words import STATES, answers, coded, named
from callbox.requests.domain import ANSWERED
from callbox.requests.models import Request
from callbox.requests.queries import LAST_NUMBER, Wanted
from callbox.requests.ringing import ASK, begin_ringing, end_ringing, rung_by_others
from callbox.requests.rows import details_row, reporter_row, request_rows
from callbox.requests.step_forms import Form
from callbox.web.menu import desk_page

PURPOSE = "call_back"
PORTION = 20
CHOOSE = _("Choose what the resident says.")


@never_cache
@require_GET
@desk_page(ASK)
def next_one(request: HttpRequest) -> HttpResponse:
    """The one that has waited longest for a call; with `after` the one after that number."""
    said = request.GET.get("after", "")
    after = min(int(said), LAST_NUMBER) if said.isascii() and said.isdigit() and len(said) < 20 else None
    found = _free(actor_of_request(request), after, timezone.now())
    if found:
        return redirect("requests-call", found.pk)
    messages.info(request, gettext("Nobody waits for a call any more."))
    return HttpResponseRedirect(f"{reverse('requests-desk')}?view=ask")


def _free(actor: Actor, after: int | None, at: datetime) -> Request | None:
    """The first that nobody else calls now, after that number."""
    while found := queries.inbox(actor, Wanted(states=(ANSWERED,), after=after), PORTION):
        rung = rung_by_others([each.pk for each in found], by=actor, at=at)
        for each in found:
            if each.pk not in rung:
                return each
        after = found[-1].number
    return None


@never_cache
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Whom to call about one request and what they answer; then the next one.

    Whoever opens it has it: nobody else is shown the number meanwhile. Raises NotFound, NotAllowed, or Conflict where
    somebody else notes an answer meanwhile.
    """
    actor, at = actor_of_request(request), timezone.now()
    found = queries.request_for(actor, request_id)
    actor.require(ASK, found.matter.scope)
    if request.method == "POST":
        form = Form(request_id, request.POST, actor, at)
        if form.text("said") or form.text("do") == "close":
            return _note(request, found, form)
        begin_ringing(request_id, by=actor, at=at)
        return _page(request, found, actor, at, {"said": gettext(CHOOSE)})
    if found.matter.state != ANSWERED:
        return redirect("requests-one", request_id)
    try:
        begin_ringing(request_id, by=actor, at=at)
    except Conflict as taken:
        messages.info(request, taken.told(gettext))
        return redirect("requests-one", request_id)
    return _page(request, found, actor, at, {})


def _note(request: HttpRequest, found: Request, form: Form) -> HttpResponse:
    begin_ringing(found.pk, by=form.by, at=form.at)
    if form.text("do") == "close":
        moved = close_request(found.pk, found.result, seen=form.seen(), by=form.by, at=form.at)
    else:
        moved = note_said(found.pk, form.text("said"), seen=form.seen(), by=form.by, at=form.at)
    if form.text("text"):
        add_remark(found.pk, form.text("text"), by=form.by, at=form.at)
    end_ringing(found.pk, by=form.by)
    state = {"number": found.number, "state": named(STATES, moved.state)}
    messages.success(request, gettext("Noted. Request %(number)s: %(state)s.") % state)
    return redirect("requests-call-next")


def _page(
    request: HttpRequest, found: Request, actor: Actor, at: datetime, errors: dict[str, str]
) -> HttpResponse:
    details, told = queries.details_for(actor, found, purpose=PURPOSE, at=at)
    (row,) = inbox_rows(request_rows([found], at))
    context = {
        "row": row,
        "details": details_row(found, details, told),
        "reporter": reporter_row(queries.reporter_for(actor, found, purpose=PURPOSE, at=at)),
        "result": coded(found.result),
        "remarks": queries.remarks_for(actor, found, purpose=PURPOSE, at=at),
        "answers": answers(),
        "later": f"{reverse('requests-call-next')}?after={found.number}",
        "back": f"{reverse('requests-desk')}?view=ask",
        "errors": errors,
        "zone": calendar_in_force().zone,
    }
    return render(request, "requests/desk/call.html", context, status=422 if errors else 200)
