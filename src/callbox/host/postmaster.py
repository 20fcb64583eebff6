# SPDX-License-Identifier: Apache-2.0
"""The server's processes as the machine sees them: found by their data folder, never by a number alone."""

import contextlib
import os
import signal
from collections.abc import Iterable
from pathlib import Path

import psutil

PATIENCE_S = 5.0


def postmaster(data: Path) -> psutil.Process | None:
    """The living server over that data folder.

    postmaster.pid may be left over from a crash and its number given to a stranger since; so the process
    counts only when its command line names the data folder.
    """
    number = _written_pid(data)
    if number is None:
        return None
    with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        process = psutil.Process(number)
        command = process.cmdline()  # empty for a zombie; readable where the working folder is not
        if command and Path(command[0]).name == "postgres" and str(data) in command:
            return process
    return None


def is_ready(data: Path, number: int | None = None) -> bool:
    """Whether the server says that it takes connections and writes; number: only the server of this number counts."""
    lines = _pid_lines(data)
    return _status(lines) == "ready" and number in (None, int(lines[0]))


def status(data: Path) -> str:
    """What the server says of itself (line 8 of postmaster.pid): starting, ready, standby, stopping; or nothing."""
    return _status(_pid_lines(data))


def _status(lines: list[str]) -> str:
    return lines[7].strip() if len(lines) >= 8 else ""


def clear_the_way(data: Path) -> None:
    """After a crash: end what is left of the old server, and keep its pid file from stopping the new one."""
    if _written_pid(data) is not None and postmaster(data) is None:
        _end_orphans(data)
        _free_reused_number(data)


def _free_reused_number(data: Path) -> None:
    """PostgreSQL refuses to start when a stranger of the same user bears the number in postmaster.pid.

    Our own number is written in its place: it ignores its parent's number, and still checks the shared
    memory named in that file for surviving back ends (which removing the file would prevent).
    """
    lines = _pid_lines(data)
    if lines and psutil.pid_exists(int(lines[0])):
        (data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:], ""]))


def _end_orphans(data: Path) -> None:
    """Back ends that outlived their killed server (frozen ones do) keep its shared memory."""
    orphans = [process for process in psutil.process_iter() if _is_back_end(process, data)]
    _send(orphans, signal.SIGCONT)
    _, left = psutil.wait_procs(orphans, timeout=PATIENCE_S)
    _send(left, signal.SIGKILL)
    psutil.wait_procs(left, timeout=PATIENCE_S)


def _is_back_end(process: psutil.Process, data: Path) -> bool:
    try:
        return process.cwd() == str(data) and process.name() == "postgres"
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def signal_all(data: Path, number: int) -> list[psutil.Process]:
    """Send a signal to the server and all its back ends; the server stops first, so that it starts no more.

    Each back end leads a process group of its own, so a group of them does not exist. Returns all of them.
    """
    server = postmaster(data)
    if server is None:
        return []
    _send([server], signal.SIGSTOP)
    family = [*server.children(recursive=True), server]
    _send(family, number)
    return family


def kill_all(data: Path) -> None:
    """SIGKILL to the server and all its back ends; returns when they are gone."""
    psutil.wait_procs(signal_all(data, signal.SIGKILL), timeout=PATIENCE_S)


def _send(processes: Iterable[psutil.Process], number: int) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def _pid_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _written_pid(data: Path) -> int | None:
    lines = _pid_lines(data)
    return int(lines[0]) if lines and lines[0].strip().isdigit() else None
