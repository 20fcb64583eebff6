# SPDX-License-Identifier: Apache-2.0
"""Tickets of the stream. What we did not sign is refused, however it looks."""

from callbox.audit.fuzz.targets._inputs import text_of
from callbox.door.tickets import TicketRefused, verify

REFUSALS: tuple[type[BaseException], ...] = (TicketRefused,)
SEEDS = (b"e30.AAAA", b".", b"a.b.c", "é.é".encode())
SECRET = bytes(32)


def feed(data: bytes) -> None:
    """Nothing that comes from outside is ever taken."""
    verify(text_of(data), SECRET, 1.0)
    raise AssertionError("a ticket that nobody signed was taken")
