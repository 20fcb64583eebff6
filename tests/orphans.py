# SPDX-License-Identifier: Apache-2.0
"""`python -m tests.orphans PORT`: door, web and worker under a parent that waits to be killed."""

import os
import signal
import sys

from callbox.host.processes import DOOR, WORKER, Household, web


def main() -> None:
    """Start all three; the end comes from outside."""
    Household((WORKER, web(int(sys.argv[1])), DOOR), os.environ).start()
    signal.pause()


if __name__ == "__main__":
    main()
