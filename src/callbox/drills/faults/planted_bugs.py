# SPDX-License-Identifier: Apache-2.0
"""Whether the simulation sees: bugs planted in the product's own code must each break an invariant."""

from callbox.drills.result import Broken, Result

HELP = "bugs planted in the product's code, each looked for with at most TIMES simulated runs; then as many without"
TIMES = 20


def run(seed: int, times: int) -> Result:
    """Look for every planted bug; then so many runs of the code as it is, which must find nothing."""
    from callbox.drills.sim.setup import use_django

    use_django()
    from callbox.drills.sim.hunt import HOURS, QUIET_S, hunt
    from callbox.drills.sim.planted import BUGS
    from callbox.drills.sim.play import play

    result = Result("planted-bugs", seed)
    hunted = [hunt(bug, seed, times) for bug in BUGS]
    clean = [
        play(each, HOURS, quiet=QUIET_S) for each in range(seed, seed + max(found.runs for found in hunted))
    ]
    missed = [found.bug.name for found in hunted if found.run is None]
    result.broken += [Broken("not found", name) for name in missed]
    result.broken += [Broken("simulated", f"seed {run.seed}: {what}") for run in clean for what in run.broken]
    seconds = sum(found.seconds for found in hunted)
    cpu_s = sum(found.cpu_s for found in hunted)
    result.extra = {"planted": len(hunted), "found": len(hunted) - len(missed), "cpu_s": round(cpu_s, 1)}
    result.extra |= {"speed": round(seconds / cpu_s), "clean_runs": len(clean)}
    result.extra["seeds"] = {found.bug.name: found.run.seed for found in hunted if found.run}
    return result
