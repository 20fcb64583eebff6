# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL that is there and does not serve: a table locked by somebody, or no connection free."""

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg

from callbox.drills.result import Result
from callbox.drills.site import Site
from callbox.drills.trouble import Fault, troubled
from callbox.host.cluster import SUPERUSER

HELP = "a lock held on contacts or on the journal, or no free connection, under load"
TIMES = 3
LEAST_S, MOST_S = 1.5, 3.0
SETTINGS = {"max_connections": "40"}


def run(seed: int, times: int) -> Result:
    """Make these faults in turn, so many altogether."""
    faults: list[Fault] = [locked("door_contact"), locked("journal_chain"), no_connection]
    return troubled(Result("slow-postgres", seed), faults, times, "slow", settings=SETTINGS)


def locked(table: str) -> Fault:
    """A fault: somebody holds the table."""

    @contextmanager
    def fault(here: Site, dice: random.Random) -> Iterator[None]:
        with psycopg.connect(here.cluster.dsn(SUPERUSER, "callbox"), connect_timeout=5) as link:
            link.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE".encode())
            time.sleep(dice.uniform(LEAST_S, MOST_S))
        yield

    return fault


@contextmanager
def no_connection(here: Site, dice: random.Random) -> Iterator[None]:
    """Strangers hold every connection that is left; and the door, killed now, finds none when it is back."""
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(psycopg.connect(here.urls.app, connect_timeout=5))
            except psycopg.OperationalError:
                break
        here.kill("door")
        time.sleep(dice.uniform(LEAST_S, MOST_S))
    yield
