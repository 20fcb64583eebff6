# SPDX-License-Identifier: Apache-2.0
"""Whether the simulation sees: bugs planted in the product's own code must each break an invariant."""

import time
from itertools import repeat

from callbox.drills.result import Broken, Result

HELP = "bugs planted in the product's code, each looked for with at most TIMES simulated runs; then as many without"
TIMES = 40


def run(seed: int, times: int) -> Result:
    """Look for every planted bug, on all cores; then so many runs of the code as it is, which must find nothing."""
    from callbox.drills.sim.setup import processes, use_django

    use_django()
    from callbox.drills.sim.hunt import clean, hunt
    from callbox.drills.sim.planted import BUGS

    result, begun = Result("planted-bugs", seed), time.monotonic()
    with processes() as pool:
        hunted = list(pool.map(hunt, BUGS, repeat(seed), repeat(times)))
        hunted_s = time.monotonic() - begun
        most = max(found.runs for found in hunted)
        cleaned = list(pool.map(clean, range(seed, seed + most)))
    missed = [found.bug.name for found in hunted if found.run is None]
    result.broken += [Broken("not found", name) for name in missed]
    result.broken += [
        Broken("simulated", f"seed {run.seed}: {what}") for run in cleaned for what in run.broken
    ]
    seconds = sum(found.seconds for found in hunted)
    cpu_s = sum(found.cpu_s for found in hunted)
    result.extra = {
        "planted": len(hunted),
        "found": len(hunted) - len(missed),
        "hunted_s": round(hunted_s, 1),
    }
    result.extra |= {"cpu_s": round(cpu_s, 1), "speed": round(seconds / cpu_s), "clean_runs": len(cleaned)}
    result.extra["seeds"] = {found.bug.name: found.run.seed for found in hunted if found.run}
    return result
