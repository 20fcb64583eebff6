# SPDX-License-Identifier: Apache-2.0
"""Who deals with what, where and when: rules as a dated table, and which of them decides. Part of the domain: pure.

Of the rules that fit, the one for the category goes before the one for its group and that before `*`; then the one for
the narrowest area; then the one for these hours before the one for all hours.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from callbox.kernel.tables import Row, parse_table
from callbox.requests.areas import Located

ANY = "*"
COLUMNS = ("valid_from", "valid_to", "category", "area", "hours", "lead", "assisting", "backstop", "source")


@dataclass(frozen=True, slots=True)
class Hours:
    """Part of each local day, also over midnight."""

    begins: time
    ends: time

    def __contains__(self, moment: time) -> bool:
        if self.begins < self.ends:
            return self.begins <= moment < self.ends
        return moment >= self.begins or moment < self.ends


@dataclass(frozen=True, slots=True)
class Rule:
    """One line. category: a code, `group/*` or *. lead, assisting, backstop: codes of agencies.

    backstop: gets what was returned too often, and may not return it. key: which rule it is, for the request's record.
    """

    category: str
    area: str
    hours: Hours | None
    lead: str
    assisting: tuple[str, ...]
    backstop: str
    since: date
    until: date | None
    key: str

    def fits(self, local: datetime) -> bool:
        """Whether it is in force, and for this hour."""
        day = local.date()
        in_force = self.since <= day and (self.until is None or day < self.until)
        return in_force and (self.hours is None or local.time() in self.hours)


@dataclass(frozen=True, slots=True)
class Routed:
    """What a rule decided. why: what made it the one, as `category/sub_grid`; rule: its key."""

    lead: str
    assisting: tuple[str, ...]
    backstop: str
    rule: str
    why: str


type Slot = tuple[str, str]


class Rules:
    """All rules of one edition, found by category and area."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._by_slot: dict[Slot, list[Rule]] = {}
        for rule in sorted(rules, key=lambda rule: rule.hours is None):  # those for some hours go first
            self._by_slot.setdefault((rule.category, rule.area), []).append(rule)

    @property
    def agencies(self) -> frozenset[str]:
        """The codes of all agencies that the rules name."""
        return frozenset(
            code for rule in self.rules for code in (rule.lead, rule.backstop, *rule.assisting) if code
        )

    def decide(self, category: str, group: str, located: Located, local: datetime) -> Routed | None:
        """Who deals with it; None where no rule fits. local: the city's time."""
        for kind, code in (("category", category), ("group", f"{group}/{ANY}"), ("any", ANY)):
            for level, area in (*located.narrowest_first, ("any", ANY)):
                for rule in self._by_slot.get((code, area), ()):
                    if rule.fits(local):
                        return Routed(rule.lead, rule.assisting, rule.backstop, rule.key, f"{kind}/{level}")
        return None


def parse_rules(text: str) -> Rules:
    """The rules of a tab-separated text with COLUMNS; raises TableError, also where two rules say the same."""
    found: list[Rule] = []
    taken: dict[tuple[str, str, str], list[Rule]] = {}
    for row in parse_table(text, "rules"):
        rule = _rule(row)
        same = taken.setdefault((rule.category, rule.area, row["hours"]), [])
        if any(_meet(rule, other) for other in same):
            raise row.wrong(f"a rule for {rule.category} in {rule.area} is in force already on these days")
        same.append(rule)
        found.append(rule)
    return Rules(found)


def _rule(row: Row) -> Rule:
    missing = [column for column in COLUMNS if column not in row.cells]
    if missing:
        raise row.wrong(f"there is no column {', '.join(missing)}")
    since, until = _day(row, "valid_from"), _day(row, "valid_to") if row["valid_to"] else None
    category, area = row.need("category"), row.need("area")
    return Rule(
        category=category,
        area=area,
        hours=_hours(row),
        lead=row.need("lead"),
        assisting=row.several("assisting"),
        backstop=row["backstop"],
        since=since,
        until=until,
        key="/".join((category, area, row["hours"] or ANY, since.isoformat())),
    )


def _day(row: Row, column: str) -> date:
    try:
        return date.fromisoformat(row.need(column))
    except ValueError as problem:
        raise row.wrong(f"not a date ({problem}); write it as 2026-01-31") from problem


def _hours(row: Row) -> Hours | None:
    if not row["hours"]:
        return None
    begins, _dash, ends = row["hours"].partition("-")
    try:
        return Hours(time.fromisoformat(begins), time.fromisoformat(ends))
    except ValueError as problem:
        raise row.wrong(f"{problem}; write hours as 22:00-06:00") from problem


def _meet(one: Rule, other: Rule) -> bool:
    return (one.until is None or other.since < one.until) and (other.until is None or one.since < other.until)


@dataclass(frozen=True, slots=True)
class Was:
    """A request of the past: where and when it came up, and the code of the agency it was sent to first, or ""."""

    category: str
    group: str
    located: Located
    local: datetime
    lead: str


def elsewhere(rules: Rules, history: Iterator[Was]) -> tuple[int, Mapping[tuple[str, str], int]]:
    """How many there were, and how many would have gone elsewhere: by where they went and would have gone."""
    count, moved = 0, dict[tuple[str, str], int]()
    for was in history:
        count += 1
        now = rules.decide(was.category, was.group, was.located, was.local)
        lead = now.lead if now else ""
        if lead != was.lead:
            moved[was.lead, lead] = moved.get((was.lead, lead), 0) + 1
    return count, moved


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule that is `new`, `gone` or `altered`."""

    kind: str
    key: str


def changes(old: Rules, new: Rules) -> list[RuleChange]:
    """Each rule that differs, by key."""
    was, now = ({rule.key: rule for rule in rules.rules} for rules in (old, new))
    found = [RuleChange("new", key) for key in now.keys() - was.keys()]
    found += [RuleChange("gone", key) for key in was.keys() - now.keys()]
    found += [RuleChange("altered", key) for key in was.keys() & now.keys() if was[key] != now[key]]
    return sorted(found, key=lambda change: (change.key, change.kind))
