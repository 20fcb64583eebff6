# SPDX-License-Identifier: Apache-2.0
"""A process that was asked to end is gone within a bounded time, whatever it waits for.

A frozen database answers no query and refuses none, a disk may hang, and a log may be a pipe that nobody reads: a
thread that waits for one of them holds up the end for ever. Nothing is lost by not waiting: what was promised is
durable.
"""

import faulthandler
import signal

LAST_S = 7  # below the patience of whoever asks, see processes.STOP_S
SAY_S = 6.0


def end_within(seconds: int = LAST_S, say_s: float = SAY_S) -> None:
    """From now on this process has so many seconds; one before, it tells its log where each thread stands.

    The kernel ends it: no lock, thread or full pipe of the process's own can hinder that. For a handler of SIGTERM.
    """
    faulthandler.dump_traceback_later(say_s)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds)
