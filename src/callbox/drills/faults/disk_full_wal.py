# SPDX-License-Identifier: Apache-2.0
"""The disk of the write-ahead log is full under load, again and again: PostgreSQL panics and is started again."""

from callbox.drills import small
from callbox.drills.result import Result

HELP = "the disk of the write-ahead log is full under load: PostgreSQL panics, and is back when there is room"
TIMES = 5


def run(seed: int, times: int) -> Result:
    """Fill it so many times."""
    return small.filled_again_and_again("disk-full-wal", seed, times, lambda it: it.wal, small.switch_wal)
