# SPDX-License-Identifier: Apache-2.0
"""Tables in memory with transactions as PostgreSQL has them at READ COMMITTED: row locks, snapshots, unique keys."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from callbox.drills.sim.schedule import Signal

Values = dict[str, Any]
ORDER = ("xid", "seq")


class Row:
    """One row: what is committed (None: nothing), what its writer has made of it, who holds it."""

    __slots__ = ("committed", "number", "pending", "sharers", "writer")

    def __init__(self, number: int) -> None:
        self.number = number
        self.committed: Values | None = None
        self.pending: Values | None = None
        self.writer: Tx | None = None
        self.sharers: dict[Tx, None] = {}

    def seen_by(self, tx: "Tx | None") -> Values | None:
        """The row as this transaction sees it."""
        if tx is not None and self.writer is tx and self.pending is not None:
            return self.pending
        return self.committed


class Tx:
    """One transaction. xid is None until it writes."""

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self.number = number
        self.xid: int | None = None
        self.held: dict[Row, Table] = {}
        self.shared: dict[Row, None] = {}
        self.undo: list[tuple[Row, Values | None]] = []
        self.savepoints: dict[str, int] = {}
        self.failed = False
        self.ended = Signal()
        self.waits_for: Tx | None = None
        self.notes: list[str] = []


class MustWait(Exception):  # noqa: N818 - no fault
    """Another transaction has to end first; then the statement is tried anew."""

    def __init__(self, tx: Tx) -> None:
        super().__init__(tx.name)
        self.tx = tx


class Violation(Exception):  # noqa: N818 - the server's answer
    """A constraint says no."""


@dataclass(frozen=True)
class Unique:
    """No two rows of the condition have the same values in these columns."""

    name: str
    columns: tuple[str, ...]
    holds: Callable[[Values], bool] = lambda values: True


@dataclass
class Table:
    """One table. defaults: column -> what makes its value; ids: columns that hold a transaction's number."""

    name: str
    columns: tuple[str, ...]
    defaults: dict[str, Callable[[Tx], Any]] = field(default_factory=dict)
    ids: frozenset[str] = frozenset()
    uniques: tuple[Unique, ...] = ()
    checks: dict[str, Callable[[Values], bool]] = field(default_factory=dict)
    indexed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.rows: dict[Row, None] = {}
        self.buckets: dict[str, dict[Any, dict[Row, None]]] = {name: {} for name in self.indexed}
        self.is_ordered = set(ORDER) <= set(self.columns) and self.name in ("journal_entry", "door_contact")
        self.order: list[tuple[int, int, int, Row]] = []
        self._count = 0

    def fresh(self) -> Row:
        """A row that nobody sees yet."""
        self._count += 1
        row = Row(self._count)
        self.rows[row] = None
        return row

    def enter(self, row: Row, values: Values, *, new: bool = False) -> None:
        """Make it findable by these values."""
        for name, bucket in self.buckets.items():
            bucket.setdefault(_key(values[name]), {})[row] = None
        if new and self.is_ordered:
            insort(self.order, (values["xid"], values["seq"], row.number, row), key=lambda each: each[:3])

    def forget(self, row: Row, values: Values, kept: Values | None) -> None:
        """It is no longer findable by the values that it does not keep."""
        for name, bucket in self.buckets.items():
            if kept is None or kept[name] != values[name]:
                bucket.get(_key(values[name]), {}).pop(row, None)
        if kept is None:
            self.rows.pop(row, None)
            if self.is_ordered:
                at = bisect_left(
                    self.order, (values["xid"], values["seq"], row.number), key=lambda each: each[:3]
                )
                if at < len(self.order) and self.order[at][3] is row:
                    del self.order[at]

    def found(self, column: str, wanted: Iterable[Any]) -> list[Row]:
        """The rows that have, or had a moment ago, one of these values."""
        bucket = self.buckets[column]
        return [row for value in wanted for row in bucket.get(_key(value), ())]

    def committed(self) -> Iterator[Values]:
        """What everybody sees."""
        return (row.committed for row in self.rows if row.committed is not None)


class Tables:
    """All tables, and the transactions at work."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self.tables = {table.name: table for table in tables}
        self.active: dict[Tx, None] = {}
        self.next_xid = 1_000
        self.sequences: dict[str, int] = {}
        self.changes = 0  # grows whenever a read of what is committed could find something else than before
        self._number = 0

    def begin(self, name: str) -> Tx:
        """A new transaction."""
        self._number += 1
        tx = Tx(name, self._number)
        self.active[tx] = None
        return tx

    def xid_of(self, tx: Tx) -> int:
        """The transaction's number, given out at its first write."""
        if tx.xid is None:
            tx.xid, self.next_xid = self.next_xid, self.next_xid + 1
            self.changes += 1
        return tx.xid

    def horizon(self) -> int:
        """The lowest number that is still at work: all below are settled."""
        return min((tx.xid for tx in self.active if tx.xid is not None), default=self.next_xid)

    def next_number(self, name: str) -> int:
        """The next of a sequence; never given back."""
        self.sequences[name] = self.sequences.get(name, 0) + 1
        return self.sequences[name]

    def hold(self, table: Table, row: Row, tx: Tx) -> None:
        """Take the row for writing. Raises MustWait."""
        if row.writer is not None and row.writer is not tx:
            raise MustWait(row.writer)
        for other in row.sharers:
            if other is not tx:
                raise MustWait(other)
        if row.writer is None:
            row.writer = tx
            tx.held[row] = table

    def share(self, row: Row, tx: Tx) -> None:
        """Hold the row so that nobody writes it. Raises MustWait."""
        if row.writer is not None and row.writer is not tx:
            raise MustWait(row.writer)
        row.sharers[tx] = None
        tx.shared[row] = None

    def write(self, table: Table, row: Row, values: Values, tx: Tx, *, new: bool = False) -> None:
        """Give the row new values within the transaction. Raises MustWait, Violation."""
        self.xid_of(tx)
        for name, holds in table.checks.items():
            if not holds(values):
                raise Violation(name)
        for unique in table.uniques:
            self._check_unique(table, row, values, unique, tx)
        self.hold(table, row, tx)
        tx.undo.append((row, row.pending))
        row.pending = values
        table.enter(row, values, new=new)

    def _check_unique(self, table: Table, row: Row, values: Values, unique: Unique, tx: Tx) -> None:
        other = self.taken(table, unique, values, tx, but=row)
        if other is not None:
            raise Violation(unique.name)

    def taken(
        self, table: Table, unique: Unique, values: Values, tx: Tx, but: Row | None = None
    ) -> Row | None:
        """The row that has this key already. Raises MustWait when that is not settled yet."""
        key = [values[name] for name in unique.columns]
        if not unique.holds(values) or None in key:
            return None
        for row in table.found(unique.columns[0], (key[0],)):
            if row is but:
                continue
            pending = row.pending if row.writer is not None else None
            if row.writer is not None and row.writer is not tx and pending is not None:
                if any(_has(unique, key, version) for version in (pending, row.committed)):
                    raise MustWait(row.writer)
            elif _has(unique, key, row.seen_by(tx)):
                return row
        return None

    def roll_back(self, tx: Tx, to: int = 0) -> None:
        """Undo what was written since a mark of `undo`."""
        while len(tx.undo) > to:
            row, before = tx.undo.pop()
            table = tx.held[row]
            after, row.pending = row.pending, before
            if after is not None and (before is None or before is not after):
                self._drop(table, row, after)

    def _drop(self, table: Table, row: Row, values: Values) -> None:
        kept = row.pending or row.committed
        if kept is None or row.pending is None or row.committed is None:
            table.forget(row, values, kept)

    def end(self, tx: Tx, *, commit: bool) -> list[tuple[Table, Row, Values | None]]:
        """The transaction is over; what each row was before, when committed."""
        changed: list[tuple[Table, Row, Values | None]] = []
        if tx.xid is not None:
            self.changes += 1
        if not commit:
            self.roll_back(tx)
        for row, table in tx.held.items():
            if row.pending is not None:
                changed.append((table, row, row.committed))
                was, row.committed, row.pending = row.committed, row.pending, None
                if was is not None:
                    table.forget(row, was, row.committed)
            row.writer = None
        for row in tx.shared:
            row.sharers.pop(tx, None)
        tx.held.clear()
        self.active.pop(tx, None)
        return changed

    def unmake(self, changed: list[tuple[Table, Row, Values | None]]) -> None:
        """A commit that never reached the disk, and nobody may remember."""
        self.changes += 1
        for table, row, before in reversed(changed):
            after, row.committed = row.committed, before
            if after is not None:
                table.forget(row, after, before)
            if before is not None:
                table.enter(row, before)


def _key(value: Any) -> Any:
    """A value as an index keeps it: the hash of a UUID takes a call of Python's."""
    return value.int if type(value) is UUID else value


def _has(unique: Unique, key: list[Any], values: Values | None) -> bool:
    return values is not None and unique.holds(values) and [values[name] for name in unique.columns] == key
