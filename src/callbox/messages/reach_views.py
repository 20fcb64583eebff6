# SPDX-License-Identifier: Apache-2.0
"""Where somebody who works here is reached: their own page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from callbox.access.site import actor_of_request
from callbox.kernel.errors import Invalid
from callbox.messages import queries
from callbox.messages.actions import LANGUAGES, set_reach
from callbox.messages.domain import check_to
from callbox.messages.ways import OF_PEOPLE
from callbox.web.menu import desk_page

LONGEST = 254


@never_cache
@require_http_methods(["GET", "POST"])
@desk_page("reach.own")
def reach(request: HttpRequest) -> HttpResponse:
    """One's addresses, to be changed or emptied; messages come in the language of the page."""
    actor = actor_of_request(request)
    if request.method == "GET":
        said = {way: to for way, (to, _language) in queries.own_reaches(actor).items()}
        return render(request, "messages/reach.html", {"said": said, "errors": {}})
    said = {way: request.POST.get(way, "").strip()[: LONGEST + 1] for way in OF_PEOPLE}
    errors = {way: problem for way, to in said.items() if (problem := problem_of(way, to))}
    if errors:
        return render(request, "messages/reach.html", {"said": said, "errors": errors}, status=422)
    language = get_language() or "en"
    for way, to in said.items():
        set_reach(
            actor.id,
            way,
            to,
            language if language in LANGUAGES else "en",
            by=actor,
            at=timezone.now(),
        )
    return redirect("own-reach")


def problem_of(way: str, to: str) -> str:
    """What is wrong with it; empty is nowhere, and right."""
    try:
        if to:
            check_to(way, to)
    except Invalid as refusal:
        return refusal.told(gettext)
    return ""
