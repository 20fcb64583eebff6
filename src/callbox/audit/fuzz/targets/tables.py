# SPDX-License-Identifier: Apache-2.0
"""Data files that a city tunes."""

from datetime import date

from callbox.audit.fuzz.targets._inputs import text_of
from callbox.kernel.tables import TableError, parse_table

REFUSALS: tuple[type[BaseException], ...] = (TableError,)
SEEDS = (b"\xed", b"a\tvalid_from\n5\t2026-01-31\n", b"a\n" + b"9" * 5000, b"a\tb\n1\n", b"a\n\xc2\xb2\n")


def feed(data: bytes) -> None:
    """Every row is read as numbers, words and dates."""
    for row in parse_table(text_of(data), "table.tsv"):
        column = next(iter(row.cells))
        row.several(column)
        if "valid_from" in row.cells:
            row.in_force(date(2026, 1, 31))
        row.whole(column, 0, 1_000)
