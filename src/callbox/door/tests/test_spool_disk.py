# SPDX-License-Identifier: Apache-2.0
"""The spool's disk fails or is full: an honest no while the database is away too, and nothing else suffers."""

import asyncio
import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from callbox.door import spool as spool_module
from callbox.door.bytesfile import search
from callbox.door.spool import Spool
from callbox.door.spoolfile import MAGIC, RECORD, SpoolFile
from callbox.door.tests.conftest import Server
from callbox.door.tests.process import DoorProcess

SIZE = 64 << 10


def broken(*_: object) -> None:
    raise OSError(errno.EIO, "the disk is broken")


def test_what_a_failed_disk_kept_before_is_still_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path / "spool", SIZE)

    async def scene() -> None:
        await spool.append(b"kept")
        monkeypatch.setattr(os, "fdatasync", broken)
        with pytest.raises(OSError, match="broken"):
            await spool.append(b"not kept")
        assert await spool.peek(10) == [b"kept"]
        await spool.advance(1)
        assert (spool.broken, spool.waiting) == (True, 0)

    asyncio.run(scene())
    spool.close()


def test_a_disk_that_is_well_again_is_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_module, "MEND_S", 0.0)
    spool = Spool(tmp_path / "spool", SIZE)

    async def scene() -> None:
        monkeypatch.setattr(os, "fdatasync", broken)
        with pytest.raises(OSError, match="broken"):
            await spool.append(b"not kept")
        monkeypatch.undo()
        while spool.broken:
            await spool.peek(1)
        await spool.append(b"kept")
        assert await spool.peek(10) == [b"kept"]

    asyncio.run(scene())
    spool.close()


def test_it_is_not_made_anew_while_something_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_module, "MEND_S", 0.0)
    spool = Spool(tmp_path / "spool", SIZE)

    async def scene() -> None:
        await spool.append(b"kept")
        monkeypatch.setattr(os, "fdatasync", broken)
        with pytest.raises(OSError, match="broken"):
            await spool.append(b"not kept")
        monkeypatch.undo()
        for _ in range(5):
            assert await spool.peek(10) == [b"kept"]
        assert spool.broken

    asyncio.run(scene())
    spool.close()


def test_one_record_that_cannot_be_read_holds_up_none_behind_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = SpoolFile(tmp_path / "spool", SIZE)
    file.append([b"first", b"bad sector", b"third"])
    bad = file.waiting[1]
    real = os.pread

    def read(descriptor: int, length: int, offset: int) -> bytes:
        if offset == bad.offset:
            broken()
        return real(descriptor, length, offset)

    monkeypatch.setattr(os, "pread", read)
    assert file.peek(10) == [b"first", b"third"]
    assert file.damaged == 1
    file.advance(2)
    assert b"bad sector" in (tmp_path / "spool").read_bytes()  # for those who repair disks
    file.close()


def test_a_bad_sector_does_not_keep_the_file_from_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = SpoolFile(tmp_path / "spool", SIZE)
    file.append([b"a" * 5000, b"b" * 20_000, b"c"])
    begin = file.waiting[1].offset + 8192
    file.close()
    real = os.pread

    def read(descriptor: int, length: int, offset: int) -> bytes:
        if offset < begin + 4096 and offset + length > begin:
            broken()
        return real(descriptor, length, offset)

    monkeypatch.setattr(os, "pread", read)
    again = SpoolFile(tmp_path / "spool", SIZE)
    assert again.peek(10) == [b"a" * 5000, b"c"]
    assert again.damaged == 1
    again.close()


def test_a_mark_across_two_windows_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from callbox.door import bytesfile

    path = tmp_path / "file"
    path.write_bytes(b"." * 13 + b"MARK" + b"." * 5)
    with path.open("rb") as file:
        for window in range(4, 30):
            monkeypatch.setattr(bytesfile, "WINDOW", window)
            assert search(file.fileno(), b"MARK", 0, 22) == 13
            assert search(file.fileno(), b"MARK", 14, 22) == -1


@pytest.mark.parametrize("written", [b"", bytes(4096), bytes(SIZE)])
def test_a_making_that_was_interrupted_is_begun_again(tmp_path: Path, written: bytes) -> None:
    (tmp_path / "spool").write_bytes(written)
    file = SpoolFile(tmp_path / "spool", SIZE)
    file.append([b"kept"])
    file.close()
    assert [path.name for path in tmp_path.iterdir()] == ["spool"]
    assert (tmp_path / "spool").read_bytes().startswith(MAGIC)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB, too small for a spool of 4."""
    place = tmp_path / "small"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], capture_output=True)
    if done.returncode != 0:
        pytest.skip(f"A full disk is not tested: this machine mounts none ({done.stderr.decode().strip()}).")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_door_without_room_for_its_spool_opens_and_says_so(
    server: Server, tmp_path: Path, small_disk: Path
) -> None:
    door = DoorProcess(server.urls.app, tmp_path, {"CALLBOX_SPOOL": str(small_disk / "spool")})
    door.start()
    try:
        assert door.post(b"x").said["accepted"] == "database"
        assert "spool-broken" in door.health()["alarms"]
        server.cluster.kill()
        refused = door.post(b"y", "y", timeout=1.5)
        assert (refused.status, "112" in refused.said["detail"]) == (503, True)
        server.cluster.start(durable=False)
        door.wait_until(lambda: door.health()["database"] == "up")
        assert door.post(b"y", "y").said["accepted"] == "database"
        subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
        door.wait_until(lambda: "spool-broken" not in door.health()["alarms"])
        server.cluster.kill()
        assert door.post(b"z", timeout=1.5).said["accepted"] == "spool"
        server.cluster.start(durable=False)
        door.wait_drained()
        assert len(server.contacts()) == 3
    finally:
        door.kill()


def test_a_record_is_never_read_beyond_the_end(tmp_path: Path) -> None:
    """A length that damage made huge."""
    file = SpoolFile(tmp_path / "spool", SIZE)
    file.append([b"first", b"second"])
    place = file.waiting[0]
    file.close()
    with (tmp_path / "spool").open("r+b") as raw:
        raw.seek(place.offset - RECORD.size + 16)
        raw.write(b"\xff\xff\xff\xff")
    again = SpoolFile(tmp_path / "spool", SIZE)
    assert again.peek(10) == [b"second"]
    again.close()
