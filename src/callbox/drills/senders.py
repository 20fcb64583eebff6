# SPDX-License-Identifier: Apache-2.0
"""Many senders at once, paced, each as stubborn as a real one; what they were told goes into the ledger."""

import asyncio
import json
import random
import time
from dataclasses import dataclass

import aiohttp

from callbox.drills.ledger import Ack, Attempt, Ledger, Sent

CHANNELS = ("phone", "exchange", "sos", "text", "web", "app", "other")
SOURCES = 40
PATIENCE_S = 5.0  # a sender that hears nothing for so long sends again
AGAIN_S = 0.15
LINK_FAULTS = (aiohttp.ClientError, OSError)  # TimeoutError is an OSError
WORDS = "made up: smoke from the second floor, two people at the window; "


@dataclass(frozen=True, slots=True)
class Pace:
    """What is sent. rate: fresh contacts a second; repeats: share sent again after their yes.

    unreadable: share whose bytes mean nothing; threads: share of texts that belong to one of a few threads.
    """

    rate: float = 15.0
    repeats: float = 0.2
    unreadable: float = 0.05
    threads: float = 0.3


def _session() -> aiohttp.ClientSession:
    limit = aiohttp.TCPConnector(limit=0)
    return aiohttp.ClientSession(connector=limit, timeout=aiohttp.ClientTimeout(total=PATIENCE_S))


class Senders:
    """All senders of one run. `stopping`: no fresh contact is begun; those under way go on until their yes."""

    def __init__(self, address: str, ledger: Ledger, seed: int, pace: Pace) -> None:
        self._address = address
        self._ledger = ledger
        self._pace = pace
        self._dice = random.Random(f"senders/{seed}")  # noqa: S311 - repeatable on purpose
        self._run = f"{seed}-{time.time_ns():x}"
        self._number = 0
        self.stopping = asyncio.Event()
        self.giving_up = asyncio.Event()

    async def run(self) -> None:
        """Send until `stopping`, and then until each has its yes or `giving_up`."""
        limit = aiohttp.TCPConnector(limit=0)
        timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
        async with (
            aiohttp.ClientSession(connector=limit, timeout=timeout) as link,
            asyncio.TaskGroup() as crowd,
        ):
            while not self.stopping.is_set():
                crowd.create_task(self._send(link, self.fresh()))
                await asyncio.sleep(self._dice.expovariate(self._pace.rate))

    async def one(self) -> None:
        """Send one contact until its yes."""
        async with _session() as link:
            await self._send(link, self.fresh())

    def fresh(self) -> Sent:
        """The next contact, as the seed says."""
        dice = self._dice
        self._number += 1
        key = f"{self._run}-{self._number}"
        channel = dice.choice(CHANNELS)
        source = f"made-up-{dice.randrange(SOURCES)}"
        made = Sent(key, channel, source, self._body(key, channel), time.monotonic())
        self._ledger.sent.append(made)
        return made

    def _body(self, key: str, channel: str) -> bytes:
        dice = self._dice
        if dice.random() < self._pace.unreadable:
            return dice.randbytes(dice.randrange(20, 3000)) + key.encode()
        told: dict[str, object] = {"words": f"{key} {WORDS * dice.randrange(1, 8)}", "number": "555-0100"}
        if channel == "text" and dice.random() < self._pace.threads:
            told["thread"] = f"{self._run}-thread-{dice.randrange(5)}"
        return json.dumps(told).encode()

    async def _send(self, link: aiohttp.ClientSession, sent: Sent) -> None:
        again = self._dice.random() < self._pace.repeats
        while not self.giving_up.is_set():
            if await self.attempt(link, sent):
                break
            await asyncio.sleep(AGAIN_S)
        if again:
            await asyncio.sleep(self._dice.random())
            await self.attempt(link, sent)

    async def attempt(self, link: aiohttp.ClientSession, sent: Sent) -> bool:
        """One try; True when it was answered with a yes."""
        begun = time.monotonic()
        headers = {"Idempotency-Key": sent.key, "X-Source": sent.source, "Content-Type": "application/json"}
        try:
            path = f"{self._address}/door/contacts/{sent.channel}"
            async with link.post(path, data=sent.body, headers=headers) as answer:
                said = await answer.read()
                outcome = str(answer.status)
        except LINK_FAULTS as error:
            said, outcome = b"", type(error).__name__
        now = time.monotonic()
        sent.attempts.append(Attempt(begun, now - begun, outcome))
        if outcome != "201":
            self._ledger.refused += outcome == "503"
            return False
        told = json.loads(said)
        sent.acks.append(Ack(told["id"], told["accepted"], now))
        return True
