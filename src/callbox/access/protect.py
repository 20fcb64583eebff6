# SPDX-License-Identifier: Apache-2.0
"""Bringing a database's row-level security in step with the policy table. Its owner does; Django is not needed."""

import psycopg
from psycopg import sql

from callbox.access.rows import fingerprint, statements

KEPT_ON = "matters_matter"  # the fingerprint of the rules in force is this table's comment
MARK = "row-level security "
TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
KEPT = "SELECT obj_description(to_regclass(%s), 'pg_class')"


def is_protected(owner_dsn: str) -> bool:
    """Whether this database has the rules that this program has."""
    with psycopg.connect(owner_dsn) as link:
        return link.execute(KEPT, [KEPT_ON]).fetchone() == (MARK + fingerprint(),)


def is_from_before(owner_dsn: str) -> bool:
    """Whether a release made this database that knew no row-level security: its processes say not who asks."""
    with psycopg.connect(owner_dsn) as link:
        is_there = link.execute("SELECT to_regclass(%s) IS NOT NULL", [KEPT_ON]).fetchone()
        kept = link.execute(KEPT, [KEPT_ON]).fetchone()
    return is_there == (True,) and not (kept and (kept[0] or "").startswith(MARK))


def protect(owner_dsn: str) -> None:
    """Make the rules; safe to repeat. Tables that are not there yet get theirs when they are."""
    with psycopg.connect(owner_dsn) as link:
        there = {name for (name,) in link.execute(TABLES).fetchall()}
        for table, statement in statements():
            if table in there:
                link.execute(statement.encode())
        if KEPT_ON in there:
            said = sql.Literal(MARK + fingerprint())
            link.execute(sql.SQL("COMMENT ON TABLE {} IS {}").format(sql.Identifier(KEPT_ON), said))
