# SPDX-License-Identifier: Apache-2.0
"""What was written to the civic line, and taking one of it in hand: the form of a new request opens with its words."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from callbox.access.site import actor_of_request
from callbox.intake.actions import claim_call
from callbox.intake.domain import ANSWERED
from callbox.kernel.text import gettext_noop as _
from callbox.requests.desk_words import named
from callbox.requests.texting import waiting
from callbox.web.menu import desk_page

STATES = {"waiting": _("Waiting"), "lost": _("Waiting"), ANSWERED: _("In your hand")}


@never_cache
@require_GET
@desk_page("request.open")
def texts(request: HttpRequest) -> HttpResponse:
    """The list, without a word of what anybody wrote."""
    rows = [
        {
            "id": call.pk,
            "received_at": call.received_at,
            "mine": call.matter.state == ANSWERED,
            "state": gettext(named(STATES, call.matter.state)),
        }
        for call in waiting(actor_of_request(request))
    ]
    return render(request, "requests/desk/texts.html", {"rows": rows})


@require_POST
def take(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Take it in hand. Raises NotFound, NotAllowed, or Conflict when somebody was first."""
    by = actor_of_request(request)
    by.require("request.open")
    claim_call(call_id, by=by, at=timezone.now())
    return redirect(f"{reverse('requests-new')}?call={call_id}")
