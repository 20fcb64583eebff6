# SPDX-License-Identifier: Apache-2.0
"""What each role may do, seen from that role."""

import asyncio

import asyncpg
import psycopg
import pytest
from psycopg import errors

from callbox.host.cluster import Cluster
from callbox.host.provision import Urls, grant_app, provision

TABLES = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'append only'; END $$;
CREATE TABLE entry (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n int);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TABLE plain (id serial PRIMARY KEY, n int);
"""


@pytest.fixture(scope="module")
def tables(urls: Urls) -> Urls:
    with psycopg.connect(urls.owner) as link:
        link.execute(TABLES)
    grant_app(urls.owner)
    return urls


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO entry (n) VALUES (1)",
        "SELECT * FROM entry",
        "INSERT INTO plain (n) VALUES (1)",
        "UPDATE plain SET n = 2",
        "DELETE FROM plain",
    ],
)
def test_the_application_may(tables: Urls, text: str) -> None:
    with psycopg.connect(tables.app) as link:
        link.execute(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "UPDATE entry SET n = 2",
        "DELETE FROM entry",
        "TRUNCATE entry",
        "TRUNCATE plain",
        "ALTER TABLE entry DISABLE TRIGGER append_only",
        "DROP TABLE entry",
        "CREATE TABLE other (n int)",
        "CREATE ROLE other",
        "SET ROLE callbox_owner",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY plain TO PROGRAM 'cat'",
    ],
)
def test_the_application_may_not(tables: Urls, text: str) -> None:
    with psycopg.connect(tables.app) as link, pytest.raises(errors.InsufficientPrivilege):
        link.execute(text.encode())


def test_a_table_that_became_append_only_loses_its_rights_at_the_next_grant(tables: Urls) -> None:
    with psycopg.connect(tables.owner) as link:
        link.execute("CREATE TABLE late (n int)")
    grant_app(tables.owner)
    with psycopg.connect(tables.owner) as link:
        link.execute("CREATE TRIGGER append_only BEFORE UPDATE ON late EXECUTE FUNCTION refuse_change()")
    grant_app(tables.owner)
    with psycopg.connect(tables.app) as link, pytest.raises(errors.InsufficientPrivilege):
        link.execute("UPDATE late SET n = 2")


def test_the_owner_is_no_superuser_and_owns_the_database(tables: Urls) -> None:
    with psycopg.connect(tables.owner) as link:
        row = link.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        )
        assert row.fetchone() == (False, False, False)
        link.execute("CREATE TABLE by_owner (n int)")


def test_provisioning_again_changes_nothing(shared: Cluster, tables: Urls) -> None:
    assert provision(shared) == tables


def test_asyncpg_reads_the_same_url(tables: Urls) -> None:
    async def ask() -> object:
        link = await asyncpg.connect(tables.app)
        try:
            return await link.fetchval("SELECT current_user::text")
        finally:
            await link.close()

    assert asyncio.run(ask()) == "callbox_app"


def test_no_statement_or_row_reaches_the_log(shared: Cluster, tables: Urls) -> None:
    with psycopg.connect(tables.owner) as link:
        link.execute("CREATE TABLE telephone (number text PRIMARY KEY)")
        link.execute("INSERT INTO telephone VALUES ('13800000000')")
        with pytest.raises(errors.UniqueViolation):
            link.execute("INSERT INTO telephone VALUES ('13800000000')")
    text = "".join(path.read_text() for path in shared.layout.log.glob("*.log"))
    assert "duplicate key" in text
    assert "13800000000" not in text
