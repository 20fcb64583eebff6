# SPDX-License-Identifier: Apache-2.0
"""Accepting a contact: durable in the database or in the spool within 1.5 s, or an honest no."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from callbox.door.domain import Contact, Sealed, packed
from callbox.door.failures import DatabaseDown, NotAccepted
from callbox.door.spool import Spool, SpoolFull
from callbox.door.steps import step
from callbox.door.store import Store

DATABASE_DEADLINE_S = 0.9
SPOOL_DEADLINE_S = 0.5  # together below the 1.5 s that a sender is promised


@dataclass(frozen=True, slots=True)
class Taken:
    """A contact that is durable, where, and whether it had been accepted before."""

    id: UUID
    accepted: Literal["database", "spool"]
    repeated: bool


class Acceptor:
    """Takes contacts in; `on_new` is called after each that the database made durable.

    seal: makes of a contact what may be kept; raises OSError when it cannot.
    """

    def __init__(
        self, store: Store, spool: Spool, on_new: Callable[[], None], seal: Callable[[Contact], Sealed]
    ) -> None:
        self._store = store
        self._spool = spool
        self._on_new = on_new
        self._seal = seal
        self._spooling: dict[UUID, asyncio.Future[None]] = {}

    async def accept(self, given: Contact) -> Taken:
        """Make it durable. Raises NotAccepted when neither database nor spool took it in time."""
        step("received")
        try:
            contact = self._seal(given)
        except OSError as error:
            raise NotAccepted from error
        try:
            new = await self._store.take(contact)
        except DatabaseDown:
            return await self._to_spool(contact)
        step("durable")
        if new:
            self._on_new()
        return Taken(contact.id, "database", not new)

    async def _to_spool(self, contact: Sealed) -> Taken:
        """Senders repeat themselves in an outage: the same contact is kept once, all wait for that one."""
        if self._spool.waiting == 0:
            self._spooling = {key: kept for key, kept in self._spooling.items() if not kept.done()}
        before = self._spooling.get(contact.id)
        keeping = before or asyncio.ensure_future(self._spool.append(packed(contact)))
        if before is None:
            self._spooling[contact.id] = keeping
            keeping.add_done_callback(lambda _: self._kept(contact.id))
        try:
            async with asyncio.timeout(SPOOL_DEADLINE_S):
                await asyncio.shield(keeping)
        except (SpoolFull, OSError) as error:  # TimeoutError is an OSError
            raise NotAccepted from error
        step("spooled")
        return Taken(contact.id, "spool", before is not None)

    def _kept(self, contact_id: UUID) -> None:
        """The database may be trusted again by now: then nothing else would drain it. A failure may be repeated."""
        self._store.stirred.set()
        keeping = self._spooling.get(contact_id)
        if keeping is not None and (keeping.cancelled() or keeping.exception() is not None):
            del self._spooling[contact_id]
