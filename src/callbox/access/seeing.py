# SPDX-License-Identifier: Apache-2.0
"""Setting what this thread's connection may see: for a request, a step that must see more, or a whole process."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast
from uuid import UUID

from django.db import connection

from callbox.access.postgres.base import DatabaseWrapper
from callbox.access.sight import EVERYTHING, SYSTEM, Sight


def _connection() -> DatabaseWrapper:
    return cast("DatabaseWrapper", connection)


@contextmanager
def seeing(sight: Sight) -> Iterator[None]:
    """See this much in the block, and what was seen before after it."""
    link = _connection()
    before = link.sight
    link.sight = sight
    try:
        yield
    finally:
        link.sight = before


@contextmanager
def seeing_everything() -> Iterator[None]:
    """For a rule that must count rows its actor may not see, or a figure over all of them. Hand out no row."""
    with seeing(SYSTEM):
        yield


@contextmanager
def seeing_one(matter_id: UUID) -> Iterator[None]:
    """For who may follow one matter of their own: it, and what is told of it (`one` of rows.tsv), and no other row."""
    with seeing(Sight(one=str(matter_id))):
        yield


def look(sight: Sight) -> None:
    """See this much from now on, until the block of `seeing` that we are in ends."""
    _connection().sight = sight


def end_reading() -> None:
    """A request is over: end the transaction in which it read."""
    _connection().end_reading()


def work_as_system() -> None:
    """Say, before the first connection, that this process is a part of Callbox itself. Web never says so."""
    DatabaseWrapper.part = EVERYTHING
