# SPDX-License-Identifier: Apache-2.0
"""The server starts, is joined, stops, and comes back after everything that can happen to it."""

import multiprocessing
import os
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from callbox.host import postmaster
from callbox.host.account import Account
from callbox.host.cluster import SUPERUSER, Cluster
from callbox.host.errors import HostError

QUICK = {"shared_buffers": "16MB"}


def link(cluster: Cluster) -> psycopg.Connection:
    return psycopg.connect(cluster.dsn(SUPERUSER, "postgres"), autocommit=True, connect_timeout=5)


def one(cluster: Cluster, text: str) -> object:
    with link(cluster) as open_link:
        row = open_link.execute(text.encode()).fetchone()
        assert row is not None
        return row[0]


def test_what_was_written_is_there_after_a_stop_and_a_start(cluster: Cluster) -> None:
    cluster.start(QUICK)
    with link(cluster) as open_link:
        open_link.execute("CREATE TABLE kept AS SELECT 7 AS n")
    cluster.stop()
    assert cluster.pid is None
    cluster.start(QUICK)
    assert one(cluster, "SELECT n FROM kept") == 7


def test_it_is_made_as_the_design_says(cluster: Cluster) -> None:
    cluster.start(QUICK)
    facts = {
        "server_encoding": "UTF8",
        "data_checksums": "on",
        "TimeZone": "UTC",
        "listen_addresses": "",
        "fsync": "on",
        "synchronous_commit": "on",
        "max_connections": "200",
        "wal_level": "replica",
        "password_encryption": "scram-sha-256",  # pragma: allowlist secret
    }
    assert {name: one(cluster, f"SELECT current_setting('{name}')") for name in facts} == facts
    assert one(cluster, "SELECT datlocale FROM pg_database WHERE datname = 'template1'") == "C.UTF-8"


def test_after_sigkill_it_recovers_by_itself(cluster: Cluster) -> None:
    cluster.start(QUICK)
    with link(cluster) as open_link:
        open_link.execute("CREATE TABLE kept AS SELECT 8 AS n")
        cluster.kill()
    assert (cluster.layout.data / "postmaster.pid").exists()
    cluster.start(QUICK)
    assert one(cluster, "SELECT n FROM kept") == 8


def test_frozen_back_ends_of_a_killed_server_do_not_stop_the_next_one(cluster: Cluster) -> None:
    cluster.start(QUICK)
    cluster.freeze()
    server = postmaster.postmaster(cluster.layout.data)
    assert server is not None
    server.kill()
    server.wait(5)
    cluster.start(QUICK)
    assert one(cluster, "SELECT 1") == 1


def test_a_stranger_with_the_number_of_a_dead_server_does_not_stop_the_next_one(cluster: Cluster) -> None:
    cluster.start(QUICK)
    cluster.kill()
    with subprocess.Popen(["/bin/sleep", "60"], **cluster.account.popen_arguments()) as stranger:  # type: ignore[call-overload]
        pid_file = cluster.layout.data / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:], ""]))
        socket_lock = cluster.layout.sockets / ".s.PGSQL.5432.lock"  # left by a power cut, not by a kill
        socket_lock.write_text("\n".join([str(stranger.pid), *lines[1:], ""]))
        cluster.account.own(socket_lock, 0o600)
        assert cluster.pid is None
        cluster.start(QUICK)
        assert one(cluster, "SELECT 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_a_frozen_server_answers_nothing_until_thawed(cluster: Cluster) -> None:
    cluster.start(QUICK)
    with link(cluster) as open_link:
        cluster.freeze()
        states = [process.status() for process in [postmaster.postmaster(cluster.layout.data)] if process]
        cluster.thaw()
        assert states == ["stopped"]
        assert open_link.execute("SELECT 2").fetchone() == (2,)


def test_a_server_that_cannot_start_says_why_and_is_not_waited_for(cluster: Cluster) -> None:
    with pytest.raises(HostError, match="shared_buffers"):
        cluster.start({"shared_buffers": "nonsense"})


def test_an_interrupted_initdb_is_begun_anew(cluster: Cluster) -> None:
    cluster.layout.make(cluster.account)
    half = cluster.layout.server / "data.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    cluster.start(QUICK)
    assert one(cluster, "SELECT 1") == 1


def test_data_of_another_version_is_left_alone(cluster: Cluster) -> None:
    cluster.layout.make(cluster.account)
    cluster.layout.data.mkdir()
    (cluster.layout.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(HostError, match="made by PostgreSQL 16"):
        cluster.start(QUICK)


def test_a_long_path_gets_a_short_private_socket_folder(folder: Path) -> None:
    deep = folder / ("long" * 25)
    cluster = Cluster(deep)
    try:
        cluster.start(QUICK)
        assert one(cluster, "SELECT 1") == 1
        assert cluster.layout.sockets.stat().st_mode & 0o777 == 0o700
    finally:
        cluster.stop()
        cluster.layout.sockets.rmdir()


def test_a_socket_folder_of_somebody_else_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster(folder / ("long" * 25))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    cluster.layout.sockets.symlink_to(folder)
    try:
        with pytest.raises((HostError, FileExistsError)):
            cluster.layout.make(Account("me", os.getuid(), os.getgid(), other=False))
    finally:
        cluster.layout.sockets.unlink()


def _use(folder: Path, ready: object, done: object) -> None:
    cluster = Cluster(folder)
    cluster.start(QUICK)
    ready.release()  # type: ignore[attr-defined]
    done.acquire()  # type: ignore[attr-defined]
    cluster.leave()


def test_starters_at_once_share_one_server_and_the_last_to_leave_stops_it(cluster: Cluster) -> None:
    context = multiprocessing.get_context("spawn")
    ready, first_done, second_done = context.Semaphore(0), context.Semaphore(0), context.Semaphore(0)

    def running() -> int | None:
        return cluster.pid

    users = [
        context.Process(target=_use, args=(cluster.layout.home, ready, done))
        for done in (first_done, second_done)
    ]
    for user in users:
        user.start()
    assert ready.acquire(timeout=60)
    assert ready.acquire(timeout=60)
    number = running()
    assert number is not None
    first_done.release()
    users[0].join(30)
    assert running() == number
    second_done.release()
    users[1].join(30)
    assert running() is None
    assert [user.exitcode for user in users] == [0, 0]


def test_what_a_killed_starter_left_running_is_joined(cluster: Cluster) -> None:
    context = multiprocessing.get_context("spawn")
    ready, done = context.Semaphore(0), context.Semaphore(0)
    starter = context.Process(target=_use, args=(cluster.layout.home, ready, done))
    starter.start()
    assert ready.acquire(timeout=60)
    starter.kill()
    starter.join(30)
    number = cluster.pid
    begun = time.monotonic()
    cluster.start(QUICK)
    assert cluster.pid == number
    assert time.monotonic() - begun < 5
    cluster.leave()
    assert cluster.pid is None
