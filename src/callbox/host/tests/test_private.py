# SPDX-License-Identifier: Apache-2.0
"""Nobody but the starting user and the server's own reads the data or reaches the socket."""

import os
import pwd
import stat
import subprocess
from pathlib import Path

import psycopg
import pytest

from callbox.host.account import account_for_server
from callbox.host.binaries import programs
from callbox.host.cluster import Cluster
from callbox.host.config import CHECKOUT
from callbox.host.errors import HostError
from callbox.host.provision import Urls

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")


def test_every_folder_of_the_server_is_closed_to_others(shared: Cluster) -> None:
    layout = shared.layout
    for folder in (layout.server, layout.data, layout.log, layout.sockets):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
        assert folder.stat().st_uid == shared.account.uid
    word_file = layout.home / "passwords.json"
    assert stat.S_IMODE(word_file.stat().st_mode) == 0o600
    assert word_file.stat().st_uid == os.geteuid()


def test_no_password_lies_about_and_a_wrong_one_is_refused(shared: Cluster, urls: Urls) -> None:
    assert not (shared.layout.server / "initdb.password").exists()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(urls.app.replace(shared.passwords()["callbox_app"], "guess"))


def test_no_tcp_port_is_open(shared: Cluster, urls: Urls) -> None:
    with psycopg.connect(urls.app) as link:
        assert link.execute("SHOW listen_addresses").fetchone() == ("",)


@as_root
def test_the_server_runs_as_an_unprivileged_user(shared: Cluster) -> None:
    number = shared.pid
    assert number is not None
    owner = Path(f"/proc/{number}").stat().st_uid
    assert owner == shared.account.uid != 0
    status = Path(f"/proc/{number}/status").read_text()
    groups = next(line for line in status.splitlines() if line.startswith("Groups:"))
    assert "0" not in groups.split()[1:]


@as_root
def test_another_user_can_neither_list_read_nor_connect(shared: Cluster, urls: Urls) -> None:
    nobody = pwd.getpwnam("daemon")
    socket = shared.layout.socket
    assert socket.exists()
    for question in (
        f"ls {shared.layout.data}",
        f"cat {shared.layout.home}/passwords.json",
        f"test -w {socket}",
    ):
        done = subprocess.run(
            ["/bin/sh", "-c", question],
            user=nobody.pw_uid,
            group=nobody.pw_gid,
            extra_groups=[],
            capture_output=True,
        )
        assert done.returncode != 0, question
        assert not done.stdout


@as_root
def test_binaries_in_a_closed_folder_are_copied_where_the_server_can_run_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import callbox.host.binaries as binaries

    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    (closed / "packages").symlink_to(binaries._site_packages())
    monkeypatch.setattr(binaries, "_site_packages", lambda: closed / "packages")
    monkeypatch.setattr(binaries, "SHARED_COPY", folder / "shared")
    found = programs.__wrapped__(account_for_server())  # not what this process found out before
    assert found.is_relative_to(folder / "shared")
    assert account_for_server().can_run([str(found / "initdb"), "--version"], binaries.plain_environment())
    assert stat.S_IMODE((found / "postgres").stat().st_mode) == 0o755
    assert (found / "postgres").stat().st_uid == 0


@as_root
def test_a_home_that_the_server_cannot_enter_is_named(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(HostError, match=r"cannot enter .*closed.*CALLBOX_HOME"):
        Cluster(closed / "home").start()


@as_root
def test_a_normal_user_starts_it_without_help(folder: Path) -> None:
    if not all(parent.stat().st_mode & 0o001 for parent in CHECKOUT.parents):
        pytest.skip(
            "other users cannot enter the folder that this checkout stands in, so they start nothing here"
        )
    user = pwd.getpwnam("daemon")
    home = folder / "own"
    home.mkdir()
    os.chown(home, user.pw_uid, user.pw_gid)
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
            os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
            cluster = Cluster(home)
            cluster.start({"shared_buffers": "16MB"}, durable=False)
            with psycopg.connect(cluster.dsn("postgres", "postgres")) as link:
                link.execute("SELECT 1")
            cluster.stop()
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    assert (home / "postgresql" / "data").stat().st_uid == user.pw_uid
