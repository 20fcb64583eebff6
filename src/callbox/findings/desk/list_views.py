# SPDX-License-Identifier: Apache-2.0
"""The list of findings: by clock, grade, unit, model and state. It names no case and nobody who works here."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from callbox.access.site import actor_of_request
from callbox.findings import queries
from callbox.findings.desk.words import STATES, moment, number_of, rule_name, state_row, unit_names
from callbox.findings.domain import ENDED
from callbox.findings.models import Finding
from callbox.findings.queries import Wanted
from callbox.kernel.actor import ANY, Actor
from callbox.kernel.text import storable
from callbox.matters.queries import calendar_in_force
from callbox.oversight.desk.showing import certainty_row
from callbox.oversight.desk.words import GRADES, named
from callbox.oversight.library import shipped_rules
from callbox.web.menu import desk_page

PAGE = 50
# All that the list can be asked with: a test holds that none of it is a person.
ASKED = ("state", "grade", "unit", "rule")
NO_LIMIT = "none"


@never_cache
@require_GET
@desk_page(queries.SEE)
def findings(request: HttpRequest) -> HttpResponse:
    """A page of the list; with `rows` its rows alone, for the page that brings itself up to date."""
    actor, at, zone = actor_of_request(request), timezone.now(), calendar_in_force().zone
    asked = {name: storable(request.GET.get(name, "")) for name in ASKED}
    units = unit_names()
    after = _after(request.GET.get("after", ""))
    found = queries.findings_page(actor, _wanted(asked, units), after=after, most=PAGE + 1)
    shown = found[:PAGE]
    context = {
        "rows": list_rows(shown, units, at, zone),
        "more": _address(asked, shown[-1]) if len(found) > PAGE else "",
        "at": at,
        "zone": zone,
    }
    if "rows" in request.GET:
        return render(request, "findings/desk/rows.html", context)
    frame = _frame(actor, asked, units) | {"paged": after is not None}
    return render(request, "findings/desk/findings.html", context | frame)


def _wanted(asked: Mapping[str, str], units: Mapping[str, str]) -> Wanted:
    """What is no state, grade or unit is not asked for."""
    return Wanted(
        state=asked["state"] if asked["state"] in STATES else "",
        grade=asked["grade"] if asked["grade"] in GRADES else "",
        unit=asked["unit"] if asked["unit"] in units else "",
        rule=asked["rule"],
    )


def _after(text: str) -> tuple[datetime | None, UUID] | None:
    """Limit and id of the last row of the page before; None for what is none."""
    limit, _comma, last = text.partition(",")
    try:
        at = None if limit == NO_LIMIT else datetime.fromisoformat(limit)
        found = UUID(last)
    except ValueError:
        return None
    return None if at is not None and at.tzinfo is None else (at, found)


def _address(asked: Mapping[str, str], last: Finding) -> str:
    limit = last.due_at.isoformat() if last.due_at else NO_LIMIT
    kept = {name: text for name, text in asked.items() if text}
    return f"{reverse('findings')}?{urlencode({**kept, 'after': f'{limit},{last.pk}'})}"


def list_rows(
    found: Iterable[Finding], units: Mapping[str, str], at: datetime, zone: ZoneInfo
) -> list[dict[str, object]]:
    """Findings as rows, without the case."""
    return [
        {
            "id": row.pk,
            "version": row.matter.version,
            "number": number_of(row.pk),
            "name": rule_name(row.rule),
            "grade": named(GRADES, row.grade),
            "unit": units.get(row.unit, ""),
            "due": moment(row.due_at, zone) if row.due_at else "",
            "due_at": row.due_at,
            "late": row.due_at is not None and row.due_at < at and row.state not in ENDED,
            "round": row.matter.round,
            "share": row.share,
            "suppression": bool(row.suppression),
            **state_row(row.state),
            **certainty_row(row.certainty),
        }
        for row in found
    ]


def _frame(actor: Actor, asked: Mapping[str, str], units: Mapping[str, str]) -> dict[str, object]:
    everywhere = actor.powers[queries.SEE][1] == ANY
    rules = sorted((rule_name(code), code) for code in shipped_rules())
    return {
        "asked": asked,
        "states": [(code, gettext(text)) for code, text in STATES.items()],
        "grades": [(code, gettext(text)) for code, text in GRADES.items()],
        "units": sorted(units.items(), key=lambda each: each[1]) if everywhere else [],
        "rules": [(code, name) for name, code in rules],
    }
