# SPDX-License-Identifier: Apache-2.0
"""The measurement behind `callbox bench stream`: a reader of the door here, and its screens without a network."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from callbox.access.domain import policy
from callbox.access.rows import matter_kinds
from callbox.access.sight import EVERYTHING, Sight
from callbox.benches._database import throw_away_database
from callbox.door import tail
from callbox.door.connecting import connect
from callbox.door.hub import Hub
from callbox.door.screens import Screen, Screens
from callbox.door.tail import Event, Position
from callbox.door.tickets import Ticket

DEADLINE_S = 5.0
WAYS = ("without", "with")
ENTRIES = """
INSERT INTO journal_entry
  (chain, number, kind, move, was, becomes, round, actor, role, at, recorded_at, facts, scope, prev, hash)
SELECT gen_random_uuid(), 1, 'incident', 'remark', 'open', 'open', 1, 'person:bench', 'dispatcher', now(), now(),
  '{}', ARRAY['desk:dispatch', $2], '', sha256(gen_random_uuid()::text::bytea) FROM generate_series(1, $1::int)
"""


class TicketAlone(Hub):
    """The reader without its second layer: what a ticket lets pass is shown."""

    async def _seen(self, entries: Sequence[Event]) -> dict[Sight, frozenset[int]]:
        numbers = frozenset(event.position.seq for event in entries)
        return dict.fromkeys(self.screens.sights(entries), numbers)


def measure(screens: int, rounds: int, each: int) -> dict[str, Any]:
    """Microseconds of CPU time for each entry on each screen, both ways, and their ratio."""
    with throw_away_database() as urls:
        return asyncio.run(_measure(urls.app, screens, rounds, each))


async def _measure(dsn: str, count: int, rounds: int, each: int) -> dict[str, Any]:
    crowd = _crowd(count)
    writer = await asyncpg.connect(dsn, server_settings={"callbox.part": EVERYTHING})
    hubs = {"without": TicketAlone(dsn, crowd), "with": Hub(dsn, crowd)}
    links = {way: await connect(dsn, DEADLINE_S) for way in WAYS}
    spent, shown = dict.fromkeys(WAYS, 0.0), dict.fromkeys(WAYS, 0)
    for number in range(rounds + 1):
        for way in WAYS if number % 2 else reversed(WAYS):
            hub = hubs[way]
            hub.entries = await tail.last_of(links[way], "journal_entry")
            await writer.execute(ENTRIES, each, f"unit:{UUID(int=number % (count // 2 or 1))}")
            before = await _cpu_s(writer)
            await hub._read(links[way])
            if number:  # the first connects
                spent[way] += await _cpu_s(writer) - before
                shown[way] += await _taken(crowd)
            else:
                await _taken(crowd)
    us = {way: 1e6 * spent[way] / shown[way] for way in WAYS}
    return {
        "screens": count,
        "entries_at_once": each,
        "shown": shown["with"],
        "shown_without": shown["without"],
        "without_us": round(us["without"], 1),
        "with_us": round(us["with"], 1),
        "second_layer_ratio": round(us["with"] / us["without"], 2),
    }


def _crowd(count: int) -> Screens:
    """Half the screens see everything, the others what one unit reaches."""
    screens = Screens()
    kinds = frozenset(matter_kinds(policy()))
    for number in range(count):
        key = frozenset({f"unit:{UUID(int=number // 2)}"})
        crew = Ticket(uuid4(), uuid4(), 1, 0, 0, keys=key, kinds=kinds)
        desk = Ticket(uuid4(), uuid4(), 1, 0, 0, all_kinds=kinds)
        screens.add(Screen(desk if number % 2 else crew, Position()))
    return screens


async def _taken(screens: Screens) -> int:
    """Messages that waited for the screens, taken from them."""
    found = 0
    for screen in screens:
        screen.give(b"")
        found += (await screen.next()).count(b"event: entry")
    return found


async def _cpu_s(link: asyncpg.Connection) -> float:
    """Seconds of CPU time of this process and of the database's sessions so far, without that of the asker."""
    rows = await link.fetch(
        "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    used = time.process_time()
    return used + sum(_session_s(row["pid"]) for row in rows)


def _session_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()
    return int(fields[0]) / 1e9
