# SPDX-License-Identifier: Apache-2.0
"""Which tables the journal watches, and the SQL of it. Part of the domain: pure.

A watched table has triggers. Each change of a row leaves the row's digest in `journal_row`, in the
transaction of the change; seals cover those digests. Verifying asks whether each row still says what its last
digest says, and whether each change stands in a transaction that wrote a journal entry.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from callbox.kernel.tables import read_table

CHANGE, ADDED, TAKEN = "change", "added", "taken"
# One spelling of a row, whatever the session has set; the trigger's function says the same of itself.
ONE_SPELLING = (
    "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL bytea_output = 'hex';"
    " SET LOCAL extra_float_digits = 1"
)


@dataclass(frozen=True, slots=True)
class Watched:
    """One watched table.

    key: the column that names a row. entry: `change`, each change stands beside a journal entry; `added`, a row
    may come without one, but changes only with one; `taken`, a row comes unwatched and is noted by `note_taken`,
    beside an entry. left_out: columns that say nothing about a matter.
    """

    table: str
    key: str
    entry: str
    left_out: tuple[str, ...]

    @property
    def left_out_sql(self) -> str:
        """The columns left out, as an array of PostgreSQL."""
        return "'{" + ",".join(self.left_out) + "}'::text[]"

    def live(self, where: str = "true") -> str:
        """A query of the key and digest of rows `r` as they stand; needs ONE_SPELLING."""
        return (
            f"SELECT j ->> '{self.key}' AS key, sha256(convert_to((j - {self.left_out_sql})::text, 'UTF8')) AS digest"
            f" FROM (SELECT to_jsonb(r) AS j FROM {self.table} r WHERE {where}) said"
        )


@cache
def watched() -> tuple[Watched, ...]:
    """All watched tables. Raises TableError for a line that cannot be meant."""
    return tuple(
        Watched(
            row.need("table"),
            row.need("key"),
            row.one_of("entry", (CHANGE, ADDED, TAKEN)),
            row.several("left_out"),
        )
        for row in read_table("callbox.journal", "watched.tsv")
    )


def fingerprint(columns: Sequence[str], table: Watched) -> str:
    """What a table's digests depend on: its columns and those left out."""
    said = repr((sorted(columns), table.key, table.entry, table.left_out))
    return hashlib.sha256(said.encode()).hexdigest()


def triggers(table: Watched) -> list[str]:
    """The statements that make a table watched, whatever it had before."""
    arguments = f"'{table.key}', '{{{','.join(table.left_out)}}}'"
    seen = {
        "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "delete": "OLD TABLE AS old_rows",
    }
    if table.entry != TAKEN:
        seen["insert"] = "NEW TABLE AS new_rows"
    return [
        f"CREATE OR REPLACE TRIGGER watched_{name} AFTER {name.upper()} ON {table.table}"
        f" REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION journal_note_rows({arguments})"
        for name, rows in seen.items()
    ]
