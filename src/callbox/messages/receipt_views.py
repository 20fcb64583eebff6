# SPDX-License-Identifier: Apache-2.0
"""Where a gateway says what became of a message: signed with its secret; it is no browser, so no cookie, no CSRF."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from callbox.access.domain import system_actor
from callbox.kernel.errors import NotFound, Refusal
from callbox.messages.gateways import Posted, read_receipt
from callbox.messages.receipts import note_receipt
from callbox.messages.ways import gateways_on
from callbox.web.errors import problem_response

ACTOR = system_actor("messages")


@csrf_exempt
@never_cache
@require_POST
def receipt(request: HttpRequest, gateway: str) -> HttpResponse:
    """204 when it was noted, now or before."""
    at = timezone.now()
    named = {each.name: each for each in gateways_on(at.date())}
    try:
        if gateway not in named:
            raise NotFound
        posted = Posted(request.get_full_path(), request.headers, request.body, at)
        note_receipt(gateway, read_receipt(named[gateway], posted), by=ACTOR, at=at)
    except Refusal as refusal:
        return problem_response(request, refusal)
    return HttpResponse(status=204)
