# SPDX-License-Identifier: Apache-2.0
"""A network of a drill's own: a town, and places each at the end of a cable to it, as network namespaces.

Nothing of it is in the network of this machine. A thread enters a place; what it starts then is there too.
"""

import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from callbox.drills.result import Skipped

PREFIX = "callbox-"
TOWN = "town"
NAMES = Path("/run/netns")
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
SETTLED_S = 3600.0  # no drill lasts so long


@dataclass(frozen=True, slots=True)
class Place:
    """A place at the end of a cable. address: its own; town: the town's at the other end."""

    name: str
    address: str
    town: str


class Network:
    """The town and its places, while `laid`."""

    def __init__(self, names: Sequence[str]) -> None:
        self._mark = f"{PREFIX}{int(time.time())}-{secrets.token_hex(2)}-"
        self.places = {
            name: Place(name, f"10.77.{number}.2", f"10.77.{number}.1") for number, name in enumerate(names)
        }

    @contextmanager
    def laid(self) -> Iterator["Network"]:
        """All of it is there for the length of the block. Raises Skipped where the machine refuses it."""
        _check_machine()
        _sweep()
        try:
            self._add(TOWN)
            for place in self.places.values():
                self._add(place.name)
                self._join(place)
            yield self
        finally:
            for name in (TOWN, *self.places):
                with suppress(Skipped):
                    _ip("netns", "delete", self._mark + name)

    @contextmanager
    def inside(self, name: str) -> Iterator[None]:
        """This thread, and the threads and processes it starts, are in that place for the length of the block."""
        with (
            Path("/proc/thread-self/ns/net").open("rb") as before,
            (NAMES / (self._mark + name)).open("rb") as there,
        ):
            _enter(there.fileno())
            try:
                yield
            finally:
                _enter(before.fileno())

    def cut(self, name: str) -> None:
        """The cable is pulled at that place's end: what is sent is lost without a word, on either side."""
        self._link(name, "down")

    def mend(self, name: str) -> None:
        """The cable is plugged in again."""
        self._link(name, "up")

    def slow_down(self, name: str, bits: int) -> None:
        """So many bits a second in each direction, with a queue of four seconds, as a bad mobile line has."""
        for side, end in ((TOWN, f"to-{name}"), (name, "cable")):
            shape = ["tbf", "rate", f"{bits}bit", "burst", "3200", "limit", str(bits // 2)]
            _ip_in(self._mark + side, "tc", "qdisc", "replace", "dev", end, "root", *shape)

    def _add(self, name: str) -> None:
        _ip("netns", "add", self._mark + name)
        _ip("-n", self._mark + name, "link", "set", "lo", "up")

    def _join(self, place: Place) -> None:
        town, there, end = self._mark + TOWN, self._mark + place.name, f"to-{place.name}"
        peer = ["type", "veth", "peer", "name", "cable", "netns", there]
        _ip("-n", town, "link", "add", end, *peer)
        for space, device, address in ((town, end, place.town), (there, "cable", place.address)):
            _ip("-n", space, "address", "add", f"{address}/24", "dev", device)
            _ip("-n", space, "link", "set", device, "up")

    def _link(self, name: str, state: str) -> None:
        _ip("-n", self._mark + name, "link", "set", "cable", state)


def _enter(space: int) -> None:
    try:
        os.setns(space, os.CLONE_NEWNET)
    except OSError as error:
        raise Skipped(f"a network of its own: {error.strerror}") from error


def _check_machine() -> None:
    if os.geteuid() != 0:
        raise Skipped("a network of its own: only root may make network namespaces")
    for program in ("ip", "tc"):
        if shutil.which(program, path=PATH) is None:
            raise Skipped(f"a network of its own needs {program} (on Debian: apt-get install iproute2)")


def _sweep() -> None:
    """What killed drills left behind; nothing lives there any more."""
    for left in NAMES.glob(f"{PREFIX}*-*-*"):
        begun = left.name.removeprefix(PREFIX).split("-")[0]
        if begun.isdigit() and time.time() - int(begun) > SETTLED_S:
            with suppress(Skipped):
                _ip("netns", "delete", left.name)


def _ip(*arguments: str) -> None:
    _run("ip", *arguments)


def _ip_in(space: str, *command: str) -> None:
    _run("ip", "netns", "exec", space, *command)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, env={"PATH": PATH}, check=False)  # noqa: S603
    if done.returncode:
        raise Skipped(f"a network of its own: {' '.join(command)}: {done.stderr.strip()}")
