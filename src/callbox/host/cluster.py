# SPDX-License-Identifier: Apache-2.0
"""One embedded PostgreSQL server: made, started, joined, stopped, and for tests killed and frozen."""

import logging
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from callbox.host import postmaster
from callbox.host.account import account_for_server
from callbox.host.binaries import MAJOR, plain_environment, programs
from callbox.host.errors import HostError
from callbox.host.layout import Layout
from callbox.host.locks import Presence, alone
from callbox.host.secretfile import passwords, write_private
from callbox.host.tuning import SETTINGS

log = logging.getLogger(__name__)

SUPERUSER = "postgres"
ROLES = (SUPERUSER, "callbox_owner", "callbox_app")
PORT = 5432  # names the socket file; no TCP port is opened unless `listen` says so
STOP_SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
TICK_S = 0.02
SAY_EVERY_S = 10.0

_left_to_others: list[
    subprocess.Popen[bytes]
] = []  # a server of ours that others still use outlives its Cluster


class Cluster:
    """A server under a home folder, reached by a private socket with a password for each role."""

    def __init__(self, folder: Path) -> None:
        self.layout = Layout(folder.resolve())
        self.account = account_for_server()
        self._child: subprocess.Popen[bytes] | None = None
        self._presence = Presence(self.layout.home / "users.lock")

    @property
    def pid(self) -> int | None:
        """The server's process id, None when it does not run."""
        process = postmaster.postmaster(self.layout.data)
        return process.pid if process else None

    def dsn(self, role: str, dbname: str) -> str:
        """A URL for psycopg, asyncpg and our settings alike; it carries the password: never log it."""
        word = self.passwords()[role]
        sockets = quote(str(self.layout.sockets), safe="/")
        return f"postgresql://{role}:{word}@/{dbname}?host={sockets}&port={PORT}"

    def passwords(self) -> dict[str, str]:
        """The password of each role."""
        return passwords(self.layout.home / "passwords.json", ROLES)

    def start(
        self,
        options: Mapping[str, str] | None = None,
        *,
        environment: Mapping[str, str] | None = None,
        durable: bool = True,
    ) -> None:
        """Start the server, or join the one another process started; returns when it takes connections.

        options: settings over the usual ones; environment: more variables for the server (a test's
        LD_PRELOAD); durable=False makes the data folder faster and not safe against a power cut.
        However long recovery takes, this waits while the server lives. Raises HostError with the end of
        the server's log when it dies.
        """
        self.layout.home.mkdir(mode=0o711, parents=True, exist_ok=True)
        with alone(self.layout.home / "start.lock"):
            self.layout.make(self.account)
            self._presence.enter()
            if self.pid is None:
                self._reap()
                self._make_data(durable)
                postmaster.clear_the_way(self.layout.data)
                self._clear_sockets()
                settings = SETTINGS | ({} if durable else {"fsync": "off"}) | dict(options or {})
                self._launch(settings, environment or {})
            try:
                self._wait_until(self._is_ready, "starting")
            except HostError:
                self._presence.leave()
                raise

    def stop(self, mode: Literal["smart", "fast", "immediate"] = "fast") -> None:
        """Stop the server and wait until it has: `fast` ends sessions and writes a checkpoint."""
        self._presence.leave()
        if process := postmaster.postmaster(self.layout.data):
            self.thaw()
            process.send_signal(STOP_SIGNALS[mode])
            self._wait_until(lambda: self.pid is None, "stopping")
            if self._child is not None:
                self._child.wait()  # its number file goes a moment before the process does
        self._reap()

    def leave(self) -> None:
        """Stop the server if no other process uses it."""
        with alone(self.layout.home / "start.lock"):
            if self._presence.leave():
                self.stop()
            elif self._child is not None:
                _left_to_others.append(self._child)

    def kill(self) -> None:
        """SIGKILL the server and all its back ends, as a crash would (for tests)."""
        postmaster.kill_all(self.layout.data)
        self._reap()

    def freeze(self) -> None:
        """SIGSTOP the server and all its back ends (for tests)."""
        postmaster.signal_all(self.layout.data, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        postmaster.signal_all(self.layout.data, signal.SIGCONT)

    def program(self, name: str) -> Path:
        """The path of one of PostgreSQL's programs, e.g. `pgbench`."""
        return programs(self.account) / name

    def _make_data(self, durable: bool) -> None:
        data = self.layout.data
        if (data / "PG_VERSION").exists():
            if (found := (data / "PG_VERSION").read_text().strip()) != MAJOR:
                raise HostError(
                    f"{data} was made by PostgreSQL {found}, this is {MAJOR}: convert it with pg_upgrade."
                )
            return
        fresh = data.with_name("data.new")  # renamed when whole: an interrupted initdb leaves no half server
        shutil.rmtree(fresh, ignore_errors=True)
        word = self.layout.server / "initdb.password"
        try:
            write_private(word, self.passwords()[SUPERUSER])
            self.account.own(word, 0o600)
            self._initdb(fresh, word, durable)
        finally:
            word.unlink(missing_ok=True)
        fresh.rename(data)

    def _initdb(self, fresh: Path, word: Path, durable: bool) -> None:
        command = [str(self.program("initdb")), "-D", str(fresh), "-U", SUPERUSER, "--pwfile", str(word)]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums", "--locale=C"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603
            command + ([] if durable else ["--no-sync"]),
            cwd=self.layout.server,
            env=plain_environment(),
            capture_output=True,
            text=True,
            **self.account.popen_arguments(),
        )
        if done.returncode != 0:
            raise HostError(f"A database folder could not be made in {fresh}:\n{done.stdout}{done.stderr}")

    def _launch(self, settings: Mapping[str, str], environment: Mapping[str, str]) -> None:
        layout = self.layout
        places = {
            "unix_socket_directories": str(layout.sockets),
            "log_directory": str(layout.log),
            "port": str(PORT),
        }
        command = [str(self.program("postgres")), "-D", str(layout.data)]
        for name, value in (settings | places).items():  # type: ignore[operator]
            command += ["-c", f"{name}={value}"]
        with (layout.log / "start.log").open("wb") as output:
            self._child = subprocess.Popen(  # type: ignore[call-overload]  # noqa: S603
                command,
                cwd=layout.server,
                env=plain_environment() | dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C in a terminal is ours to pass on
                **self.account.popen_arguments(),
            )

    def _clear_sockets(self) -> None:
        """After a power cut the socket's lock names a number that any program of this user may have by now.

        The folder is this server's alone, which does not run: PostgreSQL would only ask whether the number lives.
        """
        for left in self.layout.sockets.glob(".s.PGSQL.*"):
            left.unlink(missing_ok=True)

    def _is_ready(self) -> bool:
        self._reap()
        if self._child is None and self.pid is None:
            raise HostError(
                f"PostgreSQL did not start. The end of its log in {self.layout.log}:\n{self._log_tail()}"
            )
        # Our own child is known by its number alone: looking at processes again and again would take the time
        # of the very server that is recovering.
        if self._child is not None:
            return postmaster.is_ready(self.layout.data, self._child.pid)
        return self.pid is not None and postmaster.is_ready(self.layout.data)

    def _wait_until(self, done: Callable[[], bool], what: str) -> None:
        begun = said = time.monotonic()
        while not done():
            if time.monotonic() - said > SAY_EVERY_S:
                said = time.monotonic()
                log.info("PostgreSQL is still %s (%.0f s): %s", what, said - begun, self._log_tail(1))
            time.sleep(TICK_S)

    def _reap(self) -> None:
        if self._child is not None and self._child.poll() is not None:
            self._child = None

    def _log_tail(self, lines: int = 20) -> str:
        files = sorted(self.layout.log.glob("*.log"), key=os.path.getmtime)
        text = "".join(path.read_text(errors="replace") for path in files[-2:])
        return "\n".join(text.replace("\0", "").splitlines()[-lines:])  # a power cut leaves them


__all__ = ["ROLES", "SUPERUSER", "Cluster"]
