# SPDX-License-Identifier: Apache-2.0
"""One connection to the door, bounded: the head of a request in size and time, and how many one address may hold.

Nobody is refused for having too many: the one that has been silent for longest gives way to the new one, if it waits
for nothing of ours. A stream, or a contact that is being made durable, never gives way.
"""

import asyncio
import resource
import socket
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 64 << 10
HEAD_DEADLINE_S = 20.0  # at 1 kbit/s a head of 2 KiB still comes in time
MOST_OF_ONE = 512  # connections of one address; a control room's desks hold some each
UNHEARD_MS = (
    30_000  # what we send and nobody confirms: the other side is gone, a stream to it would never end
)
OPEN_FILES = 65_536
KEPT_FREE = 512  # connections to web and database, files
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


def most_connections() -> int:
    """Raise this process's limit of open files to what it may be, and leave some of them to files and database."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(wanted - KEPT_FREE, wanted // 2)


class Connection(HttpToolsProtocol):
    """As uvicorn's, with bounds.

    counted: False behind a proxy of ours, whose every connection is one address. most: connections of all.
    """

    counted: ClassVar[bool] = True
    most: ClassVar[int] = 768
    by_address: ClassVar[defaultdict[str, dict[Any, None]]] = defaultdict(
        dict
    )  # each address's, oldest first

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its parent's
        """Somebody connected."""
        super().connection_made(transport)
        if sys.platform == "linux":
            end = transport.get_extra_info("socket")
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNHEARD_MS)
        self._head: int | None = 0
        self._heard = time.monotonic()
        self._timer = self.loop.call_later(HEAD_DEADLINE_S, self._too_slow)
        self._address = self.client[0] if self.client and self.counted else ""
        if self._address:
            mine = self.by_address[self._address]
            mine[self] = None
            if len(mine) > MOST_OF_ONE:
                self._make_room(mine)
        if len(self.connections) > self.most:
            self._make_room(self.connections)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._timer.cancel()
        mine = self.by_address.get(self._address, {})
        mine.pop(self, None)
        if not mine:
            self.by_address.pop(self._address, None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        self._heard = time.monotonic()
        if self._head is not None:
            self._head += len(data)
        super().data_received(data)
        if self._head is not None and self._head > HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        """A request begins; the next one on this connection has a time of its own."""
        super().on_message_begin()
        if self._head is None:
            self._head = 0
            self._timer = self.loop.call_later(HEAD_DEADLINE_S, self._too_slow)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._head = None
        self._timer.cancel()
        super().on_headers_complete()

    @property
    def may_go(self) -> bool:
        """Whether nobody waits for an answer of ours: no request yet, none any more, or one not sent to its end."""
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body

    def _too_slow(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()

    def _make_room(self, among: Iterable[Any]) -> None:
        silent = [
            each for each in among if each is not self and each.may_go and not each.transport.is_closing()
        ]
        if silent:
            min(silent, key=lambda each: each._heard).transport.close()
