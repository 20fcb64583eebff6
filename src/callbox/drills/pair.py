# SPDX-License-Identifier: Apache-2.0
"""An installation on two database servers: one takes writes, the other follows and confirms every commit."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import psycopg

from callbox.drills.site import Site, await_true
from callbox.host import postmaster
from callbox.host.binaries import plain_environment
from callbox.host.cluster import PORT, SUPERUSER, Cluster
from callbox.host.errors import HostError
from callbox.host.provision import APP, OWNER, Urls

PATIENCE_S = 90.0


class Standby(Cluster):
    """A server that counts as started once it answers reads."""

    def _is_ready(self) -> bool:
        self._reap()
        if self.pid is None and self._child is None:
            raise HostError(f"The standby did not start:\n{self._log_tail()}")
        return postmaster.status(self.layout.data) in ("ready", "standby")


class PairSite(Site):
    """A site whose processes know both servers. `cluster`: the one that takes writes; `other`: the one that follows."""

    def __init__(self, folder: Path, **options: Any) -> None:
        super().__init__(folder, **options)
        self.other: Cluster = Standby(folder / "standby")

    def start_processes(self) -> None:
        """First the second server, then the processes, which are told of both."""
        self.follow()
        self.urls = Urls(self._both(OWNER), self._both(APP))
        super().start_processes()

    def follow(self) -> None:
        """Make the other server anew from the one that takes writes; returns when it confirms every commit."""
        self.other.kill()
        _copy(self.cluster, self.other)
        self.other.start(self.settings)
        ask(self.cluster, "ALTER SYSTEM SET synchronous_standby_names = '*'")
        ask(self.cluster, "SELECT pg_reload_conf()")
        confirmed = lambda: ask(self.cluster, CONFIRMS) == [("sync",)]  # noqa: E731
        await_true(confirmed, PATIENCE_S, "the standby does not confirm")

    def switch(self) -> None:
        """The server that takes writes dies; the other takes its place."""
        self.cluster.kill()
        ask(self.other, "SELECT pg_promote(true, 60)")
        self.cluster, self.other = self.other, self.cluster

    def _both(self, role: str) -> str:
        word = self.cluster.passwords()[role]
        hosts = f"{self.cluster.layout.sockets},{self.other.layout.sockets}"
        more = "target_session_attrs=read-write"
        return f"postgresql://{role}:{word}@/callbox?host={hosts}&port={PORT},{PORT}&{more}"

    def _keep_database(self) -> None:
        """Nobody starts a server again by itself: which of two may take writes is not for a supervisor to guess."""

    def _end_database(self) -> None:
        for server in (self.cluster, self.other):
            server.kill()
            shutil.rmtree(server.layout.sockets, ignore_errors=True)


CONFIRMS = "SELECT sync_state FROM pg_stat_replication"


def ask(server: Cluster, text: str) -> list[Any]:
    """Rows from one of the servers, as its superuser."""
    with psycopg.connect(server.dsn(SUPERUSER, "postgres"), autocommit=True, connect_timeout=5) as link:
        found = link.execute(text.encode())
        return found.fetchall() if found.description else []


def _copy(source: Cluster, target: Cluster) -> None:
    """A base backup that follows its source, in place of what stands there."""
    target.layout.home.mkdir(mode=0o711, exist_ok=True)
    target.layout.make(target.account)
    words = target.layout.home / "passwords.json"  # roles are copied with their passwords
    shutil.copyfile(source.layout.home / words.name, words)
    words.chmod(0o600)
    shutil.rmtree(target.layout.data, ignore_errors=True)
    command = [str(source.program("pg_basebackup")), "-D", str(target.layout.data), "-R", "--no-password"]
    command += ["--checkpoint=fast", "-h", str(source.layout.sockets), "-p", str(PORT), "-U", SUPERUSER]
    word = {"PGPASSWORD": source.passwords()[SUPERUSER]}
    subprocess.run(  # type: ignore[call-overload]  # noqa: S603 - our own words
        command,
        env=plain_environment() | word,
        cwd=target.layout.server,
        check=True,
        capture_output=True,
        **target.account.popen_arguments(),
    )
    _follow_alone(target.layout.data / "postgresql.auto.conf")


def _follow_alone(settings: Path) -> None:
    """Once it takes writes it waits for no standby until it has one."""
    lines = settings.read_text().splitlines()
    kept = [line for line in lines if not line.startswith("synchronous_standby_names")]
    settings.write_text("\n".join(kept) + "\n")
