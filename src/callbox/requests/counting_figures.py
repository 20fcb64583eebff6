# SPDX-License-Identifier: Apache-2.0
"""The figures of a time, counted by the database; and the same counted anew from the journal. Part of the queries.

The worker keeps what each request came to (`outcomes.py`). What was written since then is read from the journal in
the same statement, so that the page is right in the moment of a write however far the worker has come.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection

from callbox.access.seeing import seeing_everything
from callbox.kernel.actor import Actor
from callbox.requests import queries
from callbox.requests.domain import KIND, Entry, limit
from callbox.requests.endings import NO, YES
from callbox.requests.figures import COUNTS, Group, Outcome, counted, outcome_of, said_as, solving
from callbox.requests.told import COLUMNS, READER, TOLD, words

SEE = "request.figures"
BY = ("agency", "category", "area")
SUMS = ", ".join(f"sum({name})::bigint" for name in COUNTS)
# What was kept by the worker, and for requests of which the journal has said more since, what it says now. How many
# those are the server cannot guess: written so that it looks each up by its chain, and joins them in no other way.
# Where the worker stands is all of each sub-select: with coalesce() around them row-level security would take the
# comparison for one that might leak, and read the whole journal before it compares.
FIGURES = f"""
WITH since AS MATERIALIZED (
  SELECT DISTINCT chain FROM journal_entry WHERE kind = %(kind)s AND (xid, seq) > (
    (SELECT coalesce(max(xid), '0') FROM journal_position WHERE name = %(reader)s),
    (SELECT coalesce(max(seq), 0) FROM journal_position WHERE name = %(reader)s))
), taken AS MATERIALIZED (
  SELECT chain FROM since WHERE (
    SELECT kind = %(kind)s AND move = 'open' AND at >= %(since)s AND at < %(until)s
    FROM journal_entry e WHERE e.chain = since.chain AND e.number = 1)
), {TOLD}, together AS (
  SELECT {COLUMNS} FROM outcome
  UNION ALL
  SELECT {COLUMNS} FROM requests_outcome WHERE opened_at >= %(since)s AND opened_at < %(until)s
    AND request_id NOT IN (SELECT chain FROM since)
), counted AS (
  SELECT agency, category, area, count(*) AS taken, count(*) FILTER (WHERE accepted) AS accepted,
    count(*) FILTER (WHERE contacted) AS contacted, count(*) FILTER (WHERE fed_back) AS fed_back,
    count(*) FILTER (WHERE result = ANY (%(solving)s)) AS solved, count(*) FILTER (WHERE ask <> '') AS asked,
    count(*) FILTER (WHERE ask = ANY (%(answers)s)) AS answered,
    count(*) FILTER (WHERE ask = ANY (%(satisfied)s)) AS satisfied,
    count(*) FILTER (WHERE due_at IS NOT NULL AND (answered_at IS NOT NULL OR due_at < %(at)s)) AS due,
    count(*) FILTER (WHERE due_at IS NOT NULL AND answered_at <= due_at) AS on_time
  FROM together GROUP BY agency, category, area
)
SELECT grouping(agency, category, area), agency, category, area, {SUMS}
FROM counted GROUP BY GROUPING SETS ((), (agency), (category), (area))
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
    said: dict[str, Any] = words() | {
        "reader": READER,
        "since": since,
        "until": until,
        "at": at,
        "solving": sorted(solving()),
        "answers": said_as(YES, NO),
        "satisfied": said_as(YES),
    }
    with seeing_everything(), connection.cursor() as cursor:
        cursor.execute(FIGURES, said)
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
