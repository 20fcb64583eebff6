# SPDX-License-Identifier: Apache-2.0
"""Reading and writing all that was asked. A file is never mapped: a bad sector under a mapping kills."""

import os

WINDOW = 1 << 20
SECTOR = 4096


def write_all(file: int, data: bytes, offset: int) -> None:
    """pwrite until all is written. Raises OSError."""
    view = memoryview(data)
    while view:
        written = os.pwrite(file, view, offset)
        view, offset = view[written:], offset + written


def read_all(file: int, length: int, offset: int) -> bytes:
    """pread until all is read. Raises OSError, also when the file ends before."""
    parts: list[bytes] = []
    while length:
        part = os.pread(file, length, offset)
        if not part:
            raise OSError(f"the file ends at {offset}")
        parts.append(part)
        length, offset = length - len(part), offset + len(part)
    return b"".join(parts)


def search(file: int, mark: bytes, begin: int, end: int) -> int:
    """Where the mark first stands at or after `begin`, before `end`; -1 when nowhere. Bad sectors count as blank."""
    while begin < end:
        window = _read_or_blank(file, min(WINDOW, end - begin), begin)
        found = window.find(mark)
        if found >= 0:
            return begin + found
        begin += max(1, len(window) - len(mark) + 1)
    return -1


def _read_or_blank(file: int, length: int, offset: int) -> bytes:
    try:
        return read_all(file, length, offset)
    except OSError:
        if length <= SECTOR:
            return bytes(length)
    half = length // 2
    return _read_or_blank(file, half, offset) + _read_or_blank(file, length - half, offset + half)
