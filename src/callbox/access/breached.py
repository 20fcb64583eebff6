# SPDX-License-Identifier: Apache-2.0
"""Passwords that became known elsewhere, in a file that the operator brings: nobody is asked over a network.

The file is the one that "Have I Been Pwned" hands out whole: a line for each password, sorted, with the SHA-1 of the
password in hexadecimal, a colon and a number. It may be far larger than memory: a place is found by halving.
"""

import hashlib
import os
from pathlib import Path
from typing import BinaryIO


def is_in(file: Path, password: str) -> bool:
    """Whether the sorted file has a line for this password. Raises OSError."""
    digest = hashlib.sha1(password.encode(errors="replace"), usedforsecurity=False)  # the file's own spelling
    wanted = digest.hexdigest().upper().encode()
    with file.open("rb") as lines:
        low, high = 0, lines.seek(0, os.SEEK_END)
        while low < high:
            middle = (low + high) // 2
            if _line_after(lines, middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return _line_after(lines, low).startswith(wanted)


def _line_after(lines: BinaryIO, place: int) -> bytes:
    """The first whole line at or behind a place, in capitals; past the end what sorts behind every line."""
    lines.seek(max(0, place - 1))
    if place:
        lines.readline()
    return lines.readline().upper() or b"~"
