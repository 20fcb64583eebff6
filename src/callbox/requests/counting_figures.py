# SPDX-License-Identifier: Apache-2.0
"""The figures of a time, counted by the database from the journal; and the same counted anew. Part of the queries."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection

from callbox.access.seeing import seeing_everything
from callbox.kernel.actor import Actor
from callbox.requests import queries
from callbox.requests.domain import KIND, RESOLVE, Entry, limit
from callbox.requests.endings import NO, YES
from callbox.requests.figures import (
    COUNTS,
    RESOLVES,
    SENDS,
    Group,
    Outcome,
    counted,
    outcome_of,
    said_as,
    solving,
)

SEE = "request.figures"
BY = ("agency", "category", "area")
# The journal of each request that was taken in this time: what `figures.outcome_of` says of it, as columns.
TOLD = """
WITH taken AS MATERIALIZED (
  SELECT chain FROM journal_entry WHERE kind = %(kind)s AND at >= %(since)s AND at < %(until)s AND move = 'open'
), said AS MATERIALIZED (
  SELECT chain, number, round, move, at, facts, max(round) OVER (PARTITION BY chain) AS last
  FROM journal_entry JOIN taken USING (chain)
), told AS (
  SELECT chain,
    max(facts->>'category') FILTER (WHERE number = 1) AS category,
    coalesce(max(facts->'areas'->>-1) FILTER (WHERE number = 1), '') AS area,
    (array_agg(CASE WHEN move = 'offer_accepted' THEN substr(facts->>'taker', 8) ELSE facts->>'agency' END
      ORDER BY number DESC)
      FILTER (WHERE move = 'offer_accepted' OR (move = ANY (%(sends)s) AND facts ? 'agency')))[1] AS agency,
    bool_or(move = 'accept' AND round = last) AS accepted,
    bool_or(move = 'contact' AND round = last) AS contacted,
    bool_or(move = 'feed_back' AND round = last) AS fed_back,
    (array_agg(facts->>'result' ORDER BY number DESC)
      FILTER (WHERE move = 'feed_back' AND round = last))[1] AS result,
    (array_agg(facts->>'said' ORDER BY number DESC) FILTER (WHERE move = 'ask' AND round = last))[1] AS ask,
    max(number) FILTER (WHERE facts->'due' ? %(clock)s) AS begun,
    (array_agg(coalesce(facts->'due'->>%(clock)s, facts->>'due_at') ORDER BY number DESC)
      FILTER (WHERE facts->'due' ? %(clock)s OR (facts->>'clock' = %(clock)s AND facts ? 'due_at')))[1]
      ::timestamptz AS due_at,
    array_agg(at ORDER BY number) FILTER (WHERE move = ANY (%(resolves)s)) AS ended,
    array_agg(number ORDER BY number) FILTER (WHERE move = ANY (%(resolves)s)) AS ended_by
  FROM said GROUP BY chain
), kept AS (
  SELECT *, (SELECT min(moment) FROM unnest(ended, ended_by) AS each(moment, place) WHERE place >= begun)
    AS answered_at FROM told
)
SELECT grouping(agency, category, area), agency, category, area, count(*),
  count(*) FILTER (WHERE accepted), count(*) FILTER (WHERE contacted), count(*) FILTER (WHERE fed_back),
  count(*) FILTER (WHERE result = ANY (%(solving)s)), count(*) FILTER (WHERE ask <> ''),
  count(*) FILTER (WHERE ask = ANY (%(answers)s)), count(*) FILTER (WHERE ask = ANY (%(satisfied)s)),
  count(*) FILTER (WHERE due_at IS NOT NULL AND (answered_at IS NOT NULL OR due_at < %(at)s)),
  count(*) FILTER (WHERE due_at IS NOT NULL AND answered_at <= due_at)
FROM (SELECT coalesce(agency, '') AS agency, coalesce(category, '') AS category, area, accepted, contacted,
  fed_back, result, ask, due_at, answered_at FROM kept) AS each
GROUP BY GROUPING SETS ((), (agency), (category), (area))
"""
WHICH = {7: "", 3: "agency", 5: "category", 6: "area"}  # what PostgreSQL's grouping() says of each set
ENTRIES = """
SELECT chain, round, move, at, facts FROM journal_entry WHERE chain IN (
  SELECT chain FROM journal_entry WHERE kind = %(kind)s AND at >= %(since)s AND at < %(until)s AND move = 'open')
ORDER BY chain, number
"""


def figures_for(actor: Actor, since: datetime, until: datetime, at: datetime) -> list[Group]:
    """The counts of the requests taken in this time: of all, then by agency, category and area, as they stand now.

    Groups that are too few to hide a person among are named without their counts. Raises NotAllowed.
    """
    actor.require(SEE)
    least = limit("figures_least", at.date())
    found = figures_told(since, until, at)
    groups = [(by, code) for by in ("", *BY) for which, code in sorted(found) if which == by]
    return [
        Group(by, code, found[by, code] if not by or found[by, code]["taken"] >= least else None)
        for by, code in groups
    ]


def figures_told(since: datetime, until: datetime, at: datetime) -> dict[tuple[str, str], dict[str, int]]:
    """The counts by group, of all requests whoever asks: by the database. Hand out no small group."""
    said: dict[str, Any] = {
        "kind": KIND,
        "since": since,
        "until": until,
        "at": at,
        "sends": list(SENDS),
        "clock": RESOLVE,
        "resolves": list(RESOLVES),
        "solving": sorted(solving()),
        "answers": said_as(YES, NO),
        "satisfied": said_as(YES),
    }
    with seeing_everything(), connection.cursor() as cursor:
        cursor.execute(TOLD, said)
        rows = cursor.fetchall()
    found = {}
    for which, agency, category, area, *counts in rows:
        by = WHICH[which]
        code = {"": "", "agency": agency, "category": category, "area": area}[by]
        if counts[0]:
            found[by, code] = dict(zip(COUNTS, counts, strict=True))
    return found


def figures_counted_anew(
    since: datetime, until: datetime, at: datetime
) -> dict[tuple[str, str], dict[str, int]]:
    """The same counts, each request's journal read entry by entry: what the page must equal."""
    return counted(_outcomes(since, until, at))


def _outcomes(since: datetime, until: datetime, at: datetime) -> Iterator[Outcome]:
    with seeing_everything(), connection.cursor() as cursor:
        cursor.execute(ENTRIES, {"kind": KIND, "since": since, "until": until})
        rows: list[tuple[UUID, int, str, datetime, object]] = cursor.fetchall()
    for _chain, entries in groupby(rows, key=lambda row: row[0]):
        yield outcome_of(
            [
                (round_, Entry(move, when, queries.facts_of(facts)))
                for _c, round_, move, when, facts in entries
            ],
            at,
        )
