# SPDX-License-Identifier: Apache-2.0
"""How the rows of a statement are found: by an index, by their order, or one after the other."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from callbox.drills.sim.sql_statements import Select, Source
from callbox.drills.sim.sql_values import At, Value, value_of
from callbox.drills.sim.sql_words import Node
from callbox.drills.sim.tables import Row, Table, Tables


def conditions(node: Node | None) -> list[Node]:
    """The parts of a condition that must all hold."""
    if node is None:
        return []
    return [part for each in node[1:] for part in conditions(each)] if node[0] == "and" else [node]


Access = Callable[[At], Iterable[Row]]


def access_to(table: Table, alias: str, wanted: list[Node], scope: dict[str, Any], known: set[str]) -> Access:
    """The cheapest way to the rows that may fulfil the conditions."""
    for node in wanted:
        way = _by_index(table, alias, node, scope, known)
        if way is not None:
            return way
    if table.is_ordered:
        return _by_order(table, alias, wanted, scope, known)
    return lambda at: tuple(table.rows)


def _by_index(table: Table, alias: str, node: Node, scope: dict[str, Any], known: set[str]) -> Access | None:
    if node[0] == "null" and not node[2]:
        unset = _column_of(node[1], alias, table)
        return (lambda at: table.found(unset, (None,))) if unset in table.buckets else None
    sides = {"compare": node[2:4], "any": node[2:4], "in": node[1:3]}.get(node[0], ())
    if not sides or (node[0] in ("compare", "any") and node[1] != "="):
        return None
    for column, other in (sides, sides[::-1]):
        name = _column_of(column, alias, table)
        if name is None or name not in table.buckets:
            continue
        if node[0] == "in":
            values = [value_of(each, scope) for each in other]
            return lambda at: table.found(name, [value(at) for value in values])
        if not _needs(other, scope) <= known:
            continue
        value = value_of(other, scope)
        if node[0] == "any":
            return lambda at: table.found(name, value(at))
        return lambda at: table.found(name, (value(at),))
    return None


def _column_of(node: Any, alias: str, table: Table) -> str | None:
    if isinstance(node, tuple) and node and node[0] == "column" and node[1] in ("", alias):
        return str(node[2]) if node[2] in table.columns else None
    return None


def _needs(node: Any, scope: dict[str, Any]) -> set[str]:
    if not isinstance(node, tuple):
        return set()
    if node and node[0] == "column":
        return {node[1] or next((each for each, columns in scope.items() if node[2] in columns), "?")}
    return {need for each in node for need in _needs(each, scope)}


def _by_order(table: Table, alias: str, wanted: list[Node], scope: dict[str, Any], known: set[str]) -> Access:
    begin: Value = lambda at: (-1, -1)  # noqa: E731 - replaced below
    for node in wanted:
        if (
            node[0] == "compare"
            and node[1] == ">"
            and node[2][0] == "row"
            and _needs(node[3], scope) <= known
        ):
            names = [_column_of(each, alias, table) for each in node[2][1:]]
            if names == ["xid", "seq"]:
                begin = value_of(node[3], scope)

    def rows(at: At) -> Iterator[Row]:
        start = bisect_right(table.order, begin(at), key=lambda each: each[:2])
        return (each[3] for each in table.order[start:])

    return rows


@dataclass
class Step:
    """One table of a FROM."""

    table: Table
    alias: str
    access: Access
    on: Value | None
    outer: bool
    outer_keep: Value | None = None


def steps_of(select: Select, tables: Tables, scope: dict[str, Any]) -> list[Step]:
    """The tables of a FROM, in order; `scope` learns their columns."""
    steps, known = [], set(scope)
    for source in select.sources:
        scope[source.alias] = tables.tables[source.table].columns
    wanted = conditions(select.where)
    for source in select.sources:
        steps.append(_step(source, tables, wanted, scope, known))
        known.add(source.alias)
    return steps


def _step(source: Source, tables: Tables, wanted: list[Node], scope: dict[str, Any], known: set[str]) -> Step:
    table = tables.tables[source.table]
    on = value_of(source.on, scope) if source.on else None
    access = access_to(table, source.alias, [*conditions(source.on), *wanted], scope, known)
    return Step(table, source.alias, access, on, source.outer)


def matches(steps: list[Step], where: Value | None, at: At, number: int = 0) -> Iterator[None]:
    """Once for each combination of rows, bound in `at` while it is the current one."""
    if number == len(steps):
        if where is None or where(at):
            yield None
        return
    step, any_found, is_last = steps[number], False, number == len(steps) - 1
    for _ in _rows_of(step, at):
        any_found = True
        if not is_last:
            yield from matches(steps, where, at, number + 1)
        elif where is None or where(at):
            yield None
    if step.outer and not any_found:
        at.rows[step.alias] = dict.fromkeys(step.table.columns)
        at.found.pop(step.alias, None)
        yield from matches(steps, where, at, number + 1)


def _rows_of(step: Step, at: At) -> Iterator[None]:
    """Once for each row of one table that is there and joins, bound in `at`."""
    alias, on, tx = step.alias, step.on, at.tx
    for row in step.access(at):
        values = row.pending if row.writer is tx and row.pending is not None else row.committed
        if values is None:
            continue
        at.rows[alias], at.found[alias] = values, row
        if on is None or on(at):
            yield None
