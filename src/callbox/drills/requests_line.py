# SPDX-License-Identifier: Apache-2.0
"""A bad line that knows requests: whole contacts come twice, out of order, in part, or their answer is lost."""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass

from callbox.drills.proxy import LINE_FAULTS, Line, Place

HEAD_LIMIT = 64 << 10
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
CONTACT = b"POST /door/contacts/"
LATE_S = 0.8  # held back so long at most, while later ones pass


@dataclass(slots=True)
class Mishaps:
    """Probabilities of each contact that passes: sent twice, held back, sent in part, or its answer lost."""

    twice: float = 0.0
    late: float = 0.0
    part: float = 0.0
    unheard: float = 0.0


class RequestLine(Line):
    """As a line for everything else; contacts meet mishaps."""

    def __init__(self, seed: int, listen: Place, target: Place) -> None:
        super().__init__(seed, listen, target)
        self.mishaps = Mishaps()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one connection on: contact by contact, or as bytes when it carries anything else."""
        reader._limit = HEAD_LIMIT  # type: ignore[attr-defined]  # set where the stream was made, by asyncio
        first = await reader.readexactly(len(CONTACT))
        if first != CONTACT:
            reader._buffer[:0] = first  # type: ignore[attr-defined]  # put back what was only looked at
            await super().serve(reader, writer)
            return
        async with self.beyond() as (far_reader, far_writer):
            while first:
                request = await _message(reader, first)
                if not await self._pass_on(request, far_reader, far_writer, writer):
                    return
                first = await reader.read(1)

    async def _pass_on(
        self,
        request: bytes,
        far_reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
        writer: asyncio.StreamWriter,
    ) -> bool:
        """Whether the connection goes on."""
        mishaps, dice = self.mishaps, self._dice
        twice, late = dice.random() < mishaps.twice, dice.random() < mishaps.late
        fate = dice.random()
        if twice:
            self.counts["doubled_requests"] += 1
            self._links.add(twin := asyncio.ensure_future(self._again(request, dice.random() * LATE_S)))
            twin.add_done_callback(self._links.discard)
        if late:
            self.counts["late_requests"] += 1
            await asyncio.sleep(dice.random() * LATE_S)
        if fate < mishaps.part:
            self.counts["parts"] += 1
            far_writer.write(request[: dice.randrange(len(request))])
            await far_writer.drain()
            return False
        far_writer.write(request)
        await far_writer.drain()
        answer = await _message(far_reader, b"")
        if fate < mishaps.part + mishaps.unheard:
            self.counts["unheard"] += 1
            return False
        writer.write(answer)
        await writer.drain()
        return True

    async def _again(self, request: bytes, later_s: float) -> None:
        """The same request once more on a connection of its own; nobody hears the answer."""
        await asyncio.sleep(later_s)
        with suppress(*LINE_FAULTS):
            async with self.beyond() as (reader, writer):
                writer.write(request)
                await writer.drain()
                await _message(reader, b"")


async def _message(reader: asyncio.StreamReader, begun: bytes) -> bytes:
    """One whole request or answer whose body has a stated length."""
    head = begun + await reader.readuntil(b"\r\n\r\n")
    stated = LENGTH.search(head)
    return head + await reader.readexactly(int(stated[1]) if stated else 0)
