# SPDX-License-Identifier: Apache-2.0
"""A whole replay: the world, the calls, the seals, and what came of it."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from callbox.analysis.replay import Played, steps_of
from callbox.analysis.replay_player import Player
from callbox.analysis.replay_workers import chosen, play_all
from callbox.analysis.replay_world import define_world
from callbox.analysis.sffd import Calls, Unusable
from callbox.geo.queries import City
from callbox.journal.actions import seal_entries
from callbox.journal.queries import verify

REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a replay. replayed: rows of units of which every step was done. seconds: the playing alone.

    unusable: rows that could not be read, rows with a step that was refused, and calls (line 0) that were.
    """

    calls: int
    rows: int
    replayed: int
    unusable: tuple[Unusable, ...]
    stacked: int
    steps: int
    entries: int
    seconds: float
    journal_ok: bool

    def as_dict(self) -> dict[str, object]:
        """The keys of the command's last line."""
        return {
            "calls": self.calls,
            "unit_rows": self.rows,
            "replayed": self.replayed,
            "unusable": len(self.unusable),
            "stacked": self.stacked,
            "steps": self.steps,
            "entries": self.entries,
            "seconds": round(self.seconds, 1),
            "moves_per_s": round(self.entries / self.seconds, 1),
            "journal_ok": self.journal_ok,
        }


def replay_file(
    path: Path, read: Calls, city: City | None, *, limit: int | None = None, workers: int = 1, now: datetime
) -> Outcome:
    """Play a file (or its first `limit` calls) into an empty database, seal and verify the journal.

    read: the file as `read_calls` gives it. now: when the seals are made. With one worker all runs in this
    process. Raises LookupError for a code of the file that no table translates.
    """
    calls = read.calls[:limit]
    begun = time.monotonic()
    if calls:
        define_world(calls, city, at=calls[0].received)
    played = [_alone(path, limit)] if workers == 1 else play_all(path, limit, workers)
    seconds = time.monotonic() - begun
    while seal_entries(at=now):
        pass
    verdict = verify()
    refused = _refused(played)
    rows = sum(len(call.units) for call in calls)
    unread = read.unusable if limit is None else ()
    return Outcome(
        calls=len(calls),
        rows=rows + len(unread),
        replayed=rows - sum(each.line > 0 for each in refused),
        unusable=(*unread, *refused),
        stacked=sum(each.stacked for each in played),
        steps=sum(each.steps for each in played),
        entries=verdict.entries,
        seconds=seconds,
        journal_ok=verdict.ok,
    )


def _alone(path: Path, limit: int | None) -> Played:
    player = Player()
    for step in steps_of(chosen(path, limit)):
        player.play(step)
    return player.played


def _refused(played: Iterable[Played]) -> Sequence[Unusable]:
    found = [each for one in played for each in one.refused]
    return [Unusable(line, number, REFUSED, why) for number, line, why in sorted(found)]
