# SPDX-License-Identifier: Apache-2.0
"""The inbox: of the desk of requests, and of an agency's desk. It shows nothing personal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from callbox.access.queries import agencies_by_code
from callbox.access.site import actor_of_request
from callbox.kernel.actor import Actor
from callbox.kernel.text import gettext_noop as _
from callbox.matters.queries import calendar_in_force
from callbox.requests import queries
from callbox.requests.desk_words import CLOCKS, STATES, named
from callbox.requests.queries import LAST_NUMBER, Wanted
from callbox.requests.rows import agency_name, in_words, request_rows
from callbox.web.menu import desk_page

PAGE = 50


@dataclass(frozen=True, slots=True)
class View:
    """One page of the inbox."""

    code: str
    label: str
    states: tuple[str, ...] = ()
    late: bool = False
    ended: bool = False


REST = (View("late", _("Late"), late=True), View("open", _("All open")), View("over", _("Over"), ended=True))
OF_DESK = (
    View("send", _("To be sent on"), ("received", "returned", "supervised")),
    View("ask", _("Resident to be asked"), ("answered",)),
    View("away", _("With agencies"), ("assigned", "accepted", "suspended")),
    *REST,
)
OF_AGENCY = (
    View("sign", _("To be signed for"), ("assigned",)),
    View("work", _("In work"), ("accepted",)),
    View("still", _("Stands still"), ("suspended",)),
    *REST,
)


@never_cache
@require_GET
@desk_page(queries.SEE)
def inbox(request: HttpRequest) -> HttpResponse:
    """The inbox; with `rows` its rows alone, for the page that brings itself up to date."""
    actor, at = actor_of_request(request), timezone.now()
    views = OF_DESK if actor.may("request.assign") else OF_AGENCY
    view = next((each for each in views if each.code == request.GET.get("view")), views[0])
    found = queries.inbox(actor, _wanted(request.GET, view, at), PAGE + 1)
    shown = found[:PAGE]
    more = _address(request.GET, view, after=shown[-1].number) if len(found) > PAGE else ""
    context = {
        "rows": inbox_rows(request_rows(shown, at)),
        "more": more,
        "at": at,
        "view": view.code,
        "zone": calendar_in_force().zone,
    }
    if "rows" in request.GET:
        return render(request, "requests/desk/rows.html", context)
    return render(request, "requests/desk/inbox.html", context | _frame(actor, request.GET, views, view, at))


def _wanted(said: Mapping[str, str], view: View, at: datetime) -> Wanted:
    after = said.get("after", "")
    return Wanted(
        agency=_uuid(said.get("agency", "")),
        states=view.states,
        category=said.get("category", ""),
        after=min(int(after), LAST_NUMBER) if after.isascii() and after.isdigit() else None,
        ended=view.ended,
        late_at=at if view.late else None,
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _address(said: Mapping[str, str], view: View, after: int | None = None) -> str:
    kept = {name: said[name] for name in ("agency", "category") if said.get(name)}
    more = {"after": after} if after is not None else {}
    return f"{reverse('requests-desk')}?{urlencode({'view': view.code, **kept, **more})}"


def _frame(
    actor: Actor, said: Mapping[str, str], views: tuple[View, ...], view: View, at: datetime
) -> dict[str, object]:
    is_desk = actor.may("request.assign")
    catalogue = queries.catalogue_in_force().offered(calendar_in_force().day_of(at))
    return {
        "tabs": [(_address(said, each), gettext(each.label)) for each in views],
        "current": _address(said, view),
        "categories": [(each.code, in_words(each.name)) for each in catalogue],
        "category": said.get("category", ""),
        "agencies": [(str(each.pk), agency_name(each)) for each in agencies_by_code().values()]
        if is_desk
        else [],
        "agency": said.get("agency", ""),
        "may_open": actor.may("request.open"),
        "paged": "after" in said,
    }


def inbox_rows(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Rows with the words that the list shows, and the promise that is due first."""
    return [
        row | {"state_name": named(STATES, str(row["state"])), "due": _first_due(row["clocks"])}
        for row in rows
    ]


def _first_due(clocks: object) -> dict[str, object] | None:
    found = list(clocks) if isinstance(clocks, list) else []
    return found[0] | {"label": named(CLOCKS, found[0]["name"])} if found else None
