# SPDX-License-Identifier: Apache-2.0
"""The power is cut: at any moment, under load, database and spool on one disk; and with each guard taken out."""

from itertools import cycle, islice
from pathlib import Path

from callbox.drills import controls
from callbox.drills.cutting import INSIDE, PHASES, SETTINGS, Image, ground, store
from callbox.drills.result import Broken, Result
from callbox.drills.wreck import check_wreck

HELP = "the power is cut at random moments under load; fsync=off and the like must lose something"
TIMES = 8
AT_ONCE = 20  # cuts of one installation; they are looked at when it has ended and the machine is theirs
THOROUGHLY_EACH = 5  # every so manieth is worked off to the end, its rows read and its journal verified


def run(seed: int, times: int) -> Result:
    """Cut so many times, then see that each control loses something."""
    result = Result("power-cut", seed)
    with store() as place:
        while (made := result.counts["power_cuts"]) < times:
            for image in _images(place, seed + made, min(AT_ONCE, times - made)):
                _judge(image, result)
    result.controls_failed = controls.all_lose(seed, result)
    return result


def _images(place: Path, seed: int, times: int) -> list[Image]:
    with ground(place, seed) as here:
        return [here.cut(phase) for phase in islice(cycle(PHASES), times)]


def _judge(image: Image, result: Result) -> None:
    number = result.counts["power_cuts"]
    thoroughly = number % THOROUGHLY_EACH == THOROUGHLY_EACH - 1
    broken, recovery_s = check_wreck(image.path, INSIDE, image.promised, SETTINGS, thoroughly=thoroughly)
    result.broken += [Broken(one.rule, f"cut {number} ({image.phase}): {one.what}") for one in broken]
    result.recovery_s = max(result.recovery_s or 0.0, recovery_s)
    result.counts["power_cuts"] += 1
    result.extra["promised"] = sum(1 for _ in image.promised.acknowledged())
