# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox demo`: a database of its own for each city, and simulated people beside the real parts."""

import argparse
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from callbox.access.sight import EVERYTHING
from callbox.commands import _serve
from callbox.commands._setup import migrate, prepare, use_django
from callbox.geo.domain.version import is_usable
from callbox.host.cluster import Cluster
from callbox.host.config import load
from callbox.host.logs import set_up_logging
from callbox.host.processes import Part
from callbox.host.provision import provision, with_part

SPEED = "CALLBOX_DEMO_SPEED"  # not CALLBOX_SPEED: the clock on the wall stays true


def run(args: argparse.Namespace) -> int:
    """Show the demo until told to stop."""
    set_up_logging(logging.WARNING)
    config = load()
    os.environ |= {"CALLBOX_CITY": args.city, "CALLBOX_DEMO": "1", SPEED: f"{args.speed:g}"}
    os.environ["CALLBOX_SPOOL"] = str(config.home / f"spool-demo-{args.city}")
    with demo_database(args.city):
        prepare()
        _set_up(args.city)
        simulator = Part("demo", "callbox.demo", (args.city, str(args.seed), str(args.speed)))
        _serve.serve(args.port or config.door_port, (simulator,), _say)
    return 0


def _say(url: str) -> None:
    print(f"The demo is at {url} (Ctrl-C stops it)", flush=True)


@contextmanager
def demo_database(city: str) -> Iterator[None]:
    """The embedded server with this demo city's own database, apart from that of a real installation."""
    cluster = Cluster(load().home)
    cluster.start()
    os.environ["CALLBOX_KEYS"] = str(load().home / f"keys-demo-{city}")
    try:
        urls = provision(cluster, f"callbox_demo_{city}")
        migrate(urls)
        os.environ["DATABASE_URL"], os.environ["CALLBOX_OWNER_URL"] = urls.app, urls.owner
        yield
    finally:
        cluster.leave()


def _set_up(city: str) -> None:
    if _is_set_up(city):
        return
    use_django()
    logging.getLogger().setLevel(logging.WARNING)
    from callbox.access.domain import system_actor
    from callbox.demo.actions import set_up, set_up_civic, set_up_oversight
    from callbox.demo.domain import towns
    from callbox.geo.demo_source import ensure_city

    config, now = load(), datetime.now(UTC)
    print(f"Setting up {towns()[city].name_en}: this is done once.", file=sys.stderr, flush=True)
    opened = ensure_city(config.home, config.data, city, at=now)
    setup = system_actor("setup")
    set_up(opened, towns()[city], by=setup, at=now)
    set_up_civic(by=setup, at=now)
    set_up_oversight(by=setup, at=now)


def _is_set_up(city: str) -> bool:
    """The same as the room's own query, without Django: a second start is to be quick."""
    import psycopg

    if not is_usable(load().cities, city):
        return False
    with psycopg.connect(with_part(os.environ["DATABASE_URL"], EVERYTHING)) as link:
        found = link.execute(
            "SELECT 1 FROM access_person WHERE username = 'simulated-legal-officer'"
        ).fetchone()
    return found is not None
