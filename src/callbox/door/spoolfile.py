# SPDX-License-Identifier: Apache-2.0
"""The spool's file: preallocated, checksummed, appended to, and emptied once all of it was drained.

Page 0 names the format. Pages 1 and 2 hold the position alternately, so that a torn write of one leaves the
other. Records follow; each bears the generation, a random number that changes when the file is emptied, so
that nothing of an earlier generation is ever taken for a record.
"""

import fcntl
import hashlib
import logging
import os
import secrets
import struct
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from callbox.door.bytesfile import read_all, search, write_all
from callbox.host.durable import sync_folder

log = logging.getLogger(__name__)

MAGIC = b"CALLBOX SPOOL 1\n"
PAGE = 4096
START = 3 * PAGE
POSITION = struct.Struct("<QQ8s32s")  # serial, offset of the first record to drain, generation, SHA-256
RECORD = struct.Struct("<8sQI32s")  # generation, number, length, SHA-256 over all three and the payload
BLANK = bytes(1 << 20)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record's payload lies, in bytes from the beginning of the file."""

    offset: int
    length: int

    @property
    def end(self) -> int:
        """The first byte after the record."""
        return self.offset + self.length


class SpoolFile:
    """Not safe for several threads: one owns it. Every change is on the disk when the method returns."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self.waiting: deque[Place] = deque()
        self.tail = START
        self._number = 0
        self._serial = 0
        self._generation = b""
        self.damaged = 0
        self._unread = 0  # records whose bytes the disk does not give back; the file is kept for them
        self._file = _opened(path)
        self.size = max(size, START + PAGE)
        try:
            if not self._recognise():
                self._make()
            self._load()
            if not self.waiting and self.size != max(size, START + PAGE):
                self.size = max(size, START + PAGE)
                self._make()
                self._load()
        except BaseException:
            os.close(self._file)
            raise

    @property
    def used(self) -> int:
        """Bytes taken, drained or not, since the file was last empty."""
        return self.tail - START

    def fits(self, length: int) -> bool:
        """Whether a payload of that many bytes can still be kept."""
        return self.tail + RECORD.size + length <= self.size

    def append(self, payloads: Sequence[bytes]) -> None:
        """Keep these payloads, which must fit, with one write and one fdatasync.

        Raises OSError; then it is unknown what is on the disk, and the file must not be written again.
        """
        places, parts, offset = [], [], self.tail
        for payload in payloads:
            parts.append(self._head(self._number, payload) + payload)
            places.append(Place(offset + RECORD.size, len(payload)))
            offset, self._number = places[-1].end, self._number + 1
        write_all(self._file, b"".join(parts), self.tail)
        os.fdatasync(self._file)
        self.tail = offset
        self.waiting.extend(places)

    def peek(self, records: int, size: int = 1 << 20) -> list[bytes]:
        """The first payloads that wait: at most that many, and about that many bytes."""
        found: list[bytes] = []
        while len(found) < min(records, len(self.waiting)) and size >= 0:
            place = self.waiting[len(found)]
            try:
                found.append(read_all(self._file, place.length, place.offset))
            except OSError as error:
                log.critical("The spool %s: %d bytes at %d: %s", self.path, place.length, place.offset, error)
                del self.waiting[len(found)]  # it must not hold up those behind it
                self._unread += 1
                self.damaged += 1
            size -= place.length
        return found

    def advance(self, records: int) -> None:
        """Forget the first records, which the database has; empty the file when none is left."""
        for _ in range(records):
            self.waiting.popleft()
        if self.waiting or self._unread:
            begin = self.waiting[0].offset - RECORD.size if self.waiting else self.tail
            self._write_position(begin, self._generation)
            return
        drained = self.tail
        self._write_position(START, secrets.token_bytes(8))
        self.tail = START
        self._blank(START, drained)  # callers' words do not stay on the disk
        os.fdatasync(self._file)

    def close(self) -> None:
        """Let go of the file and its lock."""
        os.close(self._file)

    def discard(self) -> None:
        """Let go of a file of which nothing waits, and of its name; it is kept aside when records were unreadable."""
        os.close(self._file)
        if self._unread:
            self.path.rename(self._damaged_name())
        else:
            self.path.unlink(missing_ok=True)

    def _damaged_name(self) -> Path:
        return self.path.with_name(f"{self.path.name}.damaged-{secrets.token_hex(4)}")

    def _head(self, number: int, payload: bytes) -> bytes:
        plain = RECORD.pack(self._generation, number, len(payload), b"")
        return RECORD.pack(self._generation, number, len(payload), hashlib.sha256(plain + payload).digest())

    def _recognise(self) -> bool:
        """Whether this is a spool. Not yet one is a file without mark and position: making it was interrupted."""
        size = os.fstat(self._file).st_size
        mark = os.pread(self._file, len(MAGIC), 0)
        if not mark.strip(b"\0") and not self._positions():
            return False
        if mark == MAGIC and size >= START + PAGE and self._positions():
            self.size = size
            return True
        aside = self._damaged_name()
        log.error("The spool %s cannot be read: it is kept as %s, and a new one is begun.", self.path, aside)
        self.path.rename(aside)
        os.close(self._file)
        self._file = _opened(self.path)
        return False

    def _make(self) -> None:
        """Reserve every block now and write it once, so that a full disk cannot refuse a contact later."""
        os.ftruncate(self._file, 0)
        try:
            os.posix_fallocate(self._file, 0, self.size)
        except OSError:
            os.ftruncate(self._file, 0)  # part of it would only fill the disk
            raise
        self._blank(0, self.size)
        os.fdatasync(self._file)
        for serial in (1, 2):
            self._serial = serial
            self._write_position(START, secrets.token_bytes(8))
        write_all(self._file, MAGIC, 0)
        os.fsync(self._file)
        sync_folder(self.path.parent)

    def _positions(self) -> list[tuple[int, int, bytes]]:
        found = []
        for page in (1, 2):
            kept = os.pread(self._file, POSITION.size, page * PAGE)
            if len(kept) < POSITION.size:
                continue
            serial, offset, generation, digest = POSITION.unpack(kept)
            if hashlib.sha256(POSITION.pack(serial, offset, generation, b"")).digest() == digest:
                found.append((serial, offset, generation))
        return found

    def _write_position(self, offset: int, generation: bytes) -> None:
        self._serial += 1
        plain = POSITION.pack(self._serial, offset, generation, b"")
        whole = POSITION.pack(self._serial, offset, generation, hashlib.sha256(plain).digest())
        write_all(self._file, whole, (1 + self._serial % 2) * PAGE)
        os.fdatasync(self._file)
        self._generation = generation

    def _load(self) -> None:
        self._serial, offset, self._generation = max(self._positions())
        self.waiting, self.tail, self._number = deque(), offset, 0
        while (place := self._record_at(offset) or self._record_after(offset)) is not None:
            if place.offset - RECORD.size != self.tail:
                self._say_damaged(place.offset - RECORD.size)
            self.waiting.append(place)
            offset = self.tail = place.end
            self._number += 1

    def _record_after(self, offset: int) -> Place | None:
        """The next record behind bytes that are none."""
        while (offset := search(self._file, self._generation, offset + 1, self.size)) >= 0:
            if place := self._record_at(offset):
                return place
        return None

    def _say_damaged(self, offset: int) -> None:
        self.damaged += 1
        lost = offset - self.tail
        log.error("The spool %s: %d bytes before %d cannot be read.", self.path, lost, offset)

    def _record_at(self, offset: int) -> Place | None:
        if offset + RECORD.size > self.size:
            return None
        try:
            generation, number, length, digest = RECORD.unpack(read_all(self._file, RECORD.size, offset))
            place = Place(offset + RECORD.size, length)
            if generation != self._generation or place.end > self.size:
                return None
            payload = read_all(self._file, length, place.offset)
        except OSError:
            return None
        plain = RECORD.pack(generation, number, length, b"")
        return place if hashlib.sha256(plain + payload).digest() == digest else None

    def _blank(self, begin: int, end: int) -> None:
        for offset in range(begin, end, len(BLANK)):
            write_all(self._file, BLANK[: min(len(BLANK), end - offset)], offset)


def _opened(path: Path) -> int:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise RuntimeError(
            f"Another door uses the spool {path}: set CALLBOX_SPOOL to another file."
        ) from None
    return file
