# SPDX-License-Identifier: Apache-2.0
"""The whole product under a simulated clock, network, disk and database."""

import statistics
import time

from callbox.drills.result import Broken, Result

HELP = "hours of a town with faults, simulated on all cores (TIMES runs, each a seed): answers in seconds"
TIMES = 10


def run(seed: int, times: int) -> Result:
    """So many runs, with seeds from this one on.

    speed: simulated seconds in one of CPU, of all runs together; median: of the runs' own. speed_here: in one second
    of this machine, its cores together, with the time that Django takes to load.
    """
    from callbox.drills.sim.setup import processes, use_django

    use_django()
    from callbox.drills.sim.play import play

    result, begun = Result("sim", seed), time.monotonic()
    with processes() as pool:
        runs = list(pool.map(play, range(seed, seed + times)))
    took_s = time.monotonic() - begun
    for played in runs:
        result.counts.update(played.faults)
        result.broken += [Broken("simulated", f"seed {played.seed}: {what}") for what in played.broken]
    seconds, cpu_s = sum(played.seconds for played in runs), sum(played.cpu_s for played in runs)
    contacts = sum(played.contacts for played in runs)
    result.extra = {"runs": times, "hours": round(seconds / 3600, 2), "cpu_s": round(cpu_s, 1)}
    result.extra |= {"contacts_an_hour": round(3600 * contacts / seconds), "speed": round(seconds / cpu_s)}
    result.extra["median"] = round(statistics.median(played.seconds / played.cpu_s for played in runs))
    result.extra["speed_here"] = round(seconds / took_s)
    return result
