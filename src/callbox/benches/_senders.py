# SPDX-License-Identifier: Apache-2.0
"""Many senders at once, each on its own connection, each waiting for the yes before it sends the next."""

import asyncio
import secrets
import time
from typing import cast

BODY = b'{"text": "' + b"smoke from the second floor, two people at the window; " * 5 + b'"}'


class Sender(asyncio.Protocol):
    """Sends contacts one after another until told to stop; counts the accepted ones."""

    def __init__(self) -> None:
        self.accepted = 0
        self.refused = 0
        self.sending = True
        self.stopped = asyncio.get_running_loop().create_future()
        self._name = secrets.token_hex(8)
        self._number = 0
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast(asyncio.WriteTransport, transport)  # uvloop's is one without saying so
        self._send()

    def data_received(self, data: bytes) -> None:
        """Count an answer once it is whole, and go on."""
        self._answer += data
        head, end, body = self._answer.partition(b"\r\n\r\n")
        if not end or len(body) < int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]):
            return
        self.accepted += b" 201 " in head[:16] and b'"database"' in body
        self.refused += not (b" 201 " in head[:16] and b'"database"' in body)
        self._answer = b""
        if self.sending:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever waits for the end hears of it."""
        if not self.stopped.done():
            self.stopped.set_result(None)

    def _send(self) -> None:
        self._number += 1
        self._transport.write(request(f"{self._name}-{self._number}", BODY))


def request(key: str, body: bytes) -> bytes:
    """One contact as HTTP."""
    return (
        b"POST /door/contacts/app HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b"Idempotency-Key: %b\r\nContent-Length: %d\r\n\r\n%b" % (key.encode(), len(body), body)
    )


async def accepted_per_s(port: int, senders: int, seconds: float) -> float:
    """Contacts accepted by the database a second. Raises RuntimeError when any was not."""
    loop = asyncio.get_running_loop()
    crowd = [(await loop.create_connection(Sender, "127.0.0.1", port))[1] for _ in range(senders)]
    await asyncio.sleep(0.3)  # every connection warm before the count begins
    before, begun = sum(sender.accepted for sender in crowd), time.perf_counter()
    await asyncio.sleep(seconds)
    count, took = sum(sender.accepted for sender in crowd) - before, time.perf_counter() - begun
    for sender in crowd:
        sender.sending = False
    await asyncio.gather(*(sender.stopped for sender in crowd))
    if refused := sum(sender.refused for sender in crowd):
        raise RuntimeError(f"{refused} contacts were not accepted into the database: nothing was measured")
    return count / took
