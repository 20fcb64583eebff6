# SPDX-License-Identifier: Apache-2.0
"""A proxy between two processes that counts what they write to each other, and acts before or after the n-th."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from callbox.host.processes import LOCAL

Link = tuple[asyncio.StreamReader, asyncio.StreamWriter]
PORTION = 1 << 16


class Trigger:
    """Counts writes on all wires it is given to. Until armed, and once it has acted, it lets everything pass.

    act: called in the wire's thread. Only connections opened since it was armed count when `fresh` is set.
    """

    def __init__(self) -> None:
        self.count = 0
        self.acted = False
        self._at = 0
        self._after = self._fresh = False
        self._opened = 0
        self._since = 0
        self._act: Callable[[], object] = lambda: None

    def arm(self, at: int, act: Callable[[], object], *, after: bool, fresh: bool = False) -> None:
        """Act before (or after) the at-th write from now on is passed on; 0: only count."""
        self.count, self.acted = 0, False
        self._at, self._act, self._after, self._fresh = at, act, after, fresh
        self._since = self._opened

    def joined(self) -> int:
        """A connection was opened: its number."""
        self._opened += 1
        return self._opened

    def before(self, connection: int) -> bool:
        """A write is about to be passed on; False when it must not be, because the trigger has acted on it."""
        if self._fresh and connection <= self._since:
            return True
        self.count += 1
        if self.count == self._at and not self._after:
            self._fire()
            return False
        return True

    def passed(self) -> None:
        """A write was passed on."""
        if self.count == self._at and self._after and not self.acted:
            self._fire()

    def _fire(self) -> None:
        self.acted = True
        self._act()


class Wire:
    """Listens on a port and passes everything on to a TCP port or to a Unix socket's path, both ways."""

    def __init__(self, target: int | str, trigger: Trigger) -> None:
        self._target = target
        self._trigger = trigger
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="wire", daemon=True)
        self.port = 0

    def open(self) -> None:
        """Listen; `port` is where."""
        self._thread.start()
        serving = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._serve, LOCAL, 0), self._loop)
        self._server = serving.result()
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Stop listening and cut what is open."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = self._trigger.joined()
        try:
            far_reader, far_writer = await self._far()
        except OSError:
            writer.close()
            return
        ways = (self._pump(reader, far_writer, number), self._pump(far_reader, writer, number))
        try:
            await asyncio.gather(*ways)
        finally:
            writer.close()
            far_writer.close()

    async def _far(self) -> Link:
        if isinstance(self._target, str):
            return await asyncio.open_unix_connection(self._target)
        return await asyncio.open_connection(LOCAL, self._target)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        with suppress(OSError):
            while data := await reader.read(PORTION):
                if not self._trigger.before(number):
                    break
                writer.write(data)
                await writer.drain()
                self._trigger.passed()
        writer.close()


@contextmanager
def wire(target: int | str, trigger: Trigger) -> Iterator[Wire]:
    """A wire that is open for the length of the block."""
    made = Wire(target, trigger)
    made.open()
    try:
        yield made
    finally:
        made.close()
