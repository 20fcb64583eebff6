# SPDX-License-Identifier: Apache-2.0
"""What a drill judges is one moment: nothing that goes on meanwhile is half in it."""

import os
from collections.abc import Iterator

import psycopg
import pytest

from callbox.drills import inside
from callbox.host.provision import with_part

SAID = "INSERT INTO journal_position (name, xid, seq) VALUES ('drill', '1'::xid8, 1)"
HEARD = "SELECT count(*) FROM journal_position WHERE name = 'drill'"


def linked() -> Iterator[psycopg.Connection]:
    link = psycopg.connect(with_part(os.environ["DATABASE_URL"], "system"))
    yield link
    link.close()


other = pytest.fixture(linked, name="other")
third = pytest.fixture(linked, name="third")


def heard() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(HEARD)
        (times,) = cursor.fetchone()
    return int(times)


@pytest.mark.usefixtures("committed")
def test_what_is_committed_meanwhile_is_not_seen(other: psycopg.Connection) -> None:
    with inside.still():
        assert heard() == 0
        other.execute(SAID)
        other.commit()
        assert heard() == 0
    with inside.still():
        assert heard() == 1


@pytest.mark.usefixtures("committed")
def test_a_change_under_way_behind_which_readers_wait_is_waited_for(
    other: psycopg.Connection, third: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = []

    def end_it(for_s: float) -> None:
        waited.append(for_s)
        other.commit()

    monkeypatch.setattr("callbox.drills.inside.time.sleep", end_it)
    other.execute(SAID)
    third.execute(SAID.replace("drill", "later"))
    third.commit()
    with inside.still():
        assert heard() == 1
    assert waited == [inside.BETWEEN_S]
