# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox demo --check`."""

import argparse
import asyncio
import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from uuid import UUID

from callbox.commands._setup import database, use_django
from callbox.host.config import load

if TYPE_CHECKING:
    from callbox.demo.check import Send
    from callbox.demo.domain import Sending


def run(args: argparse.Namespace) -> int:
    """Play on a throw-away database; 0 only if every call was dealt with and the journal verifies."""
    logging.basicConfig(level=logging.WARNING)
    os.environ["CALLBOX_CITY"] = args.city
    with TemporaryDirectory(prefix="callbox-keys-") as keys, database(temporary=True) as urls:
        os.environ["CALLBOX_KEYS"] = keys
        use_django()
        logging.getLogger().setLevel(logging.WARNING)
        found = play(args.city, args.seed, args.minutes, urls.app)
    print(json.dumps(found))
    return 0 if found["dealt_with"] and found["journal_ok"] else 1


def play(city: str, seed: int, minutes: float, dsn: str) -> Mapping[str, object]:
    """The check on the database that Django uses now; dsn: the same one."""
    from callbox.demo.check import check
    from callbox.demo.domain import towns
    from callbox.geo.demo_source import ensure_city

    config = load()
    opened = ensure_city(config.home, config.data, city, at=datetime.now(UTC))
    with door(dsn, f"check/{seed}") as send:
        return check(opened, towns()[city], seed, minutes, send)


@contextmanager
def door(dsn: str, run_name: str) -> Iterator["Send"]:
    """A function that makes contacts durable by the door's own statement."""
    from callbox.demo.sending import bytes_of, headers_of
    from callbox.door.connecting import connect
    from callbox.door.domain import contact_from
    from callbox.door.sealing import Sealer
    from callbox.door.store import insert
    from callbox.host.vault import vault

    sealer = Sealer(vault())
    sealer.make_keys(datetime.now(UTC).date())
    with asyncio.Runner() as runner:
        link = runner.run(connect(dsn, 5.0))

        def send(sending: "Sending", at: datetime) -> UUID:
            headers, body = headers_of(run_name, sending), bytes_of(sending)
            contact = sealer.seal(contact_from(sending.channel, headers, body, received_at=at))
            runner.run(insert(link, [contact], "database"))
            return contact.id

        try:
            yield send
        finally:
            runner.run(link.close())
