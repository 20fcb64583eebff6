# SPDX-License-Identifier: Apache-2.0
"""The page of figures: the rates with their denominators, and how many were on time, by agency, category and area."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from callbox.access.queries import agencies_by_code
from callbox.access.site import actor_of_request
from callbox.kernel.text import gettext_noop as _
from callbox.matters.queries import calendar_in_force
from callbox.requests import queries
from callbox.requests.counting_figures import BY, SEE, figures_for
from callbox.requests.domain import limit
from callbox.requests.figures import Counts, Group, load_rates, percent
from callbox.requests.rows import agency_name, in_words
from callbox.web.menu import desk_page

LENGTHS = {"7": 7, "30": 30, "90": 90, "365": 365}
TITLES = {"agency": _("By agency"), "category": _("By category"), "area": _("By area")}


@never_cache
@require_GET
@desk_page(SEE)
def figures(request: HttpRequest) -> HttpResponse:
    """The requests taken in the last days, today included, as they stand now."""
    actor, at = actor_of_request(request), timezone.now()
    days = LENGTHS.get(request.GET.get("days", ""), 30)
    zone = calendar_in_force().zone
    first = at.astimezone(zone).date() - timedelta(days=days - 1)
    groups = figures_for(actor, datetime.combine(first, time(), zone), at + timedelta(seconds=1), at)
    names = _names()
    context = {
        "rates": [in_words(rate.words) for rate in load_rates()],
        "all": [_shown(each, names) for each in groups if not each.by],
        "tables": [
            (gettext(TITLES[by]), [_shown(each, names) for each in groups if each.by == by]) for by in BY
        ],
        "tabs": [
            (f"?days={code}", gettext("%(days)s days") % {"days": number}) for code, number in LENGTHS.items()
        ],
        "current": f"?days={days}",
        "first": first,
        "least": limit("figures_least", at.date()),
        "at": at,
        "zone": zone,
    }
    return render(request, "requests/desk/figures.html", context)


def _names() -> Mapping[tuple[str, str], str]:
    agencies = {("agency", str(each.pk)): agency_name(each) for each in agencies_by_code().values()}
    catalogue = queries.catalogue_in_force().categories.values()
    return {**agencies, **{("category", each.code): in_words(each.name) for each in catalogue}}


def _shown(group: Group, names: Mapping[tuple[str, str], str]) -> dict[str, object]:
    counts = group.counts
    return {
        "name": names.get((group.by, group.code), group.code) or gettext("None"),
        "taken": counts["taken"] if counts else None,
        "rates": [_rate(each.share, each.of, percent(each, counts), counts) for each in load_rates()]
        if counts
        else None,
    }


def _rate(share: str, of: str, found: float | None, counts: Counts) -> dict[str, object]:
    return {"percent": found, "share": counts[share], "of": counts[of]}
