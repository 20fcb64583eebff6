# SPDX-License-Identifier: Apache-2.0
"""One server or several: the one that takes writes is found, whatever the others do."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import asyncpg
import psycopg
import pytest

from callbox.door.connecting import address, connect
from callbox.door.tests.conftest import Server


@pytest.mark.parametrize(
    ("dsn", "hosts"),
    [
        ("postgresql:///callbox", ()),
        ("postgresql://me:word@db/callbox", (("db", 5432),)),  # pragma: allowlist secret
        # pragma: allowlist nextline secret
        ("postgresql://me:word@db:6000/callbox", (("db", 6000),)),
        # pragma: allowlist nextline secret
        ("postgresql://me:word@one,two:6000/callbox", (("one", 5432), ("two", 6000))),
        ("postgresql://me@[::1]:6000,[::2]/callbox", (("::1", 6000), ("::2", 5432))),
        ("postgresql://me@%2Frun%2Fpg/callbox", (("/run/pg", 5432),)),
        ("postgresql://me@/callbox?host=/run/pg&port=6000", (("/run/pg", 6000),)),
        ("postgresql://me@/callbox?host=/run/a,/run/b", (("/run/a", 5432), ("/run/b", 5432))),
        ("postgresql://me@/callbox?host=a,b&port=1,2", (("a", 1), ("b", 2))),
    ],
)
def test_the_hosts_of_an_address(dsn: str, hosts: tuple[tuple[str, int], ...]) -> None:
    assert address(dsn).hosts == hosts


def test_who_and_what_stay_and_what_only_libpq_knows_goes() -> None:
    # pragma: allowlist nextline secret
    said = (
        # pragma: allowlist nextline secret
        "postgresql://me:w%40rd@a,b/callbox?target_session_attrs=read-write&connect_timeout=3&sslmode=require"
    )
    assert address(said).url == (
        # pragma: allowlist nextline secret
        "postgresql://me:w%40rd@/callbox?target_session_attrs=read-write&sslmode=require"
    )


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[Path]:
    """A server that takes connections and says nothing, as a frozen one does."""
    folder = tmp_path / "s"
    folder.mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / ".s.PGSQL.5432"))
        listener.listen(8)
        yield folder


def several(server: Server, *folders: Path, **more: str) -> str:
    there = server.cluster.layout.sockets
    hosts = ",".join(quote(str(folder), safe="") for folder in (*folders, there))
    word = server.urls.app.split("@")[0]
    return f"{word}@{hosts}/callbox?" + "&".join(f"{name}={value}" for name, value in more.items())


def test_one_that_hangs_and_one_that_is_gone_do_not_keep_it_from_the_third(
    server: Server, silent: Path, tmp_path: Path
) -> None:
    async def scene() -> int:
        link = await connect(several(server, silent, tmp_path / "gone", connect_timeout="9"), 10)
        try:
            return int(await link.fetchval("SELECT 1"))
        finally:
            link.terminate()

    assert asyncio.run(scene()) == 1


def test_of_several_one_that_only_reads_is_not_used(server: Server, tmp_path: Path) -> None:
    async def scene() -> None:
        with pytest.raises((OSError, asyncpg.TargetServerAttributeNotMatched)):
            await connect(several(server, tmp_path / "gone"), 10)

    superuser = server.cluster.dsn("postgres", "postgres")
    _set_read_only(superuser, "on")
    try:
        asyncio.run(scene())
    finally:
        _set_read_only(superuser, "off")


def _set_read_only(dsn: str, said: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as link:
        link.execute("SET default_transaction_read_only = off")
        link.execute(f"ALTER ROLE callbox_app SET default_transaction_read_only = {said}".encode())


def test_none_that_answers_is_given_up_in_time(silent: Path) -> None:
    async def scene() -> None:
        with pytest.raises(TimeoutError):
            await connect(f"postgresql://me@{quote(str(silent), safe='')}/callbox", 0.05)

    asyncio.run(scene())
