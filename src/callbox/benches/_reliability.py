# SPDX-License-Identifier: Apache-2.0
"""The rounds of all drills, and the figures of their lines together."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from callbox.benches.reliability import Part

COUNTS = ("app_kills", "db_kills", "power_cuts", "freezes", "disk_full")
DATABASE_GONE = ("kill-postgres", "freeze-postgres", "slow-postgres")
STORM = ("storm_emergency_p99_ms", "storm_errors")
Line = Mapping[str, Any]


def read_record(path: Path | None) -> list[Line]:
    """The lines of rounds that were run before; none when nothing is kept. Raises ValueError, OSError."""
    if path is None or not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def rounds(
    parts: Sequence[Part], full: bool, seed: int, done: Iterable[Line]
) -> Iterator[tuple[str, int, int]]:
    """Drill, seed and number of faults of each round that is not done; all parts' first rounds come first."""
    had = {(line["drill"], line["seed"]) for line in done}
    left = [(part, part.many if full else part.few) for part in parts]
    while left:
        for part, faults in left:
            if (part.drill, seed) not in had:
                yield part.drill, seed, min(part.at_once, faults)
        left = [(part, faults - part.at_once) for part, faults in left if faults > part.at_once]
        seed += 1


def summary(lines: Iterable[Line], not_run: Mapping[str, str]) -> dict[str, Any]:
    """The figures of all rounds together; None where nothing was measured."""
    found = list(lines)
    said: dict[str, Any] = {name: sum(line.get(name, 0) for line in found) for name in COUNTS}
    said["lost"] = sum(line["lost"] for line in found)
    said["doubled"] = sum(line["doubled"] for line in found)
    said["broken"] = sum(line["broken_count"] for line in found)
    controls = [line["controls_failed"] for line in found if "controls_failed" in line]
    said["controls_failed"] = all(controls) if controls else None
    said["accept_gap_s"] = _most("gap_s", (line for line in found if line["drill"] in DATABASE_GONE))
    said["recovery_s"] = _most("recovery_s", (line for line in found if line["drill"] == "kill-postgres"))
    for name in STORM:
        said[name] = next((line[name] for line in found if name in line), None)
    return said | {"not_run": dict(not_run)}


def _most(name: str, lines: Iterable[Line]) -> float | None:
    return max((line[name] for line in lines if name in line), default=None)
