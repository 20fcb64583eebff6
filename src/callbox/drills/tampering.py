# SPDX-License-Identifier: Apache-2.0
"""`python -m callbox.drills.tampering SEED TIMES`: history is made, then changed by hand, once at a time.

Runs as the owner of the tables, with the triggers off or on as chance will have it. Each change is made in a
transaction of its own, looked for by verifying, and taken back.
"""

import json
import os
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

JOURNAL = ("journal_entry", "journal_chain", "journal_seal", "journal_row")
# What a column of this type says instead; `c` stands for the column.
OTHERWISE = {
    "text": "coalesce({c}, '') || 'x'",
    "character varying": "coalesce({c}, '') || 'x'",
    "bigint": "coalesce({c}, 0) + 1",
    "integer": "coalesce({c}, 0) + 1",
    "smallint": "coalesce({c}, 0) + 1",
    "boolean": "NOT coalesce({c}, false)",
    "uuid": "gen_random_uuid()",
    "timestamp with time zone": "coalesce({c}, now()) + interval '1 second'",
    "double precision": "coalesce({c}, 0) + 0.0001",
    "bytea": "coalesce({c}, '') || '\\x00'",
    "jsonb": "coalesce({c}, '{{}}') || '{{\"x\": 1}}'",
    "text[]": "coalesce({c}, '{{}}') || ARRAY['x']",
    "xid8": "({c}::text::bigint + 1)::text::xid8",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change by hand."""

    table: str
    what: str
    statement: str
    silent: bool  # with the table's triggers off

    def __str__(self) -> str:
        return f"{self.what}{' with the triggers off' if self.silent else ''}: {self.statement}"


class Hand:
    """Makes random changes of one row each."""

    def __init__(self, dice: random.Random, columns: dict[str, dict[str, str]], added: Sequence[str]) -> None:
        self._dice = dice
        self._columns = columns
        self._added = added

    def change(self) -> Change:
        """A change of a random row of a random table."""
        table = self._dice.choice(sorted(self._columns))
        columns = self._columns[table]
        row = f"ctid = (SELECT ctid FROM {table} ORDER BY md5(ctid::text || '{self._dice.random()}') LIMIT 1)"
        what = self._dice.choices(["update", "delete", "insert"], [8, 2, 1])[0]
        if what == "insert" and table in (*JOURNAL, *self._added):
            what = (
                "update"  # one more in the journal is a link; who reads or contacts us leaves no other trace
            )
        silent = table in JOURNAL or self._dice.random() < 0.5
        if what == "delete":
            return Change(table, what, f"DELETE FROM {table} WHERE {row}", silent)
        if what == "insert":
            return Change(table, what, self._copy(table, columns, row), silent)
        name = self._dice.choice(sorted(columns))
        value = OTHERWISE[columns[name]].format(c=f'"{name}"')
        return Change(table, what, f'UPDATE {table} SET "{name}" = {value} WHERE {row}', silent)

    def _copy(self, table: str, columns: dict[str, str], row: str) -> str:
        names = ", ".join(f'"{name}"' for name in sorted(columns))
        values = ", ".join(
            OTHERWISE[kind].format(c=f'"{name}"') if kind in ("uuid", "text", "bigint") else f'"{name}"'
            for name, kind in sorted(columns.items())
        )
        return f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE {row}"


def tamper(seed: int, times: int) -> dict[str, object]:
    """Make so many changes; which were not found. What the tables' own constraints refuse is not counted."""
    from django.db import DatabaseError, transaction

    from callbox.journal.watched import CHANGE, watched

    added = [table.table for table in watched() if table.entry != CHANGE]
    hand = Hand(random.Random(seed), _columns(), added)  # noqa: S311 - a drill is repeated by its seed
    told = _told()
    missed: list[str] = []
    made: Counter[str] = Counter()
    refused = 0
    while made.total() < times and refused < times * 10:
        change = hand.change()
        try:
            with transaction.atomic():
                _make(change)
                found = _is_found(told)
                transaction.set_rollback(True)
        except DatabaseError:
            refused += 1
            continue
        made[change.table] += 1
        if not found:
            missed.append(str(change))
    return {"changes": made.total(), "missed": missed, "tables": len(made), "refused": refused}


def _columns() -> dict[str, dict[str, str]]:
    """The columns of each table that may be changed: all that has a say in anything."""
    from django.db import connection

    from callbox.journal.watched import watched

    left_out = {table.table: table.left_out for table in watched()} | dict.fromkeys(JOURNAL, ())
    found: dict[str, dict[str, str]] = {}
    with connection.cursor() as cursor:
        for table, without in left_out.items():
            cursor.execute(
                "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
                [table],
            )
            columns = {name: kind for name, kind in cursor.fetchall() if name not in without}
            cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
            if cursor.fetchone() == (True,):
                found[table] = columns
    return found


def _make(change: Change) -> None:
    from django.db import DatabaseError, connection

    with connection.cursor() as cursor:
        if change.silent:
            cursor.execute(f"ALTER TABLE {change.table} DISABLE TRIGGER USER")
        cursor.execute(change.statement.replace("%", "%%"))
        if cursor.rowcount != 1:
            raise DatabaseError("nothing was changed")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _told() -> list[str]:
    """Every seal as a witness outside was told of it."""
    from django.db import connection

    from callbox.journal.outside import line_of

    with connection.cursor() as cursor:
        cursor.execute("SELECT number, hash, at FROM journal_seal ORDER BY number")
        return [line_of(number, bytes(digest), at) for number, digest, at in cursor.fetchall()]


def _is_found(told: list[str]) -> bool:
    from callbox.journal.outside import disagreement
    from callbox.journal.queries import verify_here

    return not verify_here().ok or bool(disagreement(told))


def main() -> None:
    """Fill the database, tamper with it and print what came of it."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callbox.settings")
    django.setup()
    from callbox.access.seeing import work_as_system
    from callbox.drills.history import make_history
    from callbox.journal.queries import verify

    work_as_system()
    make_history()
    verdict: Any = verify()
    said = tamper(int(sys.argv[1]), int(sys.argv[2]))
    honest = {"entries": verdict.entries, "seals": verdict.seals, "problem": verdict.problem}
    sys.stdout.write(json.dumps(said | honest) + "\n")


if __name__ == "__main__":
    main()
