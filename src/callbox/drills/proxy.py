# SPDX-License-Identifier: Apache-2.0
"""A bad line between two parts: delays, cuts, half messages, answers that never arrive, few bytes a second. Seeded."""

import asyncio
import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

PIECE = 4096  # what passes at once; at 64 kbit/s half a second
DEAF_S = 0.05  # time for the other side to do what it was told, before the line is cut
ENDINGS = (b"COMMIT", b"INSERT INTO door_contact")  # what makes the outcome unknown when no answer comes
LINE_FAULTS = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)


@dataclass(slots=True)
class Weather:
    """How the line is now; may be changed while it is used. Probabilities are of each piece that passes.

    delay_s: up to so much before a piece. half: a part of the piece passes, then the line is cut. deaf: the piece
    passes, the answer does not, the line is cut; deaf_ending: the same of a piece that ends a transaction.
    rate: bytes a second in each direction of all connections together, 0 for any number.
    """

    delay_s: float = 0.0
    half: float = 0.0
    deaf: float = 0.0
    deaf_ending: float = 0.0
    rate: float = 0.0


Place = int | Path  # a TCP port of this machine, or a Unix socket


class Line:
    """Passes connections on from one place to another, in a thread of its own."""

    def __init__(self, seed: int, listen: Place, target: Place) -> None:
        self.weather = Weather()
        self.counts: Counter[str] = Counter()
        self._dice = random.Random(f"line/{seed}")  # noqa: S311 - repeatable on purpose
        self._listen, self._target = listen, target
        self._free_at = {True: 0.0, False: 0.0}  # when each direction has sent what it took
        self._links: set[asyncio.Task[None]] = set()

    @contextmanager
    def laid(self) -> Iterator[Self]:
        """The line is there for the length of the block."""
        ready, self._over = threading.Event(), asyncio.Event()
        thread = threading.Thread(target=lambda: asyncio.run(self._live(ready)), name="line")
        thread.start()
        ready.wait()
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._over.set)
            thread.join()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to the target."""
        if isinstance(self._target, int):
            return await asyncio.open_connection("127.0.0.1", self._target)
        return await asyncio.open_unix_connection(self._target)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one connection on until either side ends it."""
        async with self.beyond() as (far_reader, far_writer):
            pumps = [
                asyncio.ensure_future(self._pump(reader, far_writer, writer, out=True)),
                asyncio.ensure_future(self._pump(far_reader, writer, far_writer, out=False)),
            ]
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for pump in pumps:
                    pump.cancel()
                await asyncio.gather(*pumps, return_exceptions=True)

    @asynccontextmanager
    async def beyond(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A connection to the target for the length of the block."""
        reader, writer = await self.connect()
        try:
            yield reader, writer
        finally:
            writer.transport.abort()

    async def _live(self, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        if isinstance(self._listen, int):
            server = await asyncio.start_server(self._accept, "127.0.0.1", self._listen, backlog=1024)
        else:
            server = await asyncio.start_unix_server(self._accept, self._listen, backlog=1024)
            self._listen.chmod(0o777)  # the folder around it is the drill's own
        ready.set()
        await self._over.wait()
        server.close()
        for link in list(self._links):
            link.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = asyncio.current_task()
        assert link is not None  # noqa: S101 - a handler is always a task
        self._links.add(link)
        try:
            await self.serve(reader, writer)
        except (*LINE_FAULTS, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            self._links.discard(link)

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        back: asyncio.StreamWriter,
        *,
        out: bool,
    ) -> None:
        with contextlib.suppress(*LINE_FAULTS):
            while piece := await reader.read(PIECE):
                await self._wait_for(len(piece), out=out)
                if await self._spoil(piece, writer, back, out=out):
                    return
                writer.write(piece)
                await writer.drain()

    async def _wait_for(self, size: int, *, out: bool) -> None:
        weather, now = self.weather, time.monotonic()
        if weather.delay_s:
            await asyncio.sleep(self._dice.random() * weather.delay_s)
        if weather.rate:
            self._free_at[out] = max(self._free_at[out], now) + size / weather.rate
            await asyncio.sleep(self._free_at[out] - now)

    async def _spoil(
        self, piece: bytes, writer: asyncio.StreamWriter, back: asyncio.StreamWriter, *, out: bool
    ) -> bool:
        """Whether this piece was the connection's last."""
        weather, chance = self.weather, self._dice.random()
        deaf = weather.deaf_ending if any(word in piece for word in ENDINGS) else weather.deaf
        if not out or chance >= weather.half + deaf:
            return False
        is_half = chance < weather.half
        writer.write(piece[: self._dice.randrange(len(piece))] if is_half else piece)
        with suppress(OSError):
            await writer.drain()
        back.transport.abort()  # nothing of an answer passes from here
        self.counts["half_messages" if is_half else "answers_lost"] += 1
        await asyncio.sleep(DEAF_S)
        return True
