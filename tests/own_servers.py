# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL servers of an operator's own, made with its own programs and nothing of ours, and TLS in front of one."""

import asyncio
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from callbox.host.account import account_for_server
from callbox.host.binaries import plain_environment, programs
from callbox.host.secretfile import write_private

LOCAL = "127.0.0.1"
HERE = "local all postgres trust\n"  # only whoever may enter the folder of its socket
TLS_PLEASE = b"\0\0\0\x08\x04\xd2\x16\x2f"  # SSLRequest, see PostgreSQL's protocol


@dataclass
class Server:
    """One server in a folder, on a port of 127.0.0.1."""

    folder: Path
    port: int

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.folder / "data"

    def run(self, *command: str, **environment: str) -> None:
        """Run one of PostgreSQL's programs as its user, in its folder. Raises CalledProcessError."""
        account = account_for_server()
        said = self.folder / "said.log"
        with said.open("ab") as output:
            done = subprocess.run(  # type: ignore[call-overload]  # its typing knows no keywords by a dict
                [str(programs(account) / command[0]), *command[1:]],
                cwd=self.folder,
                env=plain_environment() | environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
                **account.popen_arguments(),
            )
        assert done.returncode == 0, f"{command}: {said.read_text()[-2000:]}"

    def make_folder(self) -> None:
        """A folder of its user's own."""
        self.folder.mkdir()
        account_for_server().own(self.folder, 0o700)

    def write(self, name: str, text: str) -> Path:
        """A file of its user's own."""
        path = self.folder / name
        write_private(path, text)
        account_for_server().own(path, 0o600)
        return path

    def make(self, settings: str, access: str) -> None:
        """A new server with these lines in postgresql.conf and pg_hba.conf, started."""
        self.make_folder()
        self.run("initdb", "-D", "data", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
        self.write("data/pg_hba.conf", HERE + access)
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(f"{settings}\nlisten_addresses = '{LOCAL}'\nshared_buffers = '32MB'\n")
        self.start()

    def start(self) -> None:
        """Start it; returns when it takes connections."""
        places = f"-p {self.port} -k {self.folder}"
        self.run("pg_ctl", "start", "-w", "-t", "300", "-D", "data", "-l", "server.log", "-o", places)

    def stop(self, how: str = "immediate") -> None:
        """Stop it if it runs."""
        if (self.data / "postmaster.pid").exists():
            self.run("pg_ctl", "stop", "-w", "-t", "300", "-m", how, "-D", "data")

    def ask(self, text: str) -> list[tuple[object, ...]]:
        """Rows, as its superuser, who is on the machine itself."""
        where = f"host={self.folder} port={self.port} user=postgres dbname=postgres"
        with closing(psycopg.connect(where, autocommit=True)) as link:
            found = link.execute(text.encode())
            return found.fetchall() if found.description else []


@contextmanager
def speaking_tls(server: Server, certificate: Path, key: Path) -> Iterator[int]:
    """A port that speaks TLS for a server that cannot, and refuses who does not, as `hostssl` alone would."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    listening = socket.create_server((LOCAL, 0))
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    thread = threading.Thread(
        target=loop.run_until_complete, args=(_serve(listening, server.port, context, stop),)
    )
    thread.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


async def _serve(listening: socket.socket, port: int, context: ssl.SSLContext, stop: asyncio.Event) -> None:
    tasks: set[asyncio.Task[None]] = set()

    async def one(near: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await _one(near, answers, port, context)
        answers.close()
        tasks.discard(task)

    async with await asyncio.start_server(one, sock=listening):
        await stop.wait()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks)


async def _one(
    near: asyncio.StreamReader, answers: asyncio.StreamWriter, port: int, context: ssl.SSLContext
) -> None:
    if await near.readexactly(len(TLS_PLEASE)) != TLS_PLEASE:
        return
    answers.write(b"S")
    await answers.start_tls(context)
    far, questions = await asyncio.open_connection(LOCAL, port)
    try:
        await asyncio.gather(_copy(near, questions), _copy(far, answers))
    finally:
        questions.close()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(65_536):
        target.write(data)
        await target.drain()
    target.close()
