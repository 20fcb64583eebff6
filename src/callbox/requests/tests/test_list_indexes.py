# SPDX-License-Identifier: Apache-2.0
"""Each list has an index in its own order. Which one the server would choose depends on what it has counted, so each
is asked about alone: without it the list would be read whole, or sorted.
"""

import os
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg import sql
from tests.world import LATER, call_taker

from callbox.access.actions import agency_id
from callbox.access.seeing import end_reading, seeing
from callbox.access.sight import sight_of
from callbox.requests.counting_figures import figures_told
from callbox.requests.queries import Wanted, inbox
from callbox.requests.tests.scene import desk_of

pytestmark = pytest.mark.usefixtures("committed")
TABLES = ["requests_request", "matters_matter", "matters_clock", "matters_handover"]
LISTS: list[tuple[str, dict[str, Any], str]] = [
    ("agency", {}, "requests_inbox"),
    ("agency", {}, "requests_assisted"),
    ("agency", {}, "matters_offered_to"),
    ("agency", {"ended": True}, "requests_over_by_agency"),
    ("desk", {}, "requests_open"),
    ("desk", {"ended": True}, "requests_over"),
    ("desk", {"agency": agency_id("roads")}, "requests_inbox"),
    ("desk", {"category": "labour.wages"}, "requests_by_category"),
    ("desk", {"late_at": LATER}, "matters_clock_late"),
    ("desk", {"states": ("returned",)}, "matters_open_by_kind"),
]
OTHERS = """
SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, c.conname
FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype = 'u'
WHERE i.indrelid = ANY (%s::text[]::regclass[]) AND NOT i.indisprimary AND i.indexrelid <> %s::regclass
"""


def asked_by(who: str, said: dict[str, Any]) -> list[str]:
    """The statements of this list."""
    actor = desk_of("roads") if who == "agency" else call_taker()
    with seeing(sight_of(actor)), CaptureQueriesContext(connection) as asked:
        inbox(actor, Wanted(**said))
        end_reading()
    return [query["sql"] for query in asked if query["sql"].startswith("SELECT")]


def plan_with(index: str, text: str) -> str:
    """How the server would find it if there were no other index and it may not read everything; nothing is changed."""
    with psycopg.connect(os.environ["CALLBOX_OWNER_URL"]) as link:
        for table, other, constraint in link.execute(OTHERS, [TABLES, index]).fetchall():
            drop = sql.SQL("DROP INDEX {}").format(sql.Identifier(other))
            if constraint:
                names = sql.Identifier(table), sql.Identifier(constraint)
                drop = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(*names)
            link.execute(drop)
        for way in ("seqscan", "bitmapscan", "sort"):
            link.execute(f"SET LOCAL enable_{way} = off")
        lines = link.execute("EXPLAIN " + text).fetchall()
        link.rollback()
    return "\n".join(line for (line,) in lines)


def test_each_list_has_an_index_in_its_order() -> None:
    for who, said, index in LISTS:
        plans = [plan_with(index, text) for text in asked_by(who, said)]
        fitting = [plan for plan in plans if f"using {index} " in plan]
        assert fitting, (who, said, index, plans)
        in_order = [plan for plan in fitting if "Sort Key: requests_request.number" not in plan]
        assert in_order or index.startswith("matters_"), (who, said, index, fitting)


def test_the_figures_read_of_the_journal_only_what_was_written_since_outcomes_were_kept() -> None:
    with CaptureQueriesContext(connection) as asked:
        figures_told(LATER - timedelta(days=30), LATER, LATER)
    (text,) = [query["sql"] for query in asked if "journal_position" in query["sql"]]
    with psycopg.connect(os.environ["CALLBOX_OWNER_URL"]) as link:
        link.execute("DROP INDEX journal_entry_kind_at")
        link.execute("SET LOCAL enable_seqscan = off")
        plan = "\n".join(line for (line,) in link.execute("EXPLAIN " + text).fetchall())
        link.rollback()
    assert "Index Cond: (ROW(xid, seq) >" in plan, plan
