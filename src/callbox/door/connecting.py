# SPDX-License-Identifier: Apache-2.0
"""A connection to the database: one server, or several of which one takes writes at a time.

All are asked at once and the first that takes writes is used. One after the other would not do: a machine that
is dead, or hangs, costs the whole deadline, and the one behind it is never asked.
"""

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

import asyncpg

from callbox.door.failures import WrongTables
from callbox.host.releases import session_name
from callbox.host.schema import APPLIED, problem_with
from callbox.host.tuning import FAR_SIDE_GONE

SESSION = FAR_SIDE_GONE | {
    "synchronous_commit": "on",  # whatever the server's default
    "callbox.part": "door",  # what row-level security shows: contacts, sign-ins, entries and positions
}
ROOMS = ["journal", "access", "door"]  # whose tables the door reads and writes
# Parameters of an address that libpq takes for itself; asyncpg would hand them to the server, which knows none.
FOR_LIBPQ = (
    "connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count",
    "tcp_user_timeout", "channel_binding", "gssencmode", "load_balance_hosts", "hostaddr", "sslcompression",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """What is common to all servers as a URL, and the host and port of each; none when the URL names no host."""

    url: str
    hosts: tuple[tuple[str, int], ...]


def address(dsn: str) -> Address:
    """The address taken apart: hosts with commas stand before the path, or as `host` and `port` behind it."""
    parts = urlsplit(dsn)
    said = [(name, value) for name, value in parse_qsl(parts.query) if name not in FOR_LIBPQ]
    known = dict(said)
    who, _, place = parts.netloc.rpartition("@")
    hosts = [_host(one) for one in place.split(",")] if place else _named(known)
    rest = [(name, value) for name, value in said if name not in ("host", "port")]
    url = urlunsplit(parts._replace(netloc=f"{who}@" if who else "", query=urlencode(rest)))
    return Address(url, tuple(hosts))


async def connect(dsn: str, deadline_s: float) -> asyncpg.Connection:
    """A connection for one task to the server that takes writes, or one of DATABASE_FAILURES.

    Tables that are not this release's are one of these failures.
    """
    at = address(dsn)
    more: dict[str, Any] = {"target_session_attrs": "read-write"} if len(at.hosts) > 1 else {}
    each = [{"host": host, "port": port} | more for host, port in at.hosts] or [{}]
    tasks = [asyncio.create_task(_connect(at.url, one)) for one in each]
    winner = None
    try:
        async with asyncio.timeout(deadline_s):
            winner = await _first(tasks)
            return winner
    finally:
        for task in tasks:
            task.cancel()
        for found in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(found, asyncpg.Connection) and found is not winner:
                found.terminate()


async def _first(tasks: list[asyncio.Task[asyncpg.Connection]]) -> asyncpg.Connection:
    """The first connection there is. Raises what the last one raised."""
    waiting = set(tasks)
    while True:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        found = [task for task in done if task.exception() is None]
        if found or not waiting:
            return (found or list(done))[0].result()


async def _connect(url: str, more: dict[str, Any]) -> asyncpg.Connection:
    settings = {"application_name": session_name()} | SESSION
    try:
        link: asyncpg.Connection = await asyncpg.connect(url, server_settings=settings, **more)
    except ValueError as error:
        raise asyncpg.InterfaceError(str(error)) from error
    try:
        await _check_tables(link)
    except BaseException:  # cancelled by the deadline too
        link.terminate()
        raise
    return link


async def _check_tables(link: asyncpg.Connection) -> None:
    """Half-made or foreign tables count as no database: contacts go to the spool, streams are refused."""
    applied = await link.fetch(f"{APPLIED} WHERE app = ANY($1::text[])", ROOMS)
    problem = problem_with(((row["app"], row["name"]) for row in applied), ROOMS)
    if problem is not None:
        raise WrongTables(problem)


def _named(known: dict[str, str]) -> list[tuple[str, int]]:
    if "host" not in known:
        return []
    hosts, ports = known["host"].split(","), known.get("port", "5432").split(",")
    return list(
        zip(hosts, [int(ports[min(at, len(ports) - 1)] or 5432) for at in range(len(hosts))], strict=True)
    )


def _host(text: str) -> tuple[str, int]:
    """`name`, `name:port` or `[address]:port`; a folder of a socket is written with %2F."""
    name, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        name, port = text, ""
    return unquote(name).strip("[]"), int(port or 5432)
