# SPDX-License-Identifier: Apache-2.0
"""A reader beside 16 concurrent writers skips nothing and repeats nothing."""

import asyncio
import random
from uuid import uuid4

from callbox.door.connecting import connect
from callbox.door.tail import Position, contacts_after, entries_after, last_of
from callbox.door.tests.conftest import Server

WRITERS, EACH = 16, 40
INSERT = (
    "INSERT INTO journal_entry (chain, number, kind, move, was, becomes, round, actor, role, at, recorded_at, facts,"
    " scope, prev, hash) VALUES ($1, 1, 'k', '', '', '', 1, '', '', now(), now(), '{}', '{}', '', '') RETURNING seq"
)


async def _write(url: str, seed: int, written: set[int]) -> None:
    chance = random.Random(seed)
    link = await connect(url, 10)
    for _ in range(EACH):
        async with link.transaction():
            seq = await link.fetchval(INSERT, uuid4())
            await asyncio.sleep(chance.random() / 50)
        written.add(seq)
    await link.close()


async def _race(url: str) -> tuple[set[int], list[int]]:
    reader = await connect(url, 10)
    here = await last_of(reader, "journal_entry")
    written: set[int] = set()
    read: list[int] = []
    writing = asyncio.gather(*(_write(url, seed, written) for seed in range(WRITERS)))
    while not (writing.done() and len(read) >= len(written)):
        entries = await entries_after(reader, here, 50)
        read += [entry.position.seq for entry in entries]
        here = entries[-1].position if entries else here
        if writing.done() and not entries:
            break
    await writing
    await reader.close()
    return written, read


def test_a_reader_beside_sixteen_writers_skips_nothing(server: Server) -> None:
    written, read = asyncio.run(_race(server.urls.app))
    assert len(read) == len(set(read))
    assert set(read) == written
    assert len(written) == WRITERS * EACH


NUMBERED = INSERT.replace("(chain,", "(xid, chain,").replace("VALUES (", "VALUES ($2::text::xid8, ")


async def _across_a_power_of_ten(url: str) -> tuple[list[Position], Position]:
    link = await connect(url, 10)
    transaction = link.transaction()
    await transaction.start()
    for xid in ("9", "10", "8", "100"):
        await link.fetchval(NUMBERED, uuid4(), xid)
    read = [entry.position for entry in await entries_after(link, Position(7, 0), 4)]
    last = await last_of(link, "journal_entry")
    await transaction.rollback()
    await link.close()
    return read, last


def test_transactions_are_ordered_as_numbers(server: Server) -> None:
    """As text, 10 would come before 9: what lies between would be read twice or never."""
    read, last = asyncio.run(_across_a_power_of_ten(server.urls.app))
    assert [position.xid for position in read] == [8, 9, 10, 100]
    assert last.xid >= 100


async def _held_back(url: str) -> list[int]:
    early, late, reader = [await connect(url, 10) for _ in range(3)]
    here = await last_of(reader, "journal_entry")
    counts = []
    opened = early.transaction()
    await opened.start()
    await early.fetchval(INSERT, uuid4())
    await late.fetchval(INSERT, uuid4())
    counts.append(len(await entries_after(reader, here)))
    await opened.commit()
    counts.append(len(await entries_after(reader, here)))
    for link in (early, late, reader):
        await link.close()
    return counts


def test_nothing_is_read_past_an_open_transaction(server: Server) -> None:
    assert asyncio.run(_held_back(server.urls.app)) == [0, 2]


async def _contacts_held_back(url: str) -> list[int]:
    insert = (
        "INSERT INTO door_contact (id, channel, lane, source, key, digest, content_type, received_at, taken_by,"
        " retain_until) VALUES ($1, '', '', '', '', '', '', now(), 'database', now())"
    )
    early, late, reader = [await connect(url, 10) for _ in range(3)]
    opened = early.transaction()
    await opened.start()
    await early.execute(insert, uuid4())
    await late.execute(insert, uuid4())
    counts = [len(await contacts_after(reader, Position()))]
    await opened.commit()
    counts.append(len(await contacts_after(reader, Position())))
    for link in (early, late, reader):
        await link.close()
    return counts


def test_no_contact_is_read_past_an_open_transaction(server: Server) -> None:
    assert asyncio.run(_contacts_held_back(server.urls.app)) == [0, 2]


def test_positions_are_read_as_written() -> None:
    assert Position.read(str(Position(12, 7))) == Position(12, 7)
    for text in ("", "12", "12.", ".7", "-1.2", "a.b", "1.2.3", "9" * 30 + ".1", "¹.²"):
        assert Position.read(text) is None, text
