# SPDX-License-Identifier: Apache-2.0
"""`python -m callbox.door.tests.dying STEP COUNT`: a door that is killed when it reaches a step the COUNTth time."""

import os
import signal
import sys

from callbox.door.main import main
from callbox.door.steps import visit_with


def die_at(step: str, count: int) -> None:
    left = count

    def visit(name: str) -> None:
        nonlocal left
        left -= name == step
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    visit_with(visit)


if __name__ == "__main__":
    die_at(sys.argv[1], int(sys.argv[2]))
    main()
