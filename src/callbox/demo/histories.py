# SPDX-License-Identifier: Apache-2.0
"""Made-up case histories of the demo, made from the rules as those of the generator: codes of roles, no names. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from callbox.kernel.tables import Row, TableError, read_table
from callbox.oversight.domain.events import Event
from callbox.oversight.domain.rules import Rule
from callbox.oversight.planting import Together, events_of, lawful, violations

# Where histories are made before they are moved to their own day: Mondays at 9 in Shanghai, one under either law.
MADE = (datetime(2026, 1, 12, 1, tzinfo=UTC), datetime(2024, 7, 1, 1, tzinfo=UTC))
LATER = timedelta(days=800)  # by then every limit has passed
MORNING = 1  # the hour, in UTC, at which they begin


@dataclass(frozen=True, slots=True)
class Told:
    """One history. then: what people have done with its finding; empty: nothing."""

    key: str
    rule: str
    variant: str
    begins: timedelta
    agency: str
    then: str


@cache
def histories_told() -> tuple[Told, ...]:
    """All of them; raises TableError."""
    return tuple(_told(row) for row in read_table("callbox.demo", "histories.tsv"))


def _told(row: Row) -> Told:
    return Told(
        key=f"DEMO-{row.whole('number', 1, 999):03}",
        rule=row.need("rule"),
        variant=row["variant"],
        begins=timedelta(days=row.whole("days", 1, 700)),
        agency=row.need("agency"),
        then=row["then"],
    )


def events_told(rules: Mapping[str, Rule], at: datetime) -> dict[Told, list[Event]]:
    """What has happened until now in each. Raises TableError for a rule or a variant that there is not."""
    together = {kind: Together(kind, rules.values()) for kind in {rule.over for rule in rules.values()}}
    return {each: _events(each, rules, together, at) for each in histories_told()}


def _events(
    each: Told, rules: Mapping[str, Rule], together: Mapping[str, Together], at: datetime
) -> list[Event]:
    rule = rules.get(each.rule)
    begun = (at - each.begins).astimezone(UTC).replace(hour=MORNING, minute=0, second=0, microsecond=0)
    version = rule.version_on(begun.date()) if rule else None
    if rule is None or version is None:
        raise TableError(f"histories.tsv: {each.key}: no rule {each.rule} on {begun.date()}")
    among, base = together[rule.over], next((one for one in MADE if one <= begun), MADE[-1])
    if each.variant:
        made = violations(rule, version, among, base, base + LATER)
        found = next((one for one in made if one.variant == each.variant), None)
    else:
        found = lawful(rule, version, among, base, base + LATER)
    if found is None:
        raise TableError(f"histories.tsv: {each.key}: {each.rule} is never broken as {each.variant!r}")
    events = events_of(rule.over, found.steps, each.key, begun)
    return [event for event in events if event.happened and event.happened <= at]
