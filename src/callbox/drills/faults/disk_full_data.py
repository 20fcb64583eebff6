# SPDX-License-Identifier: Apache-2.0
"""The disk of the database's tables is full under load, again and again."""

from callbox.drills import small
from callbox.drills.result import Result

HELP = "the disk of the tables is full under load: contacts go to the spool, and come in when there is room"
TIMES = 10


def run(seed: int, times: int) -> Result:
    """Fill it so many times."""
    return small.filled_again_and_again(
        "disk-full-data", seed, times, lambda it: it.data, small.wait_for_load
    )
