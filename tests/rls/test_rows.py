# SPDX-License-Identifier: Apache-2.0
"""Row-level security by plain SQL as the application's role: what is another's is not there."""

import os
from collections.abc import Iterable
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from callbox.access.domain import POLICY_FILE, ROLES
from callbox.access.protect import is_protected
from callbox.access.queries import actor_of
from callbox.access.rows import KIND, open_tables, protected
from callbox.access.seeing import seeing
from callbox.access.sight import READING, Sight, sight_of
from callbox.host.provision import APP, with_part
from tests.rls.reference import Reference
from tests.rls.rows import Row, Side, side
from tests.signed_in import person
from tests.world import AT

pytestmark = pytest.mark.usefixtures("committed")  # a transaction sees what it has written itself
# Rows of these are made by parts of Callbox alone (the door, or a package whose pages nobody reaches).
WITHOUT_OWN = {row.table for row in protected() if row.shape == "part"}


def visible(row: Row) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM {row.table} WHERE "{row.column}" = %s', [row.value])
        return bool(cursor.fetchone()[0])


def seen(sight: Sight, rows: Iterable[Row]) -> list[bool]:
    with seeing(sight):
        return [visible(row) for row in rows]


@pytest.fixture
def sides(committed: None) -> tuple[Side, Side]:
    return side("1"), side("2")


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_its_own_rows_and_of_others_what_the_policy_says(
    role: str, sides: tuple[Side, Side]
) -> None:
    mine, other = sides
    who = mine.crew if role == "crew" else person(f"one {role}", role)
    reference, me = Reference(POLICY_FILE), f"person:{who.pk}"
    reference.give(me, 1, role, [f"unit:{mine.unit}"] if role == "crew" else [])
    rows = [*mine.rows, *other.rows]
    expected = [row.person == me or reference.may(me, row.action, row.scope) for row in rows]
    assert [*map(visible, rows)] == [True] * len(rows), "as a part of Callbox all are there"
    assert dict(zip(rows, seen(sight_of(actor_of(who, AT)), rows), strict=True)) == dict(
        zip(rows, expected, strict=True)
    )
    if role == "crew":
        assert {row.table for row, may in zip(mine.rows, expected, strict=False) if may}
        assert not all(expected[len(mine.rows) :])


def test_every_protected_table_has_such_rows(sides: tuple[Side, Side]) -> None:
    assert {row.table for row in sides[0].rows} >= {row.table for row in protected()} - WITHOUT_OWN


def test_without_a_setting_nothing_is_there(sides: tuple[Side, Side]) -> None:
    rows = [*sides[0].rows, *sides[1].rows]
    assert not any(seen(Sight(), rows))
    with psycopg.connect(os.environ["DATABASE_URL"]) as link:
        for row in protected():
            assert link.execute(f"SELECT count(*) FROM {row.table}".encode()).fetchone() == (0,), row.table


def test_the_owner_is_held_too_and_the_application_is_neither_owner_nor_superuser() -> None:
    facts = "SELECT relname, relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner) FROM pg_class"
    with psycopg.connect(os.environ["DATABASE_URL"]) as link:
        rows = {name: more for name, *more in link.execute(facts.encode()).fetchall()}
        role = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        assert link.execute(role.encode()).fetchone() == (False,)
    for row in protected():
        enabled, forced, owner = rows[row.table]
        assert (enabled, forced) == (True, True), row.table
        assert owner != APP
    with psycopg.connect(with_part(os.environ["CALLBOX_OWNER_URL"], "")) as link:
        assert link.execute("SELECT count(*) FROM access_person").fetchone() == (0,)


def test_every_table_is_protected_or_listed_with_the_reason() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        )
        tables = {name for (name,) in cursor.fetchall()}
    ours = {row.table for row in protected()}
    assert tables - ours - set(open_tables()) == set(), (
        "access/data: rows.tsv, or open_tables.tsv with a reason"
    )
    assert not ours & set(open_tables())
    assert ours <= tables, "a table that is not there"
    assert is_protected(os.environ["CALLBOX_OWNER_URL"])


def test_a_sight_tells_every_action_that_a_rule_asks_for() -> None:
    asked = {row.action for row in protected() if row.shape not in (KIND, "linked", "part")}
    assert all(action.endswith(READING) for action in asked)


def test_the_door_takes_a_contact_whatever_its_connection_may_see() -> None:
    new = "INSERT INTO door_contact ({}) VALUES ({}) ON CONFLICT (id) DO NOTHING RETURNING id"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, udt_name FROM information_schema.columns WHERE table_name = 'door_contact'"
            " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'"
        )
        needed = dict(cursor.fetchall())
    made = {"uuid": "gen_random_uuid()", "timestamptz": "now()", "bytea": "'x'::bytea", "text": "'database'"}
    text = new.format(", ".join(needed), ", ".join(made[kind] for kind in needed.values()))
    with psycopg.connect(os.environ["DATABASE_URL"]) as link:
        assert isinstance(link.execute(text.encode()).fetchone()[0], UUID)  # type: ignore[index]  # one row
        link.rollback()
