# SPDX-License-Identifier: Apache-2.0
"""Door, web and worker killed at random moments under load, whichever the seed names next."""

from callbox.drills.killing import killed_at_random
from callbox.drills.result import Result

HELP = "SIGKILL of door, web or worker at random moments under load"
TIMES = 30


def run(seed: int, times: int) -> Result:
    """Kill so many times."""
    return killed_at_random("kill-any", ("door", "web", "worker"), seed, times)
