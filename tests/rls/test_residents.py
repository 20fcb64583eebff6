# SPDX-License-Identifier: Apache-2.0
"""Who follows a request of their own sees its rows and no other, whatever the pages ask for."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

from callbox.access.domain import system_actor
from callbox.access.rows import protected
from callbox.access.seeing import seeing_one
from callbox.kernel.errors import NotFound
from callbox.messages.actions import note_unreachable
from callbox.pictures.actions import keep_picture
from callbox.pictures.domain import Developed
from callbox.requests import own, queries
from callbox.requests.actions import add_remark
from callbox.requests.following import RESIDENT
from callbox.requests.models import Request
from callbox.requests.tests.scene import request, town
from tests.rls.rows import side
from tests.world import AT, call_taker


@pytest.fixture(autouse=True)
def in_town(committed: None) -> None:
    """Agencies and rules: what is sent by rule has clocks."""
    town()


def told_of() -> Request:
    """A request with a row in every table that tells of one."""
    row = request()
    add_remark(row.pk, "made-up", by=call_taker(), at=AT)
    queries.details_for(call_taker(), row, purpose="handle", at=AT)
    developed = Developed(b"x", b"x", 4, 3)
    keep_picture(lambda: row.matter, developed, kept=timedelta(days=1), most=1, by=RESIDENT, at=AT)
    note_unreachable(f"k/{row.pk}", "requests.code", row.pk, by=system_actor("messages"), at=AT)
    return row


def seen_in(table: str, column: str) -> set[UUID | None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT {column or 'NULL::uuid'} FROM {table}")
        return {found for (found,) in cursor.fetchall()}


def test_of_all_tables_nothing_but_the_rows_of_the_one_is_there() -> None:
    mine, other = told_of(), told_of()
    side("1")
    with seeing_one(mine.pk):
        found = {row.table: seen_in(row.table, row.one) for row in protected()}
    assert found == {row.table: {mine.pk} if row.one else set() for row in protected()}
    for row in protected():
        assert not row.one or other.pk in seen_in(row.table, row.one), "as a part of Callbox both are there"


def test_the_pages_of_one_find_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    mine, other = told_of(), told_of()
    monkeypatch.setattr(own, "seeing_one", lambda _said: seeing_one(mine.pk))
    assert own.held_about(mine.pk, at=AT).pictures == 1
    for page in (own.status_of, own.held_about):
        with pytest.raises(NotFound):
            page(other.pk, at=AT)
