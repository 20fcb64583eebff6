# SPDX-License-Identifier: Apache-2.0
"""Whether the tables are those that this release knows: no older ones, no newer ones, no half-made ones."""

from collections.abc import Iterable
from functools import cache

import psycopg

from callbox.host.config import CHECKOUT
from callbox.host.errors import ConfigError
from callbox.host.releases import contracts

MIGRATIONS = "*/migrations/[0-9]*.py"
APPLIED = "SELECT app, name FROM django_migrations"
OLDER = (
    "The tables are older than this release ({names} not applied): an upgrade was not finished. "
    "Start `callbox serve` of this release once: it finishes it."
)
NEWER = (
    "The tables are newer than this release ({names} took away what it needs): start the release that made them, "
    "or restore the backup from before the upgrade."
)
SHOWN = 3
ASK_S = 5


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """The migrations of our own rooms in this release: (room, name)."""
    found = (CHECKOUT / "src" / "callbox").glob(MIGRATIONS)
    return frozenset((path.parts[-3], path.stem) for path in found)


def problem_with(applied: Iterable[tuple[str, str]], rooms: Iterable[str] | None = None) -> str | None:
    """Why these applied migrations do not fit this release, in words that say what to do; None when they fit.

    rooms: only those whose tables matter to the asker; None: all of ours.
    """
    there = set(applied)
    return _older(there, rooms) or newer(there, rooms)


def newer(applied: Iterable[tuple[str, str]], rooms: Iterable[str] | None = None) -> str | None:
    """As `problem_with`, but tables that are behind are no problem: they are brought up to date.

    What a newer release only added is no problem either: during an upgrade this one goes on beside it.
    """
    ours = _rooms(rooms)
    return _said(
        NEWER, {each for each in applied if each[0] in ours and contracts(each[1])} - known_migrations()
    )


def _older(applied: set[tuple[str, str]], rooms: Iterable[str] | None) -> str | None:
    ours = _rooms(rooms)
    return _said(
        OLDER, {each for each in known_migrations() if each[0] in ours and not contracts(each[1])} - applied
    )


def _rooms(rooms: Iterable[str] | None) -> frozenset[str]:
    return frozenset(room for room, _ in known_migrations()) if rooms is None else frozenset(rooms)


def _said(words: str, names: set[tuple[str, str]]) -> str | None:
    if not names:
        return None
    shown = ", ".join(f"{room} {name}" for room, name in sorted(names)[:SHOWN])
    return words.format(names=shown + (" and more" if len(names) > SHOWN else ""))


def check_tables(dsn: str) -> None:
    """Raise ConfigError when the tables there are not this release's. A database that is away is no answer."""
    try:
        applied = _applied(dsn)
    except psycopg.OperationalError:
        return
    if problem := problem_with(applied):
        raise ConfigError(problem)


def is_expanded(dsn: str) -> bool:
    """Whether everything that this release adds is there. Raises OperationalError when nobody answers."""
    return _older(_applied(dsn), None) is None


def _applied(dsn: str) -> set[tuple[str, str]]:
    try:
        with psycopg.connect(dsn, connect_timeout=ASK_S) as link:
            return set(link.execute(APPLIED).fetchall())
    except psycopg.errors.UndefinedTable:
        return set()
