# SPDX-License-Identifier: Apache-2.0
"""`python -m callbox.host.child MODULE ...`: run a module in a process that ends with the one that started it."""

import ctypes
import os
import runpy
import signal
import sys

PR_SET_PDEATHSIG = 1
PARENT = "CALLBOX_PARENT_PID"


def end_with_parent(number: int = signal.SIGTERM) -> None:
    """From now on this process gets the signal when its parent dies. Linux only; elsewhere nothing happens."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number)


def main() -> None:
    """Run the module as if it had been started by itself."""
    end_with_parent()
    if os.environ.get(PARENT) != str(os.getppid()):
        raise SystemExit("The parent is gone already.")
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
