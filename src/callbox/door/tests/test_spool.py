# SPDX-License-Identifier: Apache-2.0
"""The spool says yes only after the disk did."""

import asyncio
import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from callbox.door.spool import Spool, SpoolFull


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    made = Spool(tmp_path / "spool", 32 << 10)
    yield made
    made.close()


def test_nothing_is_said_before_the_disk_has_it(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    may_sync = threading.Event()
    real = os.fdatasync

    def slow(file: int) -> None:
        may_sync.wait(10)
        real(file)

    async def scene() -> None:
        asking = asyncio.ensure_future(spool.append(b"x"))
        done, _ = await asyncio.wait([asking], timeout=0.2)
        assert not done
        may_sync.set()
        await asking

    monkeypatch.setattr(os, "fdatasync", slow)
    asyncio.run(scene())
    assert spool.waiting == 1


def test_who_went_away_before_the_answer_does_not_end_it(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_sync = threading.Event()

    async def ask_and_leave() -> None:
        asking = asyncio.ensure_future(spool.append(b"first"))
        await asyncio.sleep(0)
        asking.cancel()

    with monkeypatch.context() as held:
        held.setattr(os, "fdatasync", lambda _: may_sync.wait(10))
        asyncio.run(ask_and_leave())
        may_sync.set()
        asyncio.run(asyncio.wait_for(spool.append(b"second"), 30))
    assert spool.waiting == 2


def test_those_that_come_in_together_share_a_flush(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    flushes: list[int] = []
    first_is_in, go_on = threading.Event(), threading.Event()

    def count(file: int) -> None:
        flushes.append(file)
        first_is_in.set()
        go_on.wait(10)

    async def scene() -> None:
        first = asyncio.ensure_future(spool.append(b"first"))
        await asyncio.to_thread(first_is_in.wait, 10)
        rest = [asyncio.ensure_future(spool.append(b"rest")) for _ in range(20)]
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(first, *rest)

    monkeypatch.setattr(os, "fdatasync", count)
    asyncio.run(scene())
    assert spool.waiting == 21
    assert len(flushes) == 2


def test_a_failed_flush_is_a_no_and_nothing_is_promised_afterwards(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(file: int) -> None:
        raise OSError(errno.EIO, "the disk is broken")

    async def scene() -> None:
        with pytest.raises(OSError, match="broken"):
            await spool.append(b"x")
        monkeypatch.undo()
        with pytest.raises(OSError, match="failed"):
            await spool.append(b"y")

    monkeypatch.setattr(os, "fdatasync", fail)
    asyncio.run(scene())
    assert spool.broken


def test_full_means_full_and_smaller_ones_still_fit(spool: Spool) -> None:
    async def scene() -> None:
        await spool.append(bytes(15_000))
        with pytest.raises(SpoolFull):
            await spool.append(bytes(15_000))
        await spool.append(b"small")

    asyncio.run(scene())
    assert spool.waiting == 2


def test_its_filling_is_alarmed_in_steps(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    spool = Spool(tmp_path / "spool", 32 << 10)

    async def scene() -> list[float]:
        levels = []
        for size in (9_000, 1_500, 6_000, 3_000):
            await spool.append(bytes(size))
            levels.append(spool.alarm)
        return levels

    assert asyncio.run(scene()) == [0.0, 0.5, 0.8, 0.95]
    spool.close()
    assert [record.levelname for record in caplog.records] == ["ERROR"] * 3
