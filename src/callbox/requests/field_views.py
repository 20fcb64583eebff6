# SPDX-License-Identifier: Apache-2.0
"""The pages of a grid worker, on a phone: what is to do, and one request with what can be done about it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from callbox.access.site import actor_of_request
from callbox.kernel.errors import NotFound
from callbox.matters.queries import calendar_in_force
from callbox.pictures.words import sent_words
from callbox.requests import queries
from callbox.requests.desk_views import inbox_rows
from callbox.requests.desk_words import STEPS, dispositions, named, reasons
from callbox.requests.queries import Wanted
from callbox.requests.rows import details_row, request_rows
from callbox.requests.step_forms import take_step
from callbox.web.menu import desk_page

FIELD = "request.accept"
FIELD_STEPS = ("accept", "contact", "feed_back", "return", "resume")
MOST = 50


@never_cache
@require_GET
@desk_page(FIELD)
def mine(request: HttpRequest) -> HttpResponse:
    """What is to sign for and what is in work, the oldest first."""
    actor, at = actor_of_request(request), timezone.now()
    found = queries.inbox(actor, Wanted(states=("assigned", "accepted")), MOST)
    context = {"rows": inbox_rows(request_rows(found, at)), "at": at}
    return render(request, "requests/field/mine.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request; a form's step is taken. Raises NotFound."""
    actor, at = actor_of_request(request), timezone.now()
    if request.method == "POST":
        step = request.POST.get("step", "")
        if step not in FIELD_STEPS:
            raise NotFound
        take_step(step, request_id, request.POST, by=actor, at=at)
        messages.success(request, gettext("Done: %(step)s.") % {"step": named(STEPS, step)})
        if step in ("feed_back", "return"):
            return redirect("requests-field")
        return redirect("requests-field-one", request_id)
    found = queries.request_for(actor, request_id)
    details, told = queries.details_for(actor, found, purpose="handle", at=at)
    (row,) = inbox_rows(request_rows([found], at))
    context = {
        "row": row,
        "details": details_row(found, details, told),
        "point": f"{details.lat},{details.lon}" if details.lon is not None else "",
        "moves": set(queries.moves_for(actor, found)),
        "results": dispositions(),
        "contacts": reasons("contact"),
        "returns": reasons("return"),
        "words": sent_words(),
        "zone": calendar_in_force().zone,
    }
    return render(request, "requests/field/one.html", context)
