# SPDX-License-Identifier: Apache-2.0
"""Processes: started again when they die, stopped in order, gone with the one that started them."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from callbox.host.config import CHECKOUT
from callbox.host.processes import Household, Part, Process, free_port

SLEEPER = "import signal, sys, time\nprint('up', flush=True)\nsignal.pause()\n"


def until(true: Callable[[], object], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.02)


@pytest.fixture
def sleeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Part:
    (tmp_path / "made_up_sleeper.py").write_text(SLEEPER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return Part("sleeper", "made_up_sleeper")


def test_a_part_that_dies_is_started_again_after_a_pause(sleeper: Part) -> None:
    process = Process(sleeper, os.environ)
    process.start()
    first = process.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    until(lambda: looked_at(process) is None)
    until(lambda: looked_at(process) not in (None, first))
    process.stop()
    assert process.pid is None


def test_stopping_ends_the_last_part_first(sleeper: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    household = Household([sleeper, Part("second", sleeper.module)], os.environ)
    stop = Process.stop

    def noted(process: Process) -> None:
        order.append(process.part.name)
        stop(process)

    monkeypatch.setattr(Process, "stop", noted)
    household.start()
    household.stop()
    assert order == ["second", "sleeper"]


def test_a_part_that_will_not_stop_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "made_up_deaf.py").write_text(
        "import signal, pathlib\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"pathlib.Path({str(tmp_path)!r}, 'up').touch()\nwhile True: signal.pause()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("callbox.host.processes.STOP_S", 0.2)
    process = Process(Part("deaf", "made_up_deaf"), os.environ)
    process.start()
    until((tmp_path / "up").exists)
    pid = process.pid
    assert pid is not None
    process.stop()
    assert not psutil.pid_exists(pid)


def test_a_port_in_use_gives_way_to_a_free_one() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) not in (0, port)
    assert free_port(port) == port
    assert free_port(port, but=port) != port


@contextmanager
def serving(home: Path) -> Iterator[tuple[subprocess.Popen[str], list[psutil.Process]]]:
    """A whole installation, up and answering, and all its processes."""
    process = subprocess.Popen(
        [sys.executable, "-m", "callbox", "serve"],
        cwd=CHECKOUT,
        env={**os.environ, "CALLBOX_HOME": str(home), "CALLBOX_SPOOL_MIB": "4"},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    children: list[psutil.Process] = []
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        children = psutil.Process(process.pid).children(recursive=True)
        assert re.fullmatch(r"Callbox is at http://127\.0\.0\.1:\d+/\n", said)
        yield process, children
    finally:
        process.kill()
        process.communicate()
        for child in children:
            if child.is_running():
                child.kill()


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_no_process_behind(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path) as (process, children):
        assert len(children) >= 4, "web with its worker, door, worker"
        process.send_signal(number)
        assert process.wait(30) == 0
        assert not [child for child in children if child.is_running()]


@pytest.mark.usefixtures("committed")
def test_the_parts_die_with_the_one_that_started_them(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, children):
        process.kill()
        process.wait(30)
        until(lambda: not [child for child in children if child.is_running()])


def looked_at(process: Process) -> int | None:
    process.look()
    return process.pid


def test_the_pause_grows_only_for_a_part_that_does_not_come_up(sleeper: Part) -> None:
    def pauses(settled_s: float) -> list[float]:
        process = Process(sleeper, os.environ, settled_s)
        found = []
        for _ in range(4):
            process.start()
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)
            until(lambda: looked_at(process) is None)
            found.append(process.pause_s)
        return found

    assert pauses(settled_s=60.0) == [0.1, 0.2, 0.4, 0.8]
    assert pauses(settled_s=0.0) == [0.1, 0.1, 0.1, 0.1]
