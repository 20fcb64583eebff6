# SPDX-License-Identifier: Apache-2.0
"""Sweeping clocks in portions: many at once, or each alone where one of them cannot be. Part of the room's actions."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from django.db import DataError, IntegrityError, transaction

from callbox.kernel.errors import Refusal
from callbox.matters.queries import Ticking

log = logging.getLogger(__name__)

PORTION = 500  # matters held at once: who moves one of them waits as long as a portion takes
AGAIN_AFTER = timedelta(minutes=1)
# What is one clock's own fault: a right, a ladder or a chain that is missing. A fault of the database is not.
EXPECTED = (Refusal, DataError, IntegrityError, ValueError)

# What waits, at most so many: without those put off, or one clock of this id only.
Read = Callable[[int, Sequence[int], int | None], Sequence[Ticking]]
Take = Callable[[Sequence[Ticking]], int]


class PutOff:
    """Clocks that failed when they stood alone: left out for a minute, so that they hold up no others."""

    def __init__(self) -> None:
        self._until: dict[int, datetime] = {}

    def add(self, clock_id: int, at: datetime) -> None:
        """Leave this clock out from now on."""
        self._until[clock_id] = at + AGAIN_AFTER

    def ids(self, at: datetime) -> list[int]:
        """Those that are left out still."""
        self._until = {each: until for each, until in self._until.items() if at < until}
        return list(self._until)


def sweep(read: Read, take: Take, limit: int, put_off: PutOff, at: datetime) -> int:
    """Read a portion and take it in one transaction, else each of it in its own; how many were taken.

    Safe with many sweepers and after a crash: what is read is locked by the read, or left to who holds it, and what
    is taken is told by `take`.
    """
    found: Sequence[Ticking] = ()
    try:
        with transaction.atomic():
            found = read(limit, put_off.ids(at), None)
            return sum(map(take, _waves(found)))
    except EXPECTED as problem:
        if not found:
            raise
        log.warning(
            "%d clocks could not be swept together (%s): each alone.", len(found), type(problem).__name__
        )
    return sum(_alone(each, read, take, put_off, at) for each in found)


def _alone(clock: Ticking, read: Read, take: Take, put_off: PutOff, at: datetime) -> int:
    try:
        with transaction.atomic():
            return take(read(1, (), clock.id))
    except EXPECTED as problem:
        put_off.add(clock.id, at)
        log.error("Clock %d was not swept (%s), again in a minute.", clock.id, type(problem).__name__)
        return 0


def _waves(found: Iterable[Ticking]) -> Sequence[Sequence[Ticking]]:
    """The clocks, in each wave at most one of a matter: an entry follows the one before it."""
    waves: list[dict[object, Ticking]] = []
    for each in found:
        fitting = next((wave for wave in waves if each.matter_id not in wave), None)
        if fitting is None:
            waves.append(fitting := {})
        fitting[each.matter_id] = each
    return [list(wave.values()) for wave in waves]
