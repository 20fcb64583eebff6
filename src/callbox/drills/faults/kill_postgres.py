# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL killed with all its back ends under load; it is started again as an installation does it."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from callbox.drills.result import Result
from callbox.drills.site import Site
from callbox.drills.trouble import troubled
from callbox.host.cluster import SUPERUSER

HELP = "SIGKILL of PostgreSQL and all its back ends under load"
TIMES = 5
BASE_S, WAL_PER_S = 2.0, 50e6  # back within 2 s and 1 s more for each 50 MB of WAL
REDO = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn) FROM pg_control_checkpoint()"


def run(seed: int, times: int) -> Result:
    """Kill it so many times."""
    replayed: list[float] = []

    @contextmanager
    def measured(here: Site, dice: random.Random) -> Iterator[None]:
        replayed.append(wal_to_replay(here))
        with killed(here, dice):
            yield

    result = troubled(Result("kill-postgres", seed), [measured], times, "db_kills")
    most = max(replayed, default=0.0)
    result.extra["wal_mb"] = round(most / 1e6, 1)
    if (result.recovery_s or 0.0) > BASE_S + most / WAL_PER_S:
        result.late.append(f"the database was back after {result.recovery_s:.1f} s")
    return result


@contextmanager
def killed(here: Site, _dice: random.Random) -> Iterator[None]:
    """Killed at once; whoever keeps the database running starts it again."""
    here.cluster.kill()
    yield


def wal_to_replay(here: Site) -> float:
    """Bytes of WAL that recovery would read if the server died now."""
    with psycopg.connect(here.cluster.dsn(SUPERUSER, "callbox"), connect_timeout=5) as link:
        found = link.execute(REDO).fetchone()
    return float(found[0]) if found else 0.0
