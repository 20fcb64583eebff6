# SPDX-License-Identifier: Apache-2.0
"""Bringing a database's row-level security in step with the policy table. Its owner does; Django is not needed."""

import psycopg
from psycopg import sql

from callbox.access.rows import fingerprint, statements

KEPT_ON = "matters_matter"


def is_protected(link: psycopg.Connection) -> bool:
    """Whether this database has the rules that this program has."""
    kept = link.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [KEPT_ON]).fetchone()
    return kept == (_mark(),)


def protect(owner_dsn: str) -> None:
    """Make the rules; safe to repeat. Tables that are not there yet get theirs when they are."""
    with psycopg.connect(owner_dsn) as link:
        there = {name for (name,) in link.execute(TABLES).fetchall()}
        for table, statement in statements():
            if table in there:
                link.execute(statement.encode())
        if KEPT_ON in there:
            link.execute(
                sql.SQL("COMMENT ON TABLE {} IS {}").format(sql.Identifier(KEPT_ON), sql.Literal(_mark()))
            )


TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"


def _mark() -> str:
    return f"row-level security {fingerprint()}"
