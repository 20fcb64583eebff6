# SPDX-License-Identifier: Apache-2.0
"""Tables changed by hand, with the triggers on or off, are found; what actions change is not."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.db import connection, transaction
from tests import world
from tests.world import AT

from callbox.host.provision import with_part
from callbox.journal import actions, queries
from callbox.journal.watched import watched

pytestmark = pytest.mark.usefixtures("committed")

BY_HAND = [
    ("matters_matter", "UPDATE matters_matter SET state = 'closed', final = true WHERE kind = 'incident'"),
    ("matters_clock", "UPDATE matters_clock SET due_at = due_at + interval '1 hour'"),
    ("incidents_incident", "UPDATE incidents_incident SET priority = 5"),
    ("incidents_place", "UPDATE incidents_place SET lon = lon + 0.0000001"),
    ("access_agency", "DELETE FROM access_agency WHERE NOT EXISTS (SELECT FROM dispatch_unit)"),
    ("dispatch_unit", "UPDATE dispatch_unit SET capabilities = capabilities || 'als'::text"),
    (
        "access_agency",
        "INSERT INTO access_agency SELECT gen_random_uuid(), 'x', name_en, name_zh, kind, active FROM access_agency",
    ),
]


@pytest.fixture
def scene() -> None:
    world.incident()
    world.unit("E1")
    actions.seal_entries(at=AT)


def by_hand(table: str, statement: str, *, silent: bool) -> None:
    with psycopg.connect(os.environ["CALLBOX_OWNER_URL"], autocommit=True) as link:
        if silent:
            link.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        try:
            link.execute(statement)
        finally:
            link.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.parametrize("silent", [True, False])
@pytest.mark.parametrize(("table", "statement"), BY_HAND)
def test_a_change_by_hand_is_found(scene: None, table: str, statement: str, silent: bool) -> None:
    assert queries.verify().problem == ""
    if statement.startswith("DELETE"):
        statement = "DELETE FROM incidents_place"
        table = "incidents_place"
    by_hand(table, statement, silent=silent)
    problem = queries.verify().problem
    assert problem.startswith(f"row: {table} ")
    assert problem.endswith("is not as it was written" if silent else "no journal entry says why")


def test_a_digest_that_was_changed_is_found_also_an_old_one(scene: None) -> None:
    first = "seq = (SELECT min(seq) FROM journal_row WHERE place = 'matters_matter')"
    by_hand("journal_row", f"UPDATE journal_row SET digest = sha256('x') WHERE {first}", silent=True)
    assert queries.verify().problem.startswith("seal:")


def test_an_entry_that_changed_its_place_in_the_order_is_found(scene: None) -> None:
    by_hand(
        "journal_entry",
        "UPDATE journal_entry SET seq = seq + 100000 WHERE seq = (SELECT min(seq) FROM journal_entry)",
        silent=True,
    )
    assert queries.verify().problem.startswith("seal:")


def test_a_change_of_nothing_is_not_noted(scene: None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE matters_matter SET state = state")
        cursor.execute("SELECT count(*) FROM journal_row WHERE xid = pg_current_xact_id()")
        assert cursor.fetchone() == (0,)
    assert queries.verify().ok


def test_every_session_spells_a_row_alike(scene: None) -> None:
    with psycopg.connect(os.environ["CALLBOX_OWNER_URL"]) as link:
        link.execute("SET timezone = 'Asia/Shanghai'; SET datestyle = 'German'; SET bytea_output = 'escape'")
        link.execute("UPDATE matters_matter SET changed_at = changed_at + interval '1 s'")
    problem = queries.verify().problem
    assert problem.endswith("no journal entry says why")  # and not: it is not as it was written


def test_seals_from_before_rows_were_noted_still_verify(scene: None) -> None:
    with psycopg.connect(os.environ["CALLBOX_OWNER_URL"], autocommit=True) as link:
        link.execute("ALTER TABLE journal_seal DISABLE TRIGGER USER")
        link.execute("DELETE FROM journal_seal")
        link.execute("ALTER TABLE journal_seal ENABLE TRIGGER USER")
    old = actions.FORM
    try:
        actions.FORM = 1
        assert actions.seal_entries(at=AT) > 0
    finally:
        actions.FORM = old
    assert queries.verify().ok


def test_every_watched_table_is_there_and_has_its_triggers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'watched_update'")
        assert {name for (name,) in cursor.fetchall()} == {table.table for table in watched()}


def test_a_second_upgrade_notes_nothing_and_a_changed_table_is_noted_with_an_entry(scene: None) -> None:
    def upgrade() -> None:
        owner = with_part(os.environ["CALLBOX_OWNER_URL"], "system")
        environment = {**os.environ, "DATABASE_URL": owner}
        subprocess.run(
            [sys.executable, "-m", "callbox.commands._migrating", "expand"], env=environment, check=True
        )

    before = queries.verify().entries
    upgrade()
    assert queries.verify().entries == before
    with psycopg.connect(os.environ["CALLBOX_OWNER_URL"], autocommit=True) as link:
        link.execute("ALTER TABLE access_agency ADD COLUMN made_up integer DEFAULT 1")
        try:
            assert not queries.verify().ok
            upgrade()
            verdict = queries.verify()
            assert (verdict.ok, verdict.entries) == (True, before + 1)
        finally:
            link.execute("ALTER TABLE access_agency DROP COLUMN made_up")
            link.execute("COMMENT ON TRIGGER watched_update ON access_agency IS NULL")
    upgrade()
