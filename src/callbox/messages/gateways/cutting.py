# SPDX-License-Identifier: Apache-2.0
"""An end for every conversation: a timeout of a socket begins anew with each byte, and a far side may drip."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def cut_after(seconds: float, line: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Shut the line once the seconds are over; whoever reads it then sees its end. line: asked at that moment."""
    timer = threading.Timer(seconds, _cut, [line])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(line: Callable[[], socket.socket | None]) -> None:
    found = line()
    if found is not None:
        with suppress(OSError):
            found.shutdown(socket.SHUT_RDWR)
