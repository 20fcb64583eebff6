# SPDX-License-Identifier: Apache-2.0
"""Hand-overs between the two lines at a desk: what was offered to us, what we gave, and what became of it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from callbox.access.queries import names_of
from callbox.access.site import actor_of_request
from callbox.kernel.actor import Actor
from callbox.matters.queries import calendar_in_force
from callbox.requests import handed, lines, queries
from callbox.requests.handed_rows import handover_rows
from callbox.requests.handover_words import LINES, STANDING, shown_matter
from callbox.requests.models import HandedOver
from callbox.web.menu import desk_page

ENDED = 50
BOARD = "assignment.recall"  # who opens the page that shows incidents
type Rows = list[dict[str, object]]


@never_cache
@require_GET
@desk_page(handed.SEE)
def handovers(request: HttpRequest) -> HttpResponse:
    """Both directions as one line sees them; with `rows` the rows alone, for the page that brings itself up to date."""
    actor, at = actor_of_request(request), timezone.now()
    line = request.GET.get("line", "")
    if line not in LINES:
        line = lines.CIVIC if actor.may("handover.answer") else lines.EMERGENCY
    found = [*handed.open_handovers(actor), *handed.ended_handovers(actor, ENDED)]
    ours = [row for row in found if lines.giver_line(row.source) == line]
    theirs = [row for row in found if lines.giver_line(row.source) != line]
    context = {
        "lists": [
            (gettext("Offered to us"), desk_rows(theirs, actor)),
            (gettext("What we gave, and what became of it"), desk_rows(ours, actor)),
        ],
        "at": at,
        "zone": calendar_in_force().zone,
    }
    if "rows" in request.GET:
        return render(request, "requests/desk/handover_rows.html", context)
    frame = {
        "tabs": [(f"?line={code}", gettext(name)) for code, name in LINES.items()],
        "current": f"?line={line}",
    }
    return render(request, "requests/desk/handovers.html", context | frame)


@never_cache
@require_GET
@desk_page("handover.open")
def waiting(request: HttpRequest) -> JsonResponse:
    """How many wait for this person's line, to be answered or because they came back: the mark beside the link."""
    return JsonResponse({"count": handed.handovers_waiting(actor_of_request(request))})


@never_cache
@require_GET
def of_incident(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """The hand-overs of one incident. Raises NotAllowed."""
    actor, at = actor_of_request(request), timezone.now()
    actor.require(handed.SEE)
    rows = desk_rows(handed.handovers_of(actor, incident_id), actor)
    context = {"lists": [(gettext("Hand-overs"), rows)], "at": at, "zone": calendar_in_force().zone}
    if "rows" in request.GET:
        return render(request, "requests/desk/handover_rows.html", context)
    return render(request, "requests/desk/handovers.html", context)


def desk_rows(rows: Sequence[HandedOver], actor: Actor) -> Rows:
    """Hand-overs with the words that the pages show."""
    names = names_of(row.given_by for row in rows)
    return [_shown(row, names, actor) for row in handover_rows(rows, actor)]


def _shown(row: dict[str, object], names: Mapping[str, str], actor: Actor) -> dict[str, object]:
    words, sign, tone = STANDING[str(row["standing"])]
    return {
        **row,
        "standing_name": gettext(words),
        "sign": sign,
        "tone": tone,
        "giver_name": names.get(str(row["given_by"]), ""),
        "source": _matter(row["source"], actor),
        "became": _matter(row["became"], actor),
    }


def _matter(found: object, actor: Actor) -> dict[str, object] | None:
    """The matter in words, and whether this person has a page that shows it."""
    if not isinstance(found, dict):
        return None
    opens = {lines.REQUEST: queries.SEE, lines.INCIDENT: BOARD}.get(str(found["kind"]))
    return shown_matter(found) | {"opens": opens is not None and actor.may(opens)}
