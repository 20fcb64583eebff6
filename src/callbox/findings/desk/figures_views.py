# SPDX-License-Identifier: Apache-2.0
"""The monthly figures of findings: whole, by unit and by model, with their denominators and without small groups."""

from collections.abc import Iterator, Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from callbox.access.site import actor_of_request
from callbox.findings.counting import ALL, RULE, SEE, UNIT, Group, figures_for
from callbox.findings.desk.words import rule_name, unit_names
from callbox.findings.domain import limit
from callbox.kernel.due import add_months
from callbox.kernel.text import gettext_noop as _
from callbox.matters.queries import calendar_in_force
from callbox.oversight.library import shipped_rules
from callbox.web.menu import desk_page

MONTHS = 12
DAY_S = 86_400
TITLES = {UNIT: _("By unit"), RULE: _("By model")}
# What is shown of a group: (heading, what is counted, what it is counted among); "" where there is no such part.
RATES = (
    (_("Warnings heeded"), "heeded", "warned"),
    (_("Disputes upheld"), "upheld", "disputed"),
    (_("Unknown"), "unknown", "judged"),
)


@never_cache
@require_GET
@desk_page(SEE)
def figures(request: HttpRequest) -> HttpResponse:
    """The last twelve months, and one of them by unit and by model."""
    actor, at = actor_of_request(request), timezone.now()
    zone = calendar_in_force().zone
    this = at.astimezone(zone).date().replace(day=1)
    first, until = add_months(this, 1 - MONTHS), add_months(this, 1)
    groups = figures_for(actor, first, until, zone, at)
    months = sorted({each.month for each in groups}, reverse=True)
    asked = request.GET.get("month", "")
    month = asked if asked in months else next(iter(months), "")
    names = _names()
    context = {
        "headings": [gettext(heading) for heading, _part, _of in RATES],
        "months": [_row(each, each.month) for each in reversed(groups) if each.by == ALL],
        "month": month,
        "tables": [
            (
                by,
                gettext(title),
                [_row(each, names.get((by, each.code), each.code)) for each in _of(groups, month, by)],
            )
            for by, title in TITLES.items()
        ],
        "least": limit("small_group", at.date()),
        "at": at,
        "zone": zone,
    }
    return render(request, "findings/desk/figures.html", context)


def _of(groups: list[Group], month: str, by: str) -> Iterator[Group]:
    return (each for each in groups if (each.month, each.by) == (month, by))


def _names() -> Mapping[tuple[str, str], str]:
    units = {(UNIT, code): name for code, name in unit_names().items()}
    rules = {(RULE, code): rule_name(code) for code in shipped_rules()}
    return units | rules | {(UNIT, ""): gettext("No unit known")}


def _row(group: Group, name: str) -> dict[str, object]:
    counts, hidden = group.tally, group.hidden
    days = None if counts.median_s is None else round(counts.median_s / DAY_S, 1)
    return {
        "code": group.month if group.by == ALL else group.code,
        "month": group.month,
        "name": name,
        "raised": None if "raised" in hidden else counts.raised,
        "days": {"hidden": "rectified" in hidden, "value": days, "of": counts.rectified},
        "rates": [_rate(group, part, of) for _heading, part, of in RATES],
    }


def _rate(group: Group, part: str, of: str) -> dict[str, object]:
    """A share with its denominator. none: of a unit it is not known at all how many activations were judged."""
    share, whole = getattr(group.tally, part), getattr(group.tally, of)
    return {
        "hidden": of in group.hidden,
        "none": group.by == UNIT and of == "judged",
        "percent": round(100 * share / whole, 1) if whole else None,
        "share": share,
        "of": whole,
    }
