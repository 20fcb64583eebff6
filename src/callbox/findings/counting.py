# SPDX-License-Identifier: Apache-2.0
"""The monthly figures, counted by the database from the journal; and the same counted anew. Part of the queries."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from callbox.access.seeing import seeing_everything
from callbox.findings.domain import JUDGING, KIND, limit
from callbox.findings.figures import Began, Step, Tally, began_in, hidden_figures, tally
from callbox.findings.judging import IMPORTED
from callbox.journal.queries import told
from callbox.kernel.actor import Actor

SEE = f"{KIND}.figures"
ALL, UNIT, RULE = "", "unit", "rule"
# Rule and unit stand in the row, which keeps both for good; everything that is counted stands in the journal.
FIGURES = """
WITH begins AS (
  SELECT chain, round, number, at, becomes = 'warned' AS warned FROM journal_entry
  WHERE kind = %(kind)s AND at >= %(since)s AND at < %(until)s
    AND move IN ('open', 'break', 'reopen') AND becomes IN ('warned', 'raised')
), told AS (
  SELECT to_char(b.at AT TIME ZONE %(zone)s, 'YYYY-MM') AS month, f.unit, f.rule, b.warned, l.heeded, l.disputed,
    l.upheld, CASE WHEN l.confirmed THEN extract(epoch FROM l.put_right - b.at)::float8 END AS rectified_s
  FROM begins b JOIN findings_finding f ON f.matter_id = b.chain CROSS JOIN LATERAL (
    SELECT coalesce(bool_or(move = 'heed'), false) AS heeded, coalesce(bool_or(move = 'dispute'), false) AS disputed,
      coalesce(bool_or(move = 'uphold'), false) AS upheld,
      coalesce(bool_or(move = 'confirm' AND was = 'rectified'), false) AS confirmed,
      (array_agg(at ORDER BY number DESC) FILTER (WHERE move IN ('rectify', 'cure')))[1] AS put_right
    FROM journal_entry e WHERE e.chain = b.chain AND e.round = b.round AND e.number > b.number) l
)
SELECT month, grouping(unit, rule), unit, rule,
  count(*) FILTER (WHERE NOT warned), count(*) FILTER (WHERE warned), count(*) FILTER (WHERE warned AND heeded),
  count(rectified_s) FILTER (WHERE NOT warned),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY rectified_s) FILTER (WHERE NOT warned),
  count(*) FILTER (WHERE NOT warned AND disputed), count(*) FILTER (WHERE NOT warned AND upheld)
FROM told GROUP BY GROUPING SETS ((month), (month, unit), (month, rule))
"""
WHICH = {3: ALL, 1: UNIT, 2: RULE}  # what PostgreSQL's grouping() says of each set
ENTRIES = """
SELECT chain, move, was, becomes, round, at, scope, facts->>'rule' FROM journal_entry WHERE chain IN (
  SELECT chain FROM journal_entry WHERE kind = %(kind)s AND at >= %(since)s AND at < %(until)s)
ORDER BY chain, number
"""

type Found = dict[tuple[str, str, str], Tally]  # (month as 2026-11, which, code)


@dataclass(frozen=True, slots=True)
class Group:
    """A month, or a unit's or a model's share of it. hidden: sizes that are not shown, nor what is counted in them."""

    month: str
    by: str
    code: str
    tally: Tally
    hidden: frozenset[str]


def figures_for(actor: Actor, first: date, until: date, zone: ZoneInfo, at: datetime) -> list[Group]:
    """The figures of the months from one day to another, each whole, then by unit and by model; without small groups.

    first, until: the first days of months. A hidden figure is not in the answer at all. Raises NotAllowed.
    """
    actor.require(SEE)
    least = limit("small_group", at.date())
    found = figures_told(first, until, zone)
    return [
        group
        for month in sorted({month for month, _by, _code in found})
        for by in (ALL, UNIT, RULE)
        for group in _shown(month, by, found, least)
    ]


def _shown(month: str, by: str, found: Found, least: int) -> Iterator[Group]:
    groups = {code: each for (of, which, code), each in found.items() if (of, which) == (month, by)}
    hidden = hidden_figures(groups, least)
    for code in sorted(groups):
        sizes = frozenset(size for name, size in hidden if name == code)
        yield Group(month, by, code, _without(groups[code], sizes), sizes)


COUNTED_IN: Mapping[str, tuple[str, ...]] = {
    "raised": ("raised",),
    "warned": ("warned", "heeded"),
    "rectified": ("rectified", "median_s"),
    "disputed": ("disputed", "upheld"),
    "judged": ("judged", "unknown"),
}


def _without(whole: Tally, sizes: frozenset[str]) -> Tally:
    nothing = asdict(Tally())
    names = [name for size in sizes for name in COUNTED_IN[size]]
    return replace(whole, **{name: nothing[name] for name in names})


def figures_told(first: date, until: date, zone: ZoneInfo) -> Found:
    """All of them, whoever asks: by the database. Hand out no small group."""
    with seeing_everything(), connection.cursor() as cursor:
        cursor.execute(FIGURES, _asked(first, until, zone))
        rows = cursor.fetchall()
    found: Found = {}
    for month, which, unit, rule, *counts in rows:
        by = WHICH[which]
        found[month, by, {ALL: "", UNIT: unit, RULE: rule}[by]] = Tally(*counts)
    return _judged(found, first, until, zone)


def figures_counted_anew(first: date, until: date, zone: ZoneInfo) -> Found:
    """The same, each finding's journal read entry by entry: what the page must equal."""
    groups: dict[tuple[str, str, str], list[Began]] = {}
    for unit, rule, began in _began(first, until, zone):
        month = f"{began.at.astimezone(zone):%Y-%m}"
        for by, code in ((ALL, ""), (UNIT, unit), (RULE, rule)):
            groups.setdefault((month, by, code), []).append(began)
    return _judged({key: tally(many) for key, many in groups.items()}, first, until, zone)


def _began(first: date, until: date, zone: ZoneInfo) -> Iterator[tuple[str, str, Began]]:
    asked = _asked(first, until, zone)
    with seeing_everything(), connection.cursor() as cursor:
        cursor.execute(ENTRIES, asked)
        rows: list[tuple[UUID, str, str, str, int, datetime, Sequence[str], str]] = cursor.fetchall()
    for _chain, many in groupby(rows, key=lambda row: row[0]):
        entries = list(many)
        units = [key for key in entries[-1][6] if key.startswith("agency:")]
        for began in began_in([Step(*row[1:6]) for row in entries]):
            if asked["since"] <= began.at < asked["until"]:
                yield units[0] if units else "", entries[0][7], began


def _asked(first: date, until: date, zone: ZoneInfo) -> dict[str, Any]:
    """What the statements are told: the beginnings of both days in the zone."""
    return {
        "kind": KIND,
        "zone": zone.key,
        "since": datetime.combine(first, time(), zone),
        "until": datetime.combine(until, time(), zone),
    }


def _judged(found: Found, first: date, until: date, zone: ZoneInfo) -> Found:
    """With how many activations were judged last in each month, of each log, and how many of those stayed unknown."""
    last: dict[tuple[str, str, str], tuple[int, int]] = {}
    with seeing_everything():
        for entry in told([JUDGING], datetime.combine(first, time(), zone)):
            month = f"{entry.at.astimezone(zone):%Y-%m}"
            if month < f"{until:%Y-%m}":
                log = entry.facts.get("log", IMPORTED)
                last |= {
                    (month, rule, log): (said[0], said[1]) for rule, said in entry.facts["models"].items()
                }
    for (month, rule, _log), (judged, unknown) in last.items():
        for by, code in ((ALL, ""), (RULE, rule)):
            was = found.get((month, by, code), Tally())
            found[month, by, code] = replace(was, judged=was.judged + judged, unknown=was.unknown + unknown)
    return found
