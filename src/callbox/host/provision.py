# SPDX-License-Identifier: Apache-2.0
"""Roles and rights in the database: who owns it, and what the application may do."""

from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from callbox.host.cluster import SUPERUSER, Cluster
from callbox.host.locks import alone

OWNER = "callbox_owner"
APP = "callbox_app"


@dataclass(frozen=True, slots=True)
class Urls:
    """How to reach the database: `owner` migrates, `app` is what every process works with."""

    owner: str
    app: str


def provision(cluster: Cluster, dbname: str = "callbox", *, may_create_databases: bool = False) -> Urls:
    """Make both roles and the database where they are missing; safe to repeat.

    may_create_databases: lets the owner make test databases.
    """
    with alone(cluster.layout.home / "provision.lock"):  # two starters would change one role at once
        _make(cluster, dbname, may_create_databases)
        urls = Urls(owner=cluster.dsn(OWNER, dbname), app=cluster.dsn(APP, dbname))
        grant_app(urls.owner)
    return urls


def with_part(dsn: str, part: str) -> str:
    """The address of a database for a part of Callbox: what row-level security shows it is told at connecting."""
    return make_conninfo(dsn, options=f"-c callbox.part={part}")


def _make(cluster: Cluster, dbname: str, may_create_databases: bool) -> None:
    words = cluster.passwords()
    with psycopg.connect(cluster.dsn(SUPERUSER, "postgres"), autocommit=True) as link:
        _role(link, OWNER, words[OWNER], sql.SQL("CREATEDB" if may_create_databases else "NOCREATEDB"))
        _role(link, APP, words[APP], sql.SQL("NOCREATEDB"))
        # Row-level security holds for the owner too. Whoever works as the owner is at the server itself, and says so.
        link.execute(sql.SQL("ALTER ROLE {} SET callbox.part = 'system'").format(sql.Identifier(OWNER)))
        if not link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [dbname]).fetchone():
            link.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(dbname), sql.Identifier(OWNER))
            )
        link.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(dbname)))
        link.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(dbname), sql.Identifier(APP))
        )


def _role(link: psycopg.Connection, name: str, word: str, more: sql.SQL) -> None:
    verb = (
        "ALTER" if link.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone() else "CREATE"
    )
    link.execute(
        sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS {} PASSWORD {}").format(
            sql.SQL(verb), sql.Identifier(name), more, sql.Literal(word)
        )
    )


GRANTS = """
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {app};
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {app};
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO {app};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO {app};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app};
"""

# A table made append-only by its trigger may be read and added to; TRUNCATE is given on none.
CHANGEABLE = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'append_only')
"""


def grant_app(owner_dsn: str, app_role: str = APP) -> None:
    """Give the application its rights on all tables there are now; call it after every migration.

    UPDATE and DELETE are left out on tables with a trigger named `append_only`.
    """
    app = sql.Identifier(app_role)
    with psycopg.connect(owner_dsn) as link:
        link.execute(sql.SQL(GRANTS).format(app=app))
        tables = [sql.Identifier(name) for (name,) in link.execute(CHANGEABLE).fetchall()]
        if tables:
            link.execute(sql.SQL("GRANT UPDATE, DELETE ON {} TO {}").format(sql.SQL(", ").join(tables), app))
