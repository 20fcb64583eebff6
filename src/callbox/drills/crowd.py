# SPDX-License-Identifier: Apache-2.0
"""A crowd before the door: far more contacts than usual, from one address and from ten thousand, many repeated."""

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import Iterator

from callbox.door.domain import lane_of
from callbox.drills.ledger import Ack, Attempt, Ledger, Sent
from callbox.drills.senders import AGAIN_S, PATIENCE_S
from callbox.host.processes import LOCAL

URGENT = ("phone", "exchange", "sos", "text", "web", "app")
CIVIC = "civic"
ONE = "127.0.0.2"  # all of 127.0.0.0/8 is this machine: each address is a sender of its own to the door
ADDRESSES = 10_000
URGENT_RATE = 300.0  # a second, repeats among them
REPEATS = 0.3
CIVIC_RATE = 100.0  # a second: over three hundred times what one address may send
REMEMBERED = 1_000
GIVE_UP_S = 60.0
REFUSED = "429"
LINE_FAULTS = (OSError, ValueError, asyncio.IncompleteReadError)  # TimeoutError is an OSError


class Crowd:
    """One storm. `ledger`: what was sent and answered; `refused`: complaints that were told to come again."""

    def __init__(self, port: int, seed: int) -> None:
        self.ledger = Ledger()
        self.refused: list[Sent] = []
        self._port = port
        self._dice = random.Random(f"crowd/{seed}")  # noqa: S311 - repeatable on purpose
        self._run = f"storm-{seed}-{time.time_ns():x}"
        self._known: deque[tuple[Sent, str]] = deque(maxlen=REMEMBERED)

    async def run(self, for_s: float) -> None:
        """Send for so many seconds; returns when each has its answer or a minute has gone."""
        begun = time.monotonic()
        self._give_up_at = begun + for_s + GIVE_UP_S
        async with asyncio.TaskGroup() as tasks:
            for at, channel in self._moments(for_s):
                await asyncio.sleep(begun + at - time.monotonic())
                repeated = channel != CIVIC and self._known and self._dice.random() < REPEATS
                sent, address = self._dice.choice(self._known) if repeated else self._fresh(channel)
                tasks.create_task(self._send(sent, address))

    def emergencies(self) -> Iterator[Sent]:
        """What was sent in an urgent lane."""
        return (sent for sent in self.ledger.sent if lane_of(sent.channel).urgent)

    def _moments(self, for_s: float) -> Iterator[tuple[float, str]]:
        """When a contact is sent, in seconds from the beginning whatever became of those before, and its channel."""
        dice, at = self._dice, 0.0
        rate = URGENT_RATE + CIVIC_RATE
        while (at := at + dice.expovariate(rate)) < for_s:
            yield at, CIVIC if dice.random() < CIVIC_RATE / rate else dice.choice(URGENT)

    def _fresh(self, channel: str) -> tuple[Sent, str]:
        key = f"{self._run}-{len(self.ledger.sent)}"
        number = self._dice.randrange(ADDRESSES)
        address = ONE if self._dice.random() < 0.5 else f"127.1.{number // 250}.{1 + number % 250}"
        body = json.dumps({"words": f"{key} made up: smoke over the harbour", "number": "555-0100"}).encode()
        made = Sent(key, channel, f"crowd-{address}", body, time.monotonic())
        self.ledger.sent.append(made)
        return made, address

    async def _send(self, sent: Sent, address: str) -> None:
        while (outcome := await self._attempt(sent, address)) != "201":
            if outcome == REFUSED and sent.channel == CIVIC:
                self.refused.append(sent)
                return
            if time.monotonic() > self._give_up_at:
                return
            await asyncio.sleep(AGAIN_S)
        if sent.channel != CIVIC:
            self._known.append((sent, address))

    async def _attempt(self, sent: Sent, address: str) -> str:
        begun = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE_S):
                outcome, said = await self._ask(sent, address)
        except LINE_FAULTS as error:
            outcome, said = type(error).__name__, b""
        now = time.monotonic()
        sent.attempts.append(Attempt(begun, now - begun, outcome))
        if outcome == "201":
            told = json.loads(said)
            sent.acks.append(Ack(told["id"], told["accepted"], now))
        return outcome

    async def _ask(self, sent: Sent, address: str) -> tuple[str, bytes]:
        """The status and body that one request on a connection of its own is answered with."""
        reader, writer = await asyncio.open_connection(LOCAL, self._port, local_addr=(address, 0))
        try:
            writer.write(_request(sent))
            head, _, body = (await reader.read()).partition(b"\r\n\r\n")
            if not body:
                raise ConnectionError
            return head.split(b" ", 2)[1].decode(), body
        finally:
            writer.transport.abort()


def _request(sent: Sent) -> bytes:
    head = (
        f"POST /door/contacts/{sent.channel} HTTP/1.1\r\nHost: {LOCAL}\r\nConnection: close\r\n"
        f"Idempotency-Key: {sent.key}\r\nX-Source: {sent.source}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(sent.body)}\r\n\r\n"
    )
    return head.encode() + sent.body
