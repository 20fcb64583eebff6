# SPDX-License-Identifier: Apache-2.0
"""What can happen to a database that is gone, frozen or full, as one list."""

import asyncpg


class WrongTables(asyncpg.InterfaceError):
    """The tables are of another release, or half made; the message says what to do."""


# TimeoutError is an OSError. ValueError: asyncpg has no other name for a broken answer while connecting.
DATABASE_FAILURES = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class DatabaseDown(Exception):  # noqa: N818 - a state, met on every request while it lasts
    """The database did not make a contact durable in time; the spool has to."""


class NotAccepted(Exception):  # noqa: N818 - an honest answer
    """Neither database nor spool took the contact: the sender is told to telephone."""


def why(error: BaseException) -> str:
    """What happened, for the log: only words of our own, a driver's could hold data."""
    return str(error) if isinstance(error, WrongTables) else type(error).__name__
