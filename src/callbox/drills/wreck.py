# SPDX-License-Identifier: Apache-2.0
"""What a power cut left of an installation: brought up again from its disk's image, and held against the ledger."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg

from callbox.drills import invariants
from callbox.drills.ledger import Ledger
from callbox.drills.loops import mounted, unmounted
from callbox.drills.result import LOST, Broken
from callbox.drills.site import WAITING, Site, await_true
from callbox.host.errors import HostError
from callbox.host.processes import DOOR, WORKER, Household
from callbox.host.provision import APP, OWNER, Urls

PATIENCE_S = 120.0
# Of the invariants those that hold for what is left of a moment in the middle of everything.
RULES = (
    invariants.acknowledged_is_there,
    invariants.one_identity,
    invariants.there_once,
    invariants.nothing_else_is_there,
    invariants.same_channel,
    invariants.each_contact_is_in_one_call,
    invariants.taken_in_order_once,
    invariants.the_reader_has_read_all,
    invariants.owned_and_in_one_state,
    invariants.one_active_assignment,
    invariants.journal_verifies,
    invariants.no_entry_is_missing,
)


class Wreck(Site):
    """A site on what was left: only database and door, and the worker where it is to work everything off."""

    recovery_s = 0.0

    def revive(self, *, worker: bool) -> None:
        """Bring it up, and wait until the spool is empty. Raises HostError or TimeoutError when it cannot."""
        begun = time.monotonic()
        self.start_database()
        self.recovery_s = time.monotonic() - begun
        self._stack.callback(self._end_database)
        self.urls = Urls(self.cluster.dsn(OWNER, "callbox"), self.cluster.dsn(APP, "callbox"))
        self.household = Household((DOOR, WORKER) if worker else (DOOR,), self.environment)
        self.household.start()
        await_true(self._is_drained, PATIENCE_S, "the spool of the wreck is not drained")
        if worker:
            await_true(
                lambda: not self.rows(WAITING), PATIENCE_S, "the wreck's contacts are no calls", self.taken
            )

    def close(self) -> None:
        """End what was started."""
        if hasattr(self, "household"):
            self.household.stop()
        self._stack.close()

    def _is_drained(self) -> bool:
        try:
            said = self.ask("/door/health")
        except (OSError, ValueError):
            return False
        return bool(said["database"] == "up" and said["spool"]["waiting"] == 0)


def known_at(ledger: Ledger, moment: float) -> Ledger:
    """The ledger with those acknowledgements alone that had arrived before that moment (monotonic seconds)."""
    sent = [replace(one, acks=[ack for ack in one.acks if ack.at < moment]) for one in list(ledger.sent)]
    return Ledger(sent=sent)


def check_wreck(
    image: Path, inside: str, promised: Ledger, settings: dict[str, str], *, thoroughly: bool
) -> tuple[list[Broken], float]:
    """What is broken in the installation in folder `inside` of that disk, and how long PostgreSQL recovered.

    thoroughly: every row is read and the journal verified, then all is worked off; else contacts are looked for.
    """
    with _on(image) as place:
        wreck = Wreck(place / inside, settings=settings)
        try:
            wreck.revive(worker=thoroughly)
            broken = _all_rules(wreck, promised) if thoroughly else list(_missing(wreck, promised))
        except (HostError, TimeoutError, RuntimeError, psycopg.Error) as error:
            broken = [Broken(LOST, f"the installation does not come up: {error}")]
        finally:
            wreck.close()
    return broken, wreck.recovery_s


def _all_rules(wreck: Wreck, promised: Ledger) -> list[Broken]:
    found = wreck.look()
    broken = invariants.check(promised, found, RULES)
    # A move may have been made and its yes not have arrived: there more often is no fault.
    return broken + [
        one for one in invariants.acknowledged_moves_are_there(promised, found) if one.rule == LOST
    ]


def _missing(wreck: Wreck, promised: Ledger) -> Iterator[Broken]:
    """The identity is made of the bytes, and is the table's key: there at all means there once."""
    there = {str(row[0]) for row in wreck.rows("SELECT id FROM door_contact")}
    for sent in promised.acknowledged():
        if not there & {ack.id for ack in sent.acks}:
            yield Broken(LOST, f"contact {sent.acks[0].id} was acknowledged and is not there")


@contextmanager
def _on(image: Path) -> Iterator[Path]:
    place = mounted(image, image.with_suffix(".disk"))
    try:
        yield place
    finally:
        unmounted(place)
        place.rmdir()
        image.unlink()
