# SPDX-License-Identifier: Apache-2.0
"""The figures of all drills together."""

from collections.abc import Iterable, Mapping
from typing import Any

from callbox.drills.result import Result

COUNTS = ("app_kills", "db_kills", "power_cuts", "freezes", "disk_full")
DATABASE_GONE = ("kill-postgres", "freeze-postgres", "slow-postgres")
STORM = ("storm_emergency_p99_ms", "storm_errors")


def summary(results: Iterable[Result], not_run: Mapping[str, str]) -> dict[str, Any]:
    """The figures of all drills together; None where nothing was measured."""
    found = list(results)
    said: dict[str, Any] = {name: sum(result.counts[name] for result in found) for name in COUNTS}
    said["lost"] = sum(result.lost for result in found)
    said["doubled"] = sum(result.doubled for result in found)
    said["broken"] = sum(len(result.broken) for result in found)
    controls = [result.controls_failed for result in found if result.controls_failed is not None]
    said["controls_failed"] = all(controls) if controls else None
    said["accept_gap_s"] = _most(result.gap_s for result in found if result.drill in DATABASE_GONE)
    said["recovery_s"] = _most(result.recovery_s for result in found if result.drill == "kill-postgres")
    for name in STORM:
        said[name] = next((result.extra[name] for result in found if name in result.extra), None)
    return said | {"not_run": dict(not_run)}


def _most(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(max(known), 3) if known else None
