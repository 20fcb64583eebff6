# SPDX-License-Identifier: Apache-2.0
"""What a drill found, as one JSON line."""

import json
from collections import Counter
from dataclasses import dataclass, field

LOST, DOUBLED = "lost", "doubled"


class Skipped(Exception):  # noqa: N818 - a state of the machine, not an error
    """This machine refuses what the drill needs; the message says what."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One thing that is not as it must be. rule: the invariant's name; what: ids and numbers, nothing personal."""

    rule: str
    what: str


@dataclass(slots=True)
class Result:
    """One drill's findings. Times in seconds; None where the drill does not measure it.

    counts: how many faults of each kind were really made (app_kills, db_kills, power_cuts, freezes, disk_full).
    gap_s: longest time in which a fresh contact had no yes. recovery_s: longest until the database took again.
    offered_s: longest from all processes at work until every contact was a call. late: limits of time that were
    missed; a busy machine may cause that, so tests look at `broken` alone. controls_failed: whether the runs with
    the guard taken out went wrong as they must.
    """

    drill: str
    seed: int
    counts: Counter[str] = field(default_factory=Counter)
    broken: list[Broken] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    gap_s: float | None = None
    recovery_s: float | None = None
    offered_s: float | None = None
    controls_failed: bool | None = None
    extra: dict[str, object] = field(default_factory=dict)

    @property
    def lost(self) -> int:
        """How many acknowledged things are not there."""
        return sum(found.rule == LOST for found in self.broken)

    @property
    def doubled(self) -> int:
        """How many things are there more than once."""
        return sum(found.rule == DOUBLED for found in self.broken)

    @property
    def ok(self) -> bool:
        """Nothing broken and nothing late, and the controls failed where there are some."""
        return not self.broken and not self.late and self.controls_failed is not False

    def line(self) -> str:
        """All of it as one line of JSON; of what is broken the first twenty."""
        times = {"gap_s": self.gap_s, "recovery_s": self.recovery_s, "offered_s": self.offered_s}
        said: dict[str, object] = {"drill": self.drill, "seed": self.seed, **self.counts}
        said |= {"lost": self.lost, "doubled": self.doubled}
        said |= {name: round(value, 3) for name, value in times.items() if value is not None}
        if self.controls_failed is not None:
            said["controls_failed"] = self.controls_failed
        said |= self.extra
        said["broken_count"] = len(self.broken)
        said["broken"] = [f"{found.rule}: {found.what}" for found in self.broken[:20]]
        return json.dumps(said | {"late": self.late, "ok": self.ok})
