# SPDX-License-Identifier: Apache-2.0
"""The page of what was not delivered: the list names nobody; who opens one is noted as having read it."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from callbox.access.sealing import cannot_read
from callbox.access.site import actor_of_request
from callbox.messages import queries
from callbox.messages.actions import retry_message, settle_message
from callbox.messages.domain import UNDELIVERED
from callbox.messages.models import Message
from callbox.messages.wording import KIND_NAMES, STATES, WAY_NAMES, problem_words
from callbox.web.menu import desk_page

DAY = timedelta(days=1)


@never_cache
@require_GET
@desk_page(queries.SEE)
def messages(request: HttpRequest) -> HttpResponse:
    """What did not arrive, and how many wait at which gateway."""
    actor, at = actor_of_request(request), timezone.now()
    rows = [_shown(row) for row in queries.undelivered(actor)]
    context = {
        "rows": rows,
        "count": queries.undelivered_count(actor),
        "waiting": queries.waiting_by_gateway(actor),
        "ended": queries.ended_since(actor, at - DAY),
        "live": True,
    }
    return render(request, "messages/undelivered.html", context)


@never_cache
@require_GET
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message with recipient and words; the read is noted."""
    actor = actor_of_request(request)
    row = queries.message_for(actor, message_id)
    words = queries.words_for(actor, message_id, at=timezone.now())
    context = {
        "shown": _shown(row),
        "words": words,
        "why": cannot_read(words.why) if words.why else "",
        "undelivered": row.state == UNDELIVERED,
    }
    return render(request, "messages/message.html", context)


@require_POST
def retry(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Try it again."""
    retry_message(message_id, by=actor_of_request(request), at=timezone.now())
    return redirect("messages")


@require_POST
def settle(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Somebody told them otherwise."""
    settle_message(message_id, by=actor_of_request(request), at=timezone.now())
    return redirect("messages")


def _shown(row: Message) -> dict[str, object]:
    """A message in words, without recipient and words of its own."""
    text, fills = problem_words(row.problem)
    said = gettext(text) if text else ""
    return {
        "row": row,
        "kind": gettext(KIND_NAMES[row.kind]),
        "way": gettext(WAY_NAMES[row.way]) if row.way else "",
        "state": gettext(STATES[row.state]),
        "problem": said % fills if fills else said,
    }
