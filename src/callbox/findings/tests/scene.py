# SPDX-License-Identifier: Apache-2.0
"""Verdicts as an engine hands them over, about a case of a unit, and the people who deal with them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.world import AT, SETUP, someone

from callbox.access.actions import agency_id, define_agency
from callbox.access.domain import system_actor
from callbox.findings.domain import Judged
from callbox.findings.models import Finding
from callbox.kernel.actor import Actor
from callbox.messages.actions import set_reach
from callbox.oversight.actions import append_events
from callbox.oversight.domain import verdicts as v
from callbox.oversight.domain.events import Event
from callbox.oversight.domain.verdicts import Limit, Outcome, Verdict

ENGINE = system_actor("oversight")
DUE = datetime(2026, 10, 30, 16, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def unit() -> str:
    """The unit that handles the cases, with an address of its own."""
    define_agency("police", "Police", "公安", "city", by=SETUP, at=AT)
    key = f"agency:{agency_id('police')}"
    set_reach(key, "email", "police@city.example", "en", by=SETUP, at=AT)
    return key


def judged(
    verdict: str = v.OVERDUE, case: str = "C1", *, share: int = 0, more: str = "", **said: Any
) -> Judged:
    """What a made-up rule says of a case. more: an event that is evidence beside the trigger."""
    events = {"trigger": f"{case}/1", **({"target": more} if more else {})}
    outcome = Outcome(verdict, events, Limit(DUE))
    told = Verdict("made_up", date(2026, 1, 1), case, f"{case}/1", outcome, "Made-up Act, art. 1", "law")
    return Judged(told, "case", said.get("grade", "yellow"), share, said.get("unit", ""))


SOURCE = "file:made_up"


def told(*names: str, case: str = "C1", source: str = SOURCE) -> None:
    """These events of a case come into the live log."""
    events = [Event(name, "made.up", AT, objects=(("case", case),)) for name in names]
    append_events(source, events, by=ENGINE, at=AT)


def finding(each: Judged) -> Finding:
    """The finding as it stands."""
    return Finding.objects.select_related("matter").get(pk=each.id)


def officer(key: str, name: str = "") -> Actor:
    """Somebody of the unit."""
    return someone("agency_desk", key, name=name)


def lead(key: str, name: str = "") -> Actor:
    """Somebody who leads the unit."""
    return someone("unit_lead", key, name=name)


def legal(name: str = "") -> Actor:
    """A legal officer."""
    return someone("legal_officer", name=name)
