# SPDX-License-Identifier: Apache-2.0
"""What the journal of each request says that it came to, in SQL. Part of the room's queries."""

from typing import Any

from callbox.requests.domain import KIND, RESOLVE
from callbox.requests.figures import RESOLVES, SENDS

READER = "requests.outcomes"  # how far the outcomes are kept
COLUMNS = "agency, category, area, accepted, contacted, fed_back, result, ask, due_at, answered_at"
# The further parts of a statement whose first part, `taken`, names chains. `outcome` has a row for each: what
# `figures.outcome_of` says of it, but for what depends on the moment of asking.
TOLD = """
said AS MATERIALIZED (
  SELECT chain, number, round, move, at, facts, max(round) OVER (PARTITION BY chain) AS last
  FROM taken CROSS JOIN LATERAL (
    SELECT number, round, move, at, facts FROM journal_entry e WHERE e.chain = taken.chain OFFSET 0) AS e
), told AS (
  SELECT chain,
    min(at) FILTER (WHERE number = 1) AS opened_at,
    coalesce(max(facts->>'category') FILTER (WHERE number = 1), '') AS category,
    coalesce(max(facts->'areas'->>-1) FILTER (WHERE number = 1), '') AS area,
    coalesce((array_agg(CASE WHEN move = 'offer_accepted' THEN substr(facts->>'taker', 8) ELSE facts->>'agency' END
      ORDER BY number DESC)
      FILTER (WHERE move = 'offer_accepted' OR (move = ANY (%(sends)s) AND facts ? 'agency')))[1], '') AS agency,
    bool_or(move = 'accept' AND round = last) AS accepted,
    bool_or(move = 'contact' AND round = last) AS contacted,
    bool_or(move = 'feed_back' AND round = last) AS fed_back,
    coalesce((array_agg(facts->>'result' ORDER BY number DESC)
      FILTER (WHERE move = 'feed_back' AND round = last))[1], '') AS result,
    coalesce((array_agg(facts->>'said' ORDER BY number DESC)
      FILTER (WHERE move = 'ask' AND round = last))[1], '') AS ask,
    max(number) FILTER (WHERE facts->'due' ? %(clock)s) AS begun,
    (array_agg(coalesce(facts->'due'->>%(clock)s, facts->>'due_at') ORDER BY number DESC)
      FILTER (WHERE facts->'due' ? %(clock)s OR (facts->>'clock' = %(clock)s AND facts ? 'due_at')))[1]
      ::timestamptz AS due_at,
    array_agg(at ORDER BY number) FILTER (WHERE move = ANY (%(resolves)s)) AS ended,
    array_agg(number ORDER BY number) FILTER (WHERE move = ANY (%(resolves)s)) AS ended_by
  FROM said GROUP BY chain
), outcome AS (
  SELECT *, (SELECT min(moment) FROM unnest(ended, ended_by) AS each(moment, place) WHERE place >= begun)
    AS answered_at FROM told
)"""


def words() -> dict[str, Any]:
    """The values that TOLD asks for by name, and the kind of a request's entries."""
    return {"kind": KIND, "sends": list(SENDS), "clock": RESOLVE, "resolves": list(RESOLVES)}
