# SPDX-License-Identifier: Apache-2.0
"""A backup under load, then the database is destroyed and restored: what the backup promises is there."""

import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path

from callbox.drills import invariants
from callbox.drills.folders import scratch
from callbox.drills.ledger import Ack, Ledger, Move
from callbox.drills.load import load
from callbox.drills.result import LOST, Result
from callbox.drills.senders import Pace
from callbox.drills.site import Site, await_true
from callbox.drills.small import says
from callbox.drills.wreck import RULES, Wreck
from callbox.host import restore as host_restore
from callbox.host.backup import back_up
from callbox.host.config import Config
from callbox.host.config import load as configuration

HELP = "a backup under load, the database destroyed, restored: all up to the backup's end, and what the spool held"
TIMES = 1
BEFORE_S, AFTER_S, SPOOLED_S = 3.0, 2.0, 2.0
PATIENCE_S = 60.0


class UnkeptSite(Site):
    """A site whose database nobody starts again."""

    def _keep_database(self) -> None:
        """It is to be destroyed."""


@dataclass(frozen=True, slots=True)
class Run:
    """What was sent, which moves had their yes before the backup, and when the database was gone (monotonic)."""

    ledger: Ledger
    moves: list[Move]
    gone_at: float


def run(seed: int, times: int) -> Result:
    """So many backups, each destroyed and restored."""
    result = Result("restore", seed)
    for number in range(times):
        with scratch() as folder, scratch() as elsewhere:
            here = UnkeptSite(folder)
            config = replace(
                configuration(),
                home=here.cluster.layout.home,
                spool=here.spool,
                database_url=None,
                owner_url=None,
            )
            done = _destroyed(here, config, elsewhere / "backup", seed + number)
            _restore(config, elsewhere / "backup", done, result)
            result.counts["restores"] += 1
    return result


def _destroyed(here: UnkeptSite, config: Config, backup: Path, seed: int) -> Run:
    """Back up under load, then lose the database; the last contacts are in the spool."""
    try:
        here.open()
        with load(here, seed, Pace(rate=20)) as ledger:
            time.sleep(BEFORE_S)
            moves = list(ledger.moves)
            back_up(config, backup, "drill")
            time.sleep(AFTER_S)
            gone_at = time.monotonic()
            here.cluster.kill()
            await_true(lambda: says(here) == "down", PATIENCE_S, "the door does not notice")
            time.sleep(SPOOLED_S)
        here.stop_processes()
        shutil.rmtree(here.cluster.layout.server)
    finally:
        here.close()
        here.cluster.leave()
    return Run(ledger, moves, gone_at)


def _restore(config: Config, backup: Path, done: Run, result: Result) -> None:
    """Restore, bring everything up, and hold what is there against what the backup and the spool promise."""
    begun = time.monotonic()
    restored = host_restore.restore(config, backup, replace=True)
    complete = restored.complete_to.timestamp() - time.time() + time.monotonic()
    wreck = Wreck(config.home.parent)
    try:
        wreck.revive(worker=True)
        result.recovery_s = max(result.recovery_s or 0.0, time.monotonic() - begun)
        found = wreck.look()
    finally:
        wreck.close()
    promised = _promised(done, complete)
    result.broken += invariants.check(promised, found, RULES)
    moves = invariants.acknowledged_moves_are_there(Ledger(moves=done.moves), found)
    result.broken += [one for one in moves if one.rule == LOST]
    there = {row.id for row in found.contacts}
    missing = [one for one in done.ledger.acknowledged() if not there & {ack.id for ack in one.acks}]
    result.extra |= {"acknowledged": sum(1 for _ in done.ledger.acknowledged()), "told_missing": len(missing)}
    result.extra["told_missing_s"] = round(done.gone_at - complete, 1)


def _promised(done: Run, complete: float) -> Ledger:
    """Acknowledged before the backup's end, or into the spool after the database was gone."""

    def is_promised(ack: Ack) -> bool:
        return ack.at < complete or (ack.accepted == "spool" and ack.at > done.gone_at)

    sent = [replace(one, acks=[ack for ack in one.acks if is_promised(ack)]) for one in done.ledger.sent]
    return Ledger(sent=sent)
