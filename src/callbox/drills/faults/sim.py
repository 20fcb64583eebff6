# SPDX-License-Identifier: Apache-2.0
"""The whole product under a simulated clock, network, disk and database."""

from callbox.drills.result import Broken, Result

HELP = "hours of a town with faults, simulated (TIMES runs, each a seed): answers in seconds"
TIMES = 10


def run(seed: int, times: int) -> Result:
    """So many runs, with seeds from this one on."""
    from callbox.drills.sim.setup import use_django

    use_django()
    from callbox.drills.sim.play import play

    result = Result("sim", seed)
    seconds = cpu_s = 0.0
    for each in range(seed, seed + times):
        played = play(each)
        seconds, cpu_s = seconds + played.seconds, cpu_s + played.cpu_s
        result.counts.update(played.faults)
        result.broken += [Broken("simulated", f"seed {each}: {what}") for what in played.broken]
    result.extra = {"runs": times, "hours": round(seconds / 3600, 2), "cpu_s": round(cpu_s, 1)}
    result.extra["speed"] = round(seconds / cpu_s)
    return result
