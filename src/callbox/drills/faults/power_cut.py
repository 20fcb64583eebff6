# SPDX-License-Identifier: Apache-2.0
"""The power is cut: at any moment, under load, database and spool on one disk; and with each guard taken out."""

from callbox.drills import controls
from callbox.drills.cutting import INSIDE, PHASES, SETTINGS, Ground, Image, ground
from callbox.drills.result import Broken, Result
from callbox.drills.wreck import check_wreck

HELP = "the power is cut at random moments under load; fsync=off and the like must lose something"
TIMES = 8
AT_ONCE = 8  # images kept before they are looked at
THOROUGHLY_EACH = 5  # every so manieth is worked off to the end, its rows read and its journal verified


def run(seed: int, times: int) -> Result:
    """Cut so many times, then see that each control loses something."""
    result = Result("power-cut", seed)
    with ground(seed) as here:
        while result.counts["power_cuts"] < times:
            for image in _images(here, min(AT_ONCE, times - result.counts["power_cuts"]), result):
                _judge(image, result)
    result.controls_failed = controls.all_lose(seed, result)
    return result


def _images(here: Ground, times: int, result: Result) -> list[Image]:
    phases = list(PHASES)
    begin = result.counts["power_cuts"]
    return [here.cut(phases[(begin + number) % len(phases)]) for number in range(times)]


def _judge(image: Image, result: Result) -> None:
    number = result.counts["power_cuts"]
    thoroughly = number % THOROUGHLY_EACH == THOROUGHLY_EACH - 1
    broken, recovery_s = check_wreck(image.path, INSIDE, image.promised, SETTINGS, thoroughly=thoroughly)
    result.broken += [Broken(one.rule, f"cut {number} ({image.phase}): {one.what}") for one in broken]
    result.recovery_s = max(result.recovery_s or 0.0, recovery_s)
    result.counts["power_cuts"] += 1
    result.extra["promised"] = sum(1 for _ in image.promised.acknowledged())
