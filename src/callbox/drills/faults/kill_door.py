# SPDX-License-Identifier: Apache-2.0
"""The door process killed at random moments under load."""

from callbox.drills.killing import killed_at_random
from callbox.drills.result import Result

HELP = "SIGKILL of the door process at random moments under load"
TIMES = 20


def run(seed: int, times: int) -> Result:
    """Kill it so many times."""
    return killed_at_random("kill-door", ("door",), seed, times)
