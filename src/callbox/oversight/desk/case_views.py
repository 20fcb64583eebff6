# SPDX-License-Identifier: Apache-2.0
"""The cases of the live log: a list by kind and key, and one history on a time line with what every rule says of it."""

from datetime import date, datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from callbox.access.site import actor_of_request
from callbox.kernel.text import storable
from callbox.matters.queries import calendar_in_force
from callbox.oversight.desk.histories import PAGE, keys_for
from callbox.oversight.desk.showing import show_history
from callbox.oversight.desk.words import OBJECTS, named
from callbox.oversight.domain.clocks import last_moment
from callbox.oversight.library import shipped_rules
from callbox.oversight.queries import SEE, history_for
from callbox.web.menu import desk_page

LOOK = "oversee"


@never_cache
@require_GET
@desk_page(SEE)
def cases(request: HttpRequest) -> HttpResponse:
    """The histories of one kind of object, by key; a key that is asked for comes first."""
    actor, after = actor_of_request(request), storable(request.GET.get("after", ""))
    asked = request.GET.get("kind", "")
    # Nothing asked: the first kind of which there is a history at all.
    kinds = [asked] if asked in OBJECTS else OBJECTS
    kind = next((each for each in kinds if keys_for(actor, each, after, 1)), next(iter(kinds)))
    found = keys_for(actor, kind, after, PAGE + 1)
    rows = [(key, address_of(kind, key)) for key in found[:PAGE]]
    context = {
        "rows": rows,
        "kind": kind,
        "after": after,
        "objects": [(code, gettext(text)) for code, text in OBJECTS.items()],
        "more": f"?{urlencode({'kind': kind, 'after': found[PAGE - 1]})}" if len(found) > PAGE else "",
    }
    return render(request, "oversight/desk/cases.html", context)


@never_cache
@require_GET
@desk_page(SEE)
def case(request: HttpRequest) -> HttpResponse:
    """One history, as of a day or now; that it was opened is noted. Raises NotFound."""
    kind, key = request.GET.get("kind", ""), storable(request.GET.get("key", ""))
    at = timezone.now()
    history = history_for(actor_of_request(request), kind, key, purpose=LOOK, at=at)
    day = day_asked(request.GET.get("day", ""))
    rules = [rule for rule in shipped_rules().values() if rule.over == kind]
    zone = calendar_in_force().zone
    as_of = (
        min(at, last_moment(calendar_in_force(), datetime.combine(day, datetime.min.time(), zone)))
        if day
        else at
    )
    context = {
        "kind": kind,
        "kind_name": named(OBJECTS, kind),
        "key": key,
        "day": day.isoformat() if day else "",
        "shown": show_history(history, rules, as_of, zone),
        "hidden": len(history.events) - len(history.until(as_of).events),
        "zone": zone,
    }
    return render(request, "oversight/desk/case.html", context)


def address_of(kind: str, key: str) -> str:
    """What stands after the address of the page of one case."""
    return f"?{urlencode({'kind': kind, 'key': key})}"


def day_asked(text: str) -> date | None:
    """A day from a date field; None where it is empty or no day."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
