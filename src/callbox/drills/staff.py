# SPDX-License-Identifier: Apache-2.0
"""A small staff at its desks: claims calls, opens incidents, sends units and closes, all through the API."""

import asyncio
import random
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import aiohttp

from callbox.drills.ledger import Ledger, Move
from callbox.drills.senders import LINK_FAULTS
from callbox.drills.site import Site

TRIES = 40
AGAIN_S = 0.25
PATIENCE_S = 5.0
LOOK_S = 0.4
CASES = 3  # dealt with at once
WITHOUT_INCIDENT = 0.5
PLACE = {"lon": -122.4194, "lat": 37.7749, "address": "made-up street 1", "type": "FIRE.BUILDING"}


class GaveUpError(Exception):
    """A step was not answered in all its tries, or refused: somebody else did it, or an earlier try did."""


class Staff:
    """Deals with a few calls at once until `stopping`. A move counts as acknowledged only when a yes arrived."""

    def __init__(self, site: Site, ledger: Ledger, seed: int) -> None:
        self._address = site.address
        self._cookies = {name: site.cookies(name) for name in site.people}
        self._ledger = ledger
        self._dice = random.Random(f"staff/{seed}")  # noqa: S311 - repeatable on purpose
        self._free = list(site.units)
        self._known: set[str] = set()
        self._room = asyncio.Semaphore(CASES)
        self.stopping = asyncio.Event()

    async def run(self) -> None:
        """Work until told to stop; what is half done then stays so."""
        timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
        async with aiohttp.ClientSession(timeout=timeout) as self._link, asyncio.TaskGroup() as cases:
            while not self.stopping.is_set():
                for call in await self._waiting():
                    await self._room.acquire()
                    cases.create_task(self._deal_with(call))
                await asyncio.sleep(LOOK_S)

    async def _waiting(self) -> list[str]:
        try:
            async with self._link.get(f"{self._address}/api/queue", headers=self._cookies["taker"]) as answer:
                found = (await answer.json())["calls"] if answer.status == 200 else []
        except LINK_FAULTS:
            return []
        fresh = [row["id"] for row in found if row["state"] == "waiting" and row["id"] not in self._known]
        self._known.update(fresh[:CASES])
        return fresh[:CASES]

    async def _deal_with(self, call: str) -> None:
        try:
            await self._step("taker", f"/api/calls/{call}/claim", {}, call, "claim")
            if self._dice.random() < WITHOUT_INCIDENT or not self._free:
                await self._wrap_up(call, "information")
            else:
                await self._incident(call)
        except GaveUpError:
            return
        finally:
            self._room.release()

    async def _incident(self, call: str) -> None:
        incident = str(UUID(int=self._dice.getrandbits(128), version=4))
        told = PLACE | {"id": incident, "call": call}
        await self._step("taker", "/api/incidents", told, incident, "open")
        await self._wrap_up(call, "incident")
        unit = self._free.pop()
        try:
            await self._send(incident, unit)
        finally:
            self._free.append(unit)
        await self._step(
            "desk", f"/api/incidents/{incident}/close", {"disposition": "handled"}, incident, "close"
        )

    async def _wrap_up(self, call: str, outcome: str) -> None:
        await self._step("taker", f"/api/calls/{call}/wrap-up", {"outcome": outcome}, call, "wrap_up")

    async def _send(self, incident: str, unit: str) -> None:
        assignment = str(uuid4())
        told = {"id": assignment, "incident": incident, "unit": unit}
        await self._step("desk", "/api/assignments", told, assignment, "open")
        for move in ("acknowledge", "go", "arrive", "clear"):
            await self._step(
                "desk", f"/api/assignments/{assignment}/{move}", {"radio": True}, assignment, move
            )

    async def _step(self, who: str, path: str, body: Mapping[str, Any], chain: str, move: str) -> None:
        """Ask until answered. A refusal after a try that was not answered: that try may have done it."""
        unanswered = False
        for _try in range(TRIES):
            try:
                async with self._link.post(
                    self._address + path, json=body, headers=self._cookies[who]
                ) as answer:
                    await answer.read()
                    status = answer.status
            except LINK_FAULTS:
                status = 0
            if status == 200:
                self._ledger.moves.append(Move(chain, move))
                return
            if status in (409, 404, 422) or self.stopping.is_set():
                break
            unanswered = True
            await asyncio.sleep(AGAIN_S)
        if not unanswered:
            raise GaveUpError
