# SPDX-License-Identifier: Apache-2.0
"""A cable pulled between door and database, a slow line, leaping clocks. `callbox drill cut` and its like make more."""

import os
import socket
import threading
import time

import pytest

from callbox.drills.faults.cut import cut_off
from callbox.drills.network import TOWN, Network
from callbox.drills.registry import drill
from callbox.drills.result import Result, Skipped


def sound(result: Result) -> None:
    assert result.broken == []
    assert result.extra["acknowledged"] == result.extra["contacts"]
    assert result.extra["shown"]


def test_nothing_is_lost_when_the_database_is_cut_off_and_a_screen_has_a_slow_line() -> None:
    try:
        result = cut_off(Result("cut", seed=7), times=1, most_s=3.6)
    except Skipped as why:
        pytest.skip(f"cut is not drilled here: {why}")
    sound(result)
    assert result.counts["cuts"] == 1


def test_what_a_thread_starts_in_a_place_is_there_and_the_thread_comes_back() -> None:
    def here() -> str:
        return os.readlink("/proc/thread-self/ns/net")

    before, found = here(), list[str]()
    try:
        with Network(["one"]).laid() as network:
            for name in (TOWN, "one"):
                with network.inside(name):
                    thread = threading.Thread(target=lambda: found.append(here()))
                    thread.start()
                    thread.join()
    except Skipped as why:
        pytest.skip(f"no network of its own here: {why}")
    assert here() == before
    assert len({before, *found}) == 3


def test_a_slow_line_is_slow() -> None:
    """64 kbit/s: of 16 KiB at most the line's burst comes at once. A slow machine only makes it slower."""
    try:
        with Network(["slow"]).laid() as network:
            network.slow_down("slow", 64_000)
            with network.inside(TOWN), socket.create_server((network.places["slow"].town, 0)) as listening:
                port = listening.getsockname()[1]
                with network.inside("slow"):
                    link = socket.create_connection((network.places["slow"].town, port), timeout=60)
                begun = time.monotonic()
                with link, listening.accept()[0] as sending:
                    sending.sendall(bytes(16 << 10))
                    sending.shutdown(socket.SHUT_WR)
                    while link.recv(4096):
                        pass
                assert time.monotonic() - begun > 1.0
    except Skipped as why:
        pytest.skip(f"no network of its own here: {why}")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "times"), [("cut", 5), ("slow-line", 6), ("clock-leap", 6)])
def test_nothing_is_lost_in_a_bad_network_or_by_a_leaping_clock(name: str, times: int) -> None:
    try:
        sound(drill(name).run(seed=7, times=times))
    except Skipped as why:
        pytest.skip(f"{name} is not drilled here: {why}")
