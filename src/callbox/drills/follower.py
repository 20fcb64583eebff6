# SPDX-License-Identifier: Apache-2.0
"""A screen that follows the stream, joins again where it was whenever the stream ends, and notes what it was shown."""

import asyncio
import contextlib
import json
import time

import aiohttp

from callbox.drills.ledger import Followed, Ledger, Position
from callbox.drills.senders import LINK_FAULTS
from callbox.drills.site import Site

AGAIN_S = 0.2
SILENT_S = 10.0  # a stream says something every second; one that does not is joined anew


class Follower:
    """A supervisor's screen. Runs until cancelled. `joined`: the stream is there and told all we missed."""

    def __init__(self, site: Site, ledger: Ledger, person: str = "chief", address: str = "") -> None:
        self._address = address or site.address
        self._cookies = site.cookies(person)
        self._ledger = ledger
        self._now: Followed | None = None
        self._stream: asyncio.Task[None] | None = None
        self.joined = False
        self.late_s: list[float] = []  # what each word of the door spent on the line
        self._fresh_at = 0.0

    @property
    def age_s(self) -> float:
        """Seconds since everything there was had been shown, as the door said. All processes have one such clock."""
        return time.monotonic() - self._fresh_at

    @property
    def at(self) -> Position:
        """How far it was shown what changed."""
        if self._now is None:
            return (0, 0)
        return self._now.shown[-1] if self._now.shown else self._now.after

    def cut(self) -> None:
        """The line breaks now; it comes back as it always does."""
        self.joined = False
        if self._stream is not None:
            self._stream.cancel()

    async def run(self) -> None:
        """Follow, again and again."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=SILENT_S)
        async with aiohttp.ClientSession(timeout=timeout) as link:
            while True:
                self._stream = asyncio.create_task(self._stay(link))
                try:
                    await asyncio.wait([self._stream])
                finally:
                    self._stream.cancel()
                    self.joined = False
                await asyncio.sleep(AGAIN_S)

    async def _stay(self, link: aiohttp.ClientSession) -> None:
        with contextlib.suppress(*LINK_FAULTS):
            await self._follow(link, await self._ticket(link))

    async def _ticket(self, link: aiohttp.ClientSession) -> str:
        async with link.post(f"{self._address}/api/stream-ticket", headers=self._cookies) as answer:
            answer.raise_for_status()
            return str((await answer.json())["ticket"])

    async def _follow(self, link: aiohttp.ClientSession, ticket: str) -> None:
        asked = {"ticket": ticket}
        if self._now is not None:
            xid, seq = self.at
            asked["after"] = f"{xid}.{seq}"
        async with link.get(f"{self._address}/door/stream", params=asked) as answer:
            answer.raise_for_status()
            kind, place = "", ""
            async for line in answer.content:
                text = line.decode().rstrip("\n")
                if text.startswith("event: "):
                    kind, place = text[7:], ""
                elif text.startswith("id: "):
                    place = text[4:]
                elif text.startswith("data: "):
                    self._note(kind, place, text[6:])

    def _note(self, kind: str, place: str, data: str) -> None:
        if kind == "horizon":
            self.joined = True
            told = json.loads(data)
            self.late_s.append(time.monotonic() - told["up_s"])
            self._fresh_at = told["up_s"] - told["age_s"]
        if kind == "entry" and self._now is not None:
            self._now.shown.append(_position(place))
        elif kind == "reset" or (kind == "hello" and self._now is None):
            self._now = Followed(_position(data.split('"position":"')[1].split('"')[0]))
            self._ledger.followed.append(self._now)


def _position(text: str) -> Position:
    xid, _, seq = text.partition(".")
    return int(xid), int(seq)
