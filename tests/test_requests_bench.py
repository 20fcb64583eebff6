# SPDX-License-Identifier: Apache-2.0
"""The bench of requests measures with the statistics that an installation's server has."""

import os
from datetime import datetime

import psycopg
import pytest

from callbox.benches._requests_fill import settle

WHEN = "SELECT relname, last_analyze FROM pg_stat_user_tables WHERE schemaname = 'public'"


def gathered() -> dict[str, datetime | None]:
    """When somebody last gathered statistics of the tables, by table; None: nobody has."""
    with psycopg.connect(os.environ["CALLBOX_OWNER_URL"], autocommit=True) as link:
        return dict(link.execute(WHEN).fetchall())


@pytest.mark.usefixtures("committed")
def test_after_the_fill_every_table_has_statistics() -> None:
    before = gathered()
    settle(os.environ["CALLBOX_OWNER_URL"])
    after = gathered()
    assert {"requests_request", "matters_clock"} <= after.keys()
    assert not [name for name, at in after.items() if at is None or at == before[name]]
