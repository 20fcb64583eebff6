# SPDX-License-Identifier: Apache-2.0
"""The spool's file keeps what it promised, through torn writes, damage and restarts."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from callbox.door.spoolfile import PAGE, RECORD, START, SpoolFile

SIZE = 64 << 10
Opened = Callable[[], SpoolFile]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Opens the same file again, as a new process would."""
    files: list[SpoolFile] = []

    def again() -> SpoolFile:
        while files:
            files.pop().close()
        files.append(SpoolFile(tmp_path / "spool", SIZE))
        return files[0]

    yield again
    files.pop().close()


def test_what_was_kept_is_there_after_a_restart_in_order(opened: Opened) -> None:
    opened().append([b"one", b"", b"three"])
    opened().append([b"four"])
    assert opened().peek(10) == [b"one", b"", b"three", b"four"]


def test_every_block_is_reserved_beforehand(opened: Opened, tmp_path: Path) -> None:
    opened()
    found = (tmp_path / "spool").stat()
    assert found.st_size == SIZE
    assert found.st_blocks * 512 >= SIZE
    assert found.st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kept", range(0, RECORD.size + 6, 3))
def test_a_torn_tail_is_no_contact_and_what_stands_before_it_is(
    opened: Opened, tmp_path: Path, kept: int
) -> None:
    spool = opened()
    spool.append([b"whole"])
    begin = spool.tail
    spool.append([b"torn!!"])
    end = spool.tail
    with (tmp_path / "spool").open("r+b") as file:
        file.seek(begin + kept)
        file.write(bytes(max(0, end - begin - kept)))
    again = opened()
    assert again.peek(10) == [b"whole"]
    assert again.tail == begin
    again.append([b"next"])
    assert opened().peek(10) == [b"whole", b"next"]


def test_damage_in_the_middle_costs_only_the_damaged_record(opened: Opened, tmp_path: Path) -> None:
    spool = opened()
    spool.append([b"first"])
    begin = spool.tail
    spool.append([b"second", b"third"])
    with (tmp_path / "spool").open("r+b") as file:
        file.seek(begin + RECORD.size)
        file.write(b"S")
    again = opened()
    assert again.peek(10) == [b"first", b"third"]
    assert again.damaged == 1


def test_what_was_drained_does_not_come_back(opened: Opened) -> None:
    spool = opened()
    spool.append([b"one", b"two", b"three"])
    spool.advance(2)
    assert opened().peek(10) == [b"three"]


def test_emptied_it_is_as_new_and_nobodys_words_stay(opened: Opened, tmp_path: Path) -> None:
    spool = opened()
    spool.append([b"help, my name is"])
    spool.advance(1)
    assert spool.used == 0
    assert b"my name is" not in (tmp_path / "spool").read_bytes()
    spool.append([b"next"])
    assert opened().peek(10) == [b"next"]


def test_records_of_an_earlier_filling_are_never_taken_for_new_ones(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the power went before the words were blanked."""
    monkeypatch.setattr(SpoolFile, "_blank", lambda *_: None)
    spool = opened()
    spool.append([b"same size 1", b"same size 2", b"same size 3"])
    spool.advance(3)
    spool.append([b"same size 9"])
    assert opened().peek(10) == [b"same size 9"]


@pytest.mark.parametrize("page", [1, 2])
def test_a_torn_position_leaves_the_other_one(opened: Opened, tmp_path: Path, page: int) -> None:
    spool = opened()
    spool.append([b"one", b"two"])
    spool.advance(1)
    with (tmp_path / "spool").open("r+b") as file:
        file.seek(page * PAGE + 3)
        file.write(b"\xff\xff")
    assert opened().peek(10)[-1] == b"two"


def test_a_payload_that_contains_the_mark_of_a_record_is_only_a_payload(opened: Opened) -> None:
    spool = opened()
    nasty = spool._generation * 20
    spool.append([nasty, b"after"])
    again = opened()
    assert again.peek(10) == [nasty, b"after"]
    assert again.damaged == 0


def test_it_says_what_fits_and_keeps_exactly_that(opened: Opened) -> None:
    spool = opened()
    room = SIZE - START - RECORD.size
    assert spool.fits(room)
    assert not spool.fits(room + 1)
    spool.append([bytes(room)])
    assert not spool.fits(0)
    assert [len(payload) for payload in opened().peek(1)] == [room]


def test_a_file_that_is_no_spool_is_kept_aside(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "spool").write_bytes(b"precious" * 9000)
    assert opened().peek(10) == []
    aside = list(tmp_path.glob("spool.damaged-*"))
    assert [path.read_bytes() for path in aside] == [b"precious" * 9000]


def test_two_doors_never_share_a_spool(opened: Opened, tmp_path: Path) -> None:
    opened()
    with pytest.raises(RuntimeError, match="CALLBOX_SPOOL"):
        SpoolFile(tmp_path / "spool", SIZE)


def test_another_size_applies_once_it_is_empty(tmp_path: Path) -> None:
    spool = SpoolFile(tmp_path / "spool", SIZE)
    spool.append([b"waits"])
    spool.close()
    bigger = SpoolFile(tmp_path / "spool", 2 * SIZE)
    assert (bigger.size, bigger.peek(1)) == (SIZE, [b"waits"])
    bigger.advance(1)
    bigger.close()
    bigger = SpoolFile(tmp_path / "spool", 2 * SIZE)
    assert bigger.size == 2 * SIZE == (tmp_path / "spool").stat().st_size
    bigger.close()


def test_a_short_write_is_continued(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = opened()
    real = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda file, data, offset: real(file, bytes(data)[:7], offset))
    spool.append([b"longer than seven bytes"])
    monkeypatch.undo()
    assert opened().peek(1) == [b"longer than seven bytes"]
