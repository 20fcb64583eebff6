# SPDX-License-Identifier: Apache-2.0
"""A town with agencies and rules, its people, and a request in it."""

from datetime import timedelta
from typing import Any

from tests.world import AT, SETUP, call_taker, someone

from callbox.access.actions import agency_id, define_agency
from callbox.incidents.actions import Where
from callbox.kernel.actor import Actor
from callbox.requests.editions import load_edition, plan_edition
from callbox.requests.models import Request
from callbox.requests.personal import Contact
from callbox.requests.taking import Report, open_request
from callbox.requests.tests.drawn import TOWN, collection, rules

AGENCIES = ("city", "roads", "water", "power")
RULES = rules(
    "*      *   - city  -     city",
    "road/* *   - roads power city",
    "road/* S00 - water -     city",
)
WHERE = Where(11.5, 50.5, "made-up street 1")
NIGHT = AT + timedelta(hours=12)


def town() -> None:
    """Areas, agencies and rules."""
    for code in AGENCIES:
        define_agency(code, code.title(), code, "city", by=SETUP, at=AT)
    for kind, text in (("areas", collection(*TOWN)), ("rules", RULES)):
        load_edition(plan_edition(kind, text, by=SETUP), by=SETUP, at=AT)


def desk_of(code: str, name: str = "") -> Actor:
    """Somebody at an agency's desk."""
    return someone("agency_desk", f"agency:{agency_id(code)}", name=name)


def request(category: str = "road.pothole", **said: Any) -> Request:
    """A request, sent by rule; of a pothole unless said otherwise."""
    answers = {"size": "hand"} if category == "road.pothole" else {}
    contact = Contact("Made-up Name", "+15550100")
    given = {"where": WHERE, "words": "made-up words", "answers": answers, "contact": contact, **said}
    return open_request(Report(category, **given), by=call_taker(), at=AT)


def now(row: Request) -> Request:
    """The request as it is now."""
    return Request.objects.select_related("matter", "agency").get(pk=row.pk)
