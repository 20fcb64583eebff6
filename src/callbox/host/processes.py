# SPDX-License-Identifier: Apache-2.0
"""The processes beside PostgreSQL: started, watched, started again when they die, stopped in order."""

import http.client
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from types import FrameType

from callbox.host.child import PARENT
from callbox.host.config import CHECKOUT
from callbox.host.errors import HostError

log = logging.getLogger(__name__)

TICK_S = 0.2
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 15.0
SETTLED_S = 30.0  # a process that lived so long counts as well again
STOP_S = 8.0
READY_S = 60.0
LOCAL = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Part:
    """One process: its name, the module it runs and that module's arguments."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()


def web(port: int, *, threads: int = 4) -> Part:
    """The web process: granian with one worker process, whose threads each have a database connection."""
    said = f"--interface wsgi --host {LOCAL} --port {port} --workers 1 --blocking-threads {threads} --backpressure 256"
    said += " --loop asyncio --no-ws --http 1 --log-level warning --no-access-log"
    said += " --workers-kill-timeout 5 --respawn-failed-workers callbox.wsgi:application"
    return Part("web", "granian", tuple(said.split()))


DOOR = Part("door", "callbox.door")
WORKER = Part("worker", "callbox.worker")


class Process:
    """A part as it runs now, and when it is to be started again."""

    def __init__(self, part: Part, environment: Mapping[str, str], settled_s: float = SETTLED_S) -> None:
        self.part = part
        self._settled_s = settled_s
        self._environment = {**environment, PARENT: str(os.getpid())}
        self._running: subprocess.Popen[bytes] | None = None
        self._started = self._next_start = 0.0
        self._failures = 0

    @property
    def pid(self) -> int | None:
        """The process id, None when it does not run."""
        return self._running.pid if self._running else None

    @property
    def pause_s(self) -> float:
        """Seconds between its end and its next start: longer with each time that it did not come up."""
        return float(min(FIRST_PAUSE_S * 2 ** max(0, self._failures - 1), LONGEST_PAUSE_S))

    def start(self) -> None:
        """Start it, in a session of its own: Ctrl-C in a terminal is ours to pass on, in order."""
        command = [sys.executable, "-m", "callbox.host.child", self.part.module, *self.part.arguments]
        self._running = subprocess.Popen(  # noqa: S603 - our words
            command, env=self._environment, stdin=subprocess.DEVNULL, start_new_session=True, cwd=CHECKOUT
        )
        self._started = time.monotonic()

    def look(self) -> None:
        """Start it again if it died and its pause is over."""
        now = time.monotonic()
        if self._running is not None:
            code = self._running.poll()
            if code is None:
                return
            self._running = None
            self._failures = 0 if now - self._started > self._settled_s else self._failures + 1
            self._next_start = now + self.pause_s
            log.error("%s ended with %s; it is started again in %.1f s.", self.part.name, code, self.pause_s)
        elif now >= self._next_start:
            self.start()

    def stop(self) -> None:
        """Ask it to end, and end it when it does not."""
        if self._running is None:
            return
        self._running.terminate()
        try:
            self._running.wait(STOP_S)
        except subprocess.TimeoutExpired:
            log.error("%s did not stop by itself; it is ended.", self.part.name)
            self._end_group()
        self._running = None

    def _end_group(self) -> None:
        if self._running is not None:
            os.killpg(self._running.pid, signal.SIGKILL)
            self._running.wait()


class Household:
    """All parts of one installation.

    settled_s: a process that lived so long is started again without a growing pause.
    """

    def __init__(
        self, parts: Sequence[Part], environment: Mapping[str, str], *, settled_s: float = SETTLED_S
    ) -> None:
        self._environment = environment
        self.processes = [Process(part, environment, settled_s) for part in parts]
        self._stopping = threading.Event()

    def start(self) -> None:
        """Start all parts, in their order."""
        for process in self.processes:
            process.start()

    def add(self, part: Part) -> None:
        """Start one more, which is stopped first."""
        self.processes.append(Process(part, self._environment))
        self.processes[-1].start()

    def watch(self) -> None:
        """Keep them running until told to stop."""
        while not self._stopping.wait(TICK_S):
            for process in self.processes:
                process.look()

    def ask_to_stop(self, *_signal: int | FrameType | None) -> None:
        """End `watch`; fit for a signal's handler."""
        self._stopping.set()

    def wait_ready(self, host: str, door_port: int) -> bool:
        """Wait until a page comes through the door; False when told to stop. Raises HostError after a minute."""
        deadline = time.monotonic() + READY_S
        while not self._stopping.wait(0.05):
            if answers(host, door_port, "/door/health") and answers(host, door_port, "/"):
                return True
            for process in self.processes:
                process.look()
            if time.monotonic() > deadline:
                raise HostError("The pages do not come up. The lines above say why.")
        return False

    def stop(self) -> None:
        """Stop all parts, the last one first."""
        for process in reversed(self.processes):
            process.stop()


def answers(host: str, port: int, path: str) -> bool:
    """Whether a request is answered by whom it is for, be it with an error."""
    try:
        with closing(http.client.HTTPConnection(host, port, timeout=5)) as link:
            link.request("GET", path)
            return link.getresponse().status not in (502, 503)
    except (OSError, http.client.HTTPException):
        return False


@contextmanager
def stopped_by_signals(household: Household) -> Iterator[Household]:
    """SIGTERM and Ctrl-C ask the household to stop; afterwards it has."""
    before = {
        number: signal.signal(number, household.ask_to_stop) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield household
    finally:
        household.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


def free_port(wanted: int, *, but: int = 0) -> int:
    """The wanted port, or any free one when something listens there or it is `but`."""
    for port in (wanted, 0):
        if port and port == but:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOCAL, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise HostError("There is no free port.")
