# SPDX-License-Identifier: Apache-2.0
"""What a rule costs: its settings are read once a statement, and no function runs for each row."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from callbox.access.queries import actor_of
from callbox.access.seeing import seeing
from callbox.access.sight import sight_of
from tests.rls.rows import side
from tests.signed_in import person, signed_in
from tests.world import AT

pytestmark = pytest.mark.usefixtures("committed")
SETTING = re.compile(r"current_setting|pg_current_xact_id")
FILTERS = ("Filter:", "Index Cond:", "Recheck Cond:", "Join Filter:", "Hash Cond:")


@pytest.mark.parametrize("role", ["dispatcher", "crew"])
def test_no_filter_of_the_board_or_the_queue_reads_a_setting(role: str, sf_city: None) -> None:
    mine = side("1")
    side("2")
    who = mine.crew if role == "crew" else person("sender", role)
    client, plans = signed_in(who), 0
    addresses = ["/api/board", "/api/crew"] if role == "crew" else ["/api/board", "/api/queue"]
    with CaptureQueriesContext(connection) as asked:
        for address in addresses:
            assert client.get(address).status_code == 200
    reads = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    with seeing(sight_of(actor_of(who, AT))), connection.cursor() as cursor:
        for text in reads:
            cursor.execute("EXPLAIN (VERBOSE) " + text.replace("%", "%%"), [])
            lines = [line.strip() for (line,) in cursor.fetchall()]
            plans += any(line.startswith("InitPlan") for line in lines)
            bad = [line for line in lines if line.startswith(FILTERS) and SETTING.search(line)]
            assert not bad, f"{text}\n{bad}"
    assert plans > 5, "the rules are there, as plans that run once"
