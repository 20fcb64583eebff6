# SPDX-License-Identifier: Apache-2.0
"""A wire passes everything on, and acts before or after exactly the write that it was told."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from callbox.drills.wire import Trigger, wire


@contextmanager
def echo() -> Iterator[int]:
    """A port that answers everything with itself."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                link, _from = listening.accept()
            except OSError:
                return
            with link:
                while data := link.recv(1000):
                    link.sendall(data)

    server = threading.Thread(target=serve)
    server.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        server.join()


def answers(port: int, words: int) -> int:
    """How many of so many words come back."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=20)) as link:
        for number in range(words):
            link.sendall(b"word")
            if link.recv(1000) != b"word":
                return number
    return words


@pytest.mark.parametrize(
    ("at", "after", "come_back"), [(1, False, 0), (2, False, 0), (2, True, 3), (3, False, 1), (9, False, 3)]
)
def test_it_acts_at_the_write_it_was_told(at: int, after: bool, come_back: int) -> None:
    acted, trigger = [], Trigger()
    with echo() as port, wire(port, trigger) as through:
        trigger.arm(at, lambda: acted.append(trigger.count), after=after)
        assert answers(through.port, 3) == come_back
    assert acted == ([at] if at <= 6 else [])


def test_it_only_counts_when_it_is_told_no_write() -> None:
    trigger = Trigger()
    with echo() as port, wire(port, trigger) as through:
        trigger.arm(0, lambda: pytest.fail("nothing was asked for"), after=False)
        assert answers(through.port, 2) == 2
        assert trigger.count == 4


def test_connections_from_before_do_not_count_when_only_fresh_ones_do() -> None:
    trigger = Trigger()
    with echo() as port, wire(port, trigger) as through:
        with closing(socket.create_connection(("127.0.0.1", through.port), timeout=20)) as old:
            old.sendall(b"word")
            assert old.recv(1000) == b"word"
            trigger.arm(0, lambda: None, after=False, fresh=True)
            old.sendall(b"word")
            assert old.recv(1000) == b"word"
        assert trigger.count == 0
        assert answers(through.port, 1) == 1
        assert trigger.count == 2
