# SPDX-License-Identifier: Apache-2.0
"""GET /door/stream: server-sent events of what changed, within one person's scope, until they sign out."""

import asyncio
import contextlib
from collections.abc import Callable
from urllib.parse import parse_qs

import asyncpg

from callbox.door import tail
from callbox.door.connecting import connect
from callbox.door.eyes import look
from callbox.door.failures import DATABASE_FAILURES
from callbox.door.http import Receive, Scope, Send, headers_of, problem
from callbox.door.hub import Hub
from callbox.door.screens import Screen
from callbox.door.tail import Position, message
from callbox.door.tickets import Ticket, TicketRefused, verify
from callbox.door.watch import Watch
from callbox.host.clock import CLOCK

CATCH_UP = 2_000  # entries; a screen that missed more loads itself anew
CATCH_UP_DEADLINE_S = 3.0
AT_ONCE = (
    4  # that catch up; opening a connection costs ten times the reading, so the next in line takes it over
)
IN_LINE_S = 10.0  # until a screen's turn comes and it has caught up
SEND_DEADLINE_S = 10.0
PIECE = 16 << 10  # bytes that are sent at once, each with that deadline: two seconds at 64 kbit/s
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class Streams:
    """Serves streams: ticket, sign-in, catch-up from `after`, then live."""

    def __init__(self, dsn: str, secret: bytes, hub: Hub, watch: Watch) -> None:
        self._dsn = dsn
        self._secret = secret
        self._hub = hub
        self._watch = watch
        self._catching_up = asyncio.Semaphore(AT_ONCE)  # after a network break all screens come back at once
        self._in_line = 0
        self._links: list[asyncpg.Connection] = []

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One stream from connect to end. Refuses with 403 without a ticket in force, 503 when unsure."""
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        try:
            ticket = verify(asked.get("ticket", [""])[0], self._secret, CLOCK.now().timestamp())
        except TicketRefused:
            await problem(send, scope, 403, "no_ticket")
            return
        now = self._hub.entries
        if now is None or not await self._watch.may_connect(ticket):
            await problem(send, scope, 403 if now else 503, "no_ticket" if now else "unchecked")
            return
        wanted = asked.get("after", [""])[0] or headers_of(scope).get("last-event-id", "")
        screen = Screen(ticket, Position.read(wanted) or self._hub.entries or now)  # as hello says it
        self._hub.screens.add(screen)
        try:
            await self._run(screen, receive, send)
        finally:
            self._hub.screens.remove(screen)

    async def _run(self, screen: Screen, receive: Receive, send: Send) -> None:
        live_from = self._hub.entries or Position()  # later entries reach the queue by themselves
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await _say(send, message("hello", {"position": str(live_from)}))
        if not await self._catch_up(screen, live_from, send):
            return
        self._hub.show_horizon(screen)
        leaving = asyncio.ensure_future(_until_gone(receive, lambda: screen.end("gone")))
        try:
            await _pass_on(screen, send)
        except TimeoutError:
            return  # a screen that reads nothing for so long is gone
        finally:
            leaving.cancel()

    async def _catch_up(self, screen: Screen, until: Position, send: Send) -> bool:
        if screen.after >= until:
            return True
        self._in_line += 1
        try:
            async with asyncio.timeout(IN_LINE_S), self._catching_up:
                missed = await self._missed(screen, until)
        except DATABASE_FAILURES:
            await _end(send, "unchecked")
            return False
        finally:
            self._in_line -= 1
            if not self._in_line:
                self.close()
        if len(missed) > CATCH_UP:
            await _say(send, message("reset", {"position": str(until)}))
            await _end(send, "reset")
            return False
        await _say(send, b"".join(event.data for event in missed))
        return True

    async def _missed(self, screen: Screen, until: Position) -> list[tail.Event]:
        asked = (screen.after, until, _scopes(screen.ticket), CATCH_UP + 1)
        try:
            async with asyncio.timeout(CATCH_UP_DEADLINE_S):
                link = self._links.pop() if self._links else await connect(self._dsn, CATCH_UP_DEADLINE_S)
                try:
                    await look(link, screen.sight)  # the last one's is on it
                    found = await tail.entries_for(link, *asked)
                except BaseException:  # cancelled by the deadline too: an interrupted connection is of no use
                    link.terminate()
                    raise
        except DATABASE_FAILURES:
            self.close()  # what one connection met, the others will
            raise
        self._links.append(link)
        return found

    def close(self) -> None:
        """Let go of the connections."""
        while self._links:
            self._links.pop().terminate()


def _scopes(ticket: Ticket) -> tuple[list[str], list[str], list[str]]:
    return list(ticket.all_kinds), list(ticket.kinds), list(ticket.keys)


async def _pass_on(screen: Screen, send: Send) -> None:
    while screen.ended is None:
        data = await screen.next()
        if data:
            await _say(send, data)
    if screen.ended != "gone":
        await _end(send, screen.ended)


async def _end(send: Send, reason: str) -> None:
    await _say(send, message("bye", {"reason": reason}))
    await send({"type": "http.response.body", "body": b""})


async def _say(send: Send, data: bytes) -> None:
    for begin in range(0, len(data), PIECE):
        async with asyncio.timeout(SEND_DEADLINE_S):
            await send({"type": "http.response.body", "body": data[begin : begin + PIECE], "more_body": True})


async def _until_gone(receive: Receive, gone: Callable[[], None]) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        while (await receive())["type"] != "http.disconnect":
            pass
        gone()
