# SPDX-License-Identifier: Apache-2.0
"""After an outage the database may be slow to connect to, slower than a sender may wait."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

import callbox.door.accept as accept_module
import callbox.door.drain as drain_module
import callbox.door.store as store_module
from callbox.door.accept import Acceptor
from callbox.door.connecting import connect
from callbox.door.domain import contact_from
from callbox.door.drain import Drain
from callbox.door.sealing import Sealer
from callbox.door.spool import Spool
from callbox.door.store import Store
from callbox.door.tests.conftest import Server, sealed
from callbox.host.vault import Vault

SENDERS_S, DRAINS_S = 30.0, 60.0


async def slow_to_connect(dsn: str, deadline_s: float) -> asyncpg.Connection:
    if deadline_s <= SENDERS_S:
        raise TimeoutError
    return await connect(dsn, deadline_s)


def test_it_is_used_again_as_soon_as_it_takes_connections(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "connect", slow_to_connect)
    monkeypatch.setattr(drain_module, "DEADLINE_S", DRAINS_S)
    contact = sealed(tmp_path, contact_from("app", {}, b"x", received_at=datetime.now(UTC)))
    spool = Spool(tmp_path / "spool", 1 << 20)

    async def scene() -> bool:
        store = Store(server.urls.app, deadline_s=SENDERS_S)
        drain = asyncio.create_task(Drain(spool, store, Sealer(Vault(tmp_path / "keys"))).run())
        try:
            store.mark_down("for this test")
            async with asyncio.timeout(DRAINS_S):
                while store.down:
                    await asyncio.sleep(0.01)
            return await store.take(contact)
        finally:
            drain.cancel()
            await asyncio.gather(drain, return_exceptions=True)
            await store.close()

    assert asyncio.run(scene())
    assert server.contacts() == [contact.id]
    spool.close()


def test_what_comes_into_the_spool_late_is_drained(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its sender had turned to the spool, and the database was trusted again before the spool had it."""
    contact = contact_from("app", {}, b"late", received_at=datetime.now(UTC))
    kept = sealed(tmp_path, contact)
    spool = Spool(tmp_path / "spool", 1 << 20)
    append, wait = spool.append, Drain._wait

    async def scene() -> None:
        at_rest, may_go_on = asyncio.Event(), asyncio.Event()

        async def slowly(payload: bytes) -> None:
            await may_go_on.wait()
            await append(payload)

        async def resting(drain: Drain) -> None:
            at_rest.set()
            await wait(drain)

        monkeypatch.setattr(accept_module, "SPOOL_DEADLINE_S", DRAINS_S)
        monkeypatch.setattr(spool, "append", slowly)
        monkeypatch.setattr(Drain, "_wait", resting)
        store = Store(server.urls.app, deadline_s=SENDERS_S)
        store.mark_down("for this test")
        accepting = asyncio.create_task(Acceptor(store, spool, lambda: None, lambda _: kept).accept(contact))
        drain = asyncio.create_task(Drain(spool, store, Sealer(Vault(tmp_path / "keys"))).run())
        try:
            async with asyncio.timeout(DRAINS_S):
                await at_rest.wait()
                assert not store.down
                may_go_on.set()
                assert (await accepting).accepted == "spool"
                while spool.waiting:
                    await asyncio.sleep(0.01)
        finally:
            drain.cancel()
            await asyncio.gather(drain, return_exceptions=True)
            await store.close()

    asyncio.run(scene())
    assert server.contacts() == [kept.id]
    spool.close()
