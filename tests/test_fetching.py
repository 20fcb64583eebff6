# SPDX-License-Identifier: Apache-2.0
"""Rows that are fetched are the rows that Django reads."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from callbox.access.models import Agency, Grant
from callbox.journal.fetching import fetch, fetch_one
from callbox.kernel.ids import new_id
from callbox.matters.models import Clock, Matter
from tests import world
from tests.world import AT

pytestmark = pytest.mark.django_db


def said(row: Model) -> dict[str, Any]:
    return {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields}


@pytest.mark.parametrize("model", [Matter, Clock, Agency, Grant, Session])
def test_rows_are_as_django_reads_them(model: type[Model]) -> None:
    world.incident()
    world.unit("E1")
    world.unit("E2")
    Session.objects.create(session_key="made-up", session_data="x", expire_date=AT)
    Clock.objects.update(pauses=[["2026-11-23T08:00:00+00:00", None]])  # JSON, which Django converts
    key = model._meta.pk.column if model._meta.pk else ""
    found = fetch(model, f"true ORDER BY {key} DESC")
    asked = list(model._default_manager.order_by(f"-{key}"))
    assert asked or model is Grant
    assert [said(each) for each in found] == [said(each) for each in asked]
    assert found == asked
    assert not any(each._state.adding for each in found)


def test_a_value_is_never_taken_for_sql() -> None:
    matter = world.incident().matter
    assert fetch_one(Matter, "id = %s", matter.id) == matter
    assert fetch_one(Matter, "id = %s", new_id()) is None
    assert fetch(Agency, "code = %s", "x' OR 'x' = 'x") == []


def test_a_row_is_read_at_once() -> None:
    matter = world.incident().matter
    (found,) = fetch(Matter, "id = %s", matter.id)
    with CaptureQueriesContext(connection) as asked:
        said(found)
    assert not asked.captured_queries
