# SPDX-License-Identifier: Apache-2.0
"""Making a picture anew, in a process that can do no harm. Part of the room's actions.

One process for each picture (see darkroom.py): an attack on a decoder meets a program without secrets, database or
files, which ends with its picture, and one that eats memory or time ends itself.
"""

import json
import subprocess
import sys
from pathlib import Path
from threading import Lock

from callbox.kernel.errors import Unavailable
from callbox.kernel.text import gettext_noop as _
from callbox.pictures.domain import DAMAGED, JPEG, WHY, Developed, Limits, check_upload, kind_of, refusal

PROGRAM = Path(__file__).with_name("darkroom.py")
BUSY = _("Many pictures arrive at once. Send it again in a moment.")


class Places:
    """So many at once, and nobody waits: a thread that waits is one that no desk has."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._taken = 0

    def take(self, most: int) -> bool:
        """Whether there was a place; it has to be given back."""
        with self._lock:
            free = self._taken < most
            self._taken += free
        return free

    def give_back(self) -> None:
        """The place is free again."""
        with self._lock:
            self._taken -= 1


places = Places()


def develop(data: bytes, limits: Limits) -> Developed:
    """The picture made anew. Raises Invalid for what cannot be taken, Unavailable when too many arrive at once."""
    check_upload(data, limits)
    if not places.take(limits.at_once):
        raise Unavailable(BUSY)
    try:
        said = _run(data, limits)
    finally:
        places.give_back()
    made = _made(said)
    if isinstance(made, str):
        raise refusal(made if made in WHY else DAMAGED, limits)
    return made


def _made(said: bytes) -> Developed | str:
    """What the darkroom says, or why there is nothing. It is believed no more than the picture that it decoded."""
    head, _line, files = said.partition(b"\n")
    try:
        told = json.loads(head)
        if "refused" in told:
            return str(told["refused"])
        size, width, height = (int(told[name]) for name in ("preview", "width", "height"))
    except (ValueError, TypeError, KeyError):
        return DAMAGED
    made = Developed(files[size:], files[:size], width, height)
    fits = (
        kind_of(made.large) == kind_of(made.preview) == JPEG and 0 < width < 1 << 15 and 0 < height < 1 << 15
    )
    return made if fits else DAMAGED


def _run(data: bytes, limits: Limits) -> bytes:
    """What the darkroom says; nothing when it was ended. -I: it sees no folder, variable or site of whoever runs us."""
    asked = (
        limits.pixels,
        limits.edge,
        limits.large,
        limits.preview,
        limits.quality,
        limits.memory,
        limits.cpu,
    )
    try:
        done = subprocess.run(  # noqa: S603 - our own program and numbers of our own table
            [sys.executable, "-I", str(PROGRAM), *map(str, asked)],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it may quote what was sent
            env={},
            cwd="/",
            timeout=limits.patience,
            check=False,
        )
    except subprocess.TimeoutExpired:  # it had little of the processor: that says nothing against the picture
        raise Unavailable(BUSY) from None
    return done.stdout if done.returncode == 0 else b""
