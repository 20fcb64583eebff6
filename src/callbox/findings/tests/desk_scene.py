# SPDX-License-Identifier: Apache-2.0
"""Findings about histories of the live log, judged by a rule that comes with Callbox, as the desk's pages show them."""

from datetime import UTC, datetime, timedelta

from tests.world import AT

from callbox.access.domain import system_actor
from callbox.findings.actions import note_verdicts
from callbox.findings.domain import Judged, judged_of
from callbox.findings.sending import tell_findings
from callbox.findings.tests.scene import ENGINE
from callbox.oversight.actions import append_events
from callbox.oversight.domain.events import Event
from callbox.oversight.domain.judging import judge
from callbox.oversight.library import shipped_rules
from callbox.oversight.queries import histories_of

CODE = "d07_seizure_30_60_days"
BEGUN = datetime(2026, 3, 2, 1, tzinfo=UTC)
SECRET = "made-up remark 77"


def seized(key: str, days: int | None = None) -> list[Event]:
    """Seized; given back so many days later, or never."""
    of = (("item", key),)
    found = [Event(f"{key}-1", "item.seized_administrative", BEGUN, objects=of, values={"note": SECRET})]
    if days is not None:
        found.append(Event(f"{key}-2", "item.returned", BEGUN + timedelta(days=days), objects=of))
    return found


def judged_item(
    key: str, days: int | None = None, unit: str = "", more: tuple[Event, ...] = (), at: datetime = AT
) -> Judged:
    """What the rule says of it, with its events in the live log. more: acts that the rule does not ask for."""
    events = [*seized(key, days), *more]
    append_events("file:desk", events, (), by=system_actor("oversight"), at=at)
    rule = shipped_rules()[CODE]
    (verdict,) = judge(rule, histories_of("item", [key])[key], at)
    return judged_of(rule, verdict, at, unit)


def found_item(
    key: str, days: int | None = None, unit: str = "", more: tuple[Event, ...] = (), at: datetime = AT
) -> Judged:
    """The same as a finding that its unit has been told of. at: now, where a worker runs; else it climbs at once."""
    each = judged_item(key, days, unit, more, at)
    note_verdicts([each], by=ENGINE, at=at)
    tell_findings(by=ENGINE, at=at)
    return each


def looked_at(key: str) -> tuple[Event, ...]:
    """An act of later that the rule does not ask for: it is in the history, to be named."""
    return (Event(f"{key}-9", "item.looked_after", BEGUN + timedelta(days=200), objects=(("item", key),)),)
