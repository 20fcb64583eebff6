# SPDX-License-Identifier: Apache-2.0
"""Statements as plans: how the rows are found, and what is done with them. A plan is made once for each text."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cmp_to_key
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from callbox.drills.sim.sql_finding import Step, access_to, conditions, matches, steps_of
from callbox.drills.sim.sql_statements import Insert, Select, Simple, Statement, Update, With
from callbox.drills.sim.sql_values import MAKERS, At, Scope, Value, place_of, value_of
from callbox.drills.sim.sql_words import Node, Unreadable
from callbox.drills.sim.tables import MustWait, Row, Table, Tables, Unique, Values, Violation

GROUPED = {"count": len, "min": min, "max": max}


@dataclass
class Answer:
    """What a statement answers: the names of the columns, the rows, how many were touched."""

    names: list[str] = field(default_factory=list)
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    count: int = 0


Plan = Callable[[At], Answer]


def plan_of(statement: Statement, tables: Tables) -> Plan:
    """How to run this statement."""
    if isinstance(statement, With):
        return _with(statement, tables)
    if isinstance(statement, Select):
        return _select(statement, tables)
    if isinstance(statement, Insert):
        return _insert(statement, tables)
    if isinstance(statement, Update):
        return _update(statement, tables)
    assert isinstance(statement, Simple)
    return lambda at: Answer()


def _with(statement: With, tables: Tables) -> Plan:
    first = plan_of(statement.first, tables)
    names = [name for _node, name in getattr(statement.first, "returning", ())]
    second = (
        _insert(statement.second, tables, {statement.name: names})
        if isinstance(statement.second, Insert)
        else None
    )
    if second is None:
        raise Unreadable("WITH before anything but INSERT")

    def run(at: At) -> Answer:
        answer = first(at)
        at.rows[statement.name] = dict(zip(names, answer.rows[0], strict=True))
        return second(at)

    return run


def _items(items: list[tuple[Node, str]], scope: dict[str, Any]) -> tuple[list[str], Value]:
    """The names of the columns, and all their values at once."""
    if any(node == ("column", "", "*") for node, _name in items):
        raise Unreadable("*")
    return [name for _node, name in items], _row_of([node for node, _name in items], scope)


def _row_of(nodes: list[Node], scope: dict[str, Any]) -> Value:
    """The expressions as one tuple. Columns of one table that stand together are taken with one call."""
    parts: list[Value] = []
    for (is_column, alias), group in groupby(nodes, lambda node: _table_of(node, scope)):
        among = list(group)
        if is_column and len(among) > 1:
            parts.append(_columns(alias, itemgetter(*(node[2] for node in among))))
        else:
            parts.append(_values([value_of(node, scope) for node in among]))
    if len(parts) == 1:
        return parts[0]
    return lambda at: tuple(chain.from_iterable([part(at) for part in parts]))


def _table_of(node: Node, scope: dict[str, Any]) -> tuple[bool, str]:
    return (True, place_of(node, scope)[0]) if node[0] == "column" else (False, "")


def _columns(alias: str, names: Callable[[Values], tuple[Any, ...]]) -> Value:
    return lambda at: names(at.rows[alias])


def _values(values: list[Value]) -> Value:
    return lambda at: tuple([value(at) for value in values])


def _select(select: Select, tables: Tables, outer: dict[str, Any] | None = None) -> Plan:
    scope: dict[str, Any] = dict(outer or {})
    select = replace(select, sources=[source for source in select.sources if source.table not in scope])
    steps = steps_of(select, tables, scope)
    where = value_of(select.where, scope) if select.where else None
    if [node[1] for node, _name in select.items if node[0] == "call" and node[1] in GROUPED]:
        return _grouped(select.items[0], steps, where, scope)
    names, items_of = _items(select.items, scope)
    order = [(value_of(_named(node, select), scope), down) for node, down in select.order]
    limit = value_of(select.limit, scope) if select.limit else None
    is_sorted = _is_sorted(select, steps)

    def found(at: At, most: int | None) -> Iterator[tuple[list[Any], tuple[Any, ...]]]:
        left = most if not order or is_sorted else None
        by = [] if is_sorted else [value for value, _down in order]
        for _ in matches(steps, where, at):
            if left == 0:
                return
            if not select.lock or _lock(select, steps, at):
                left = None if left is None else left - 1
                yield [value(at) for value in by], items_of(at)

    def run(at: At) -> Answer:
        most = None if limit is None else limit(at)
        rows = list(found(at, most))
        if order and not is_sorted and len(rows) > 1:
            rows.sort(key=cmp_to_key(_comparison(order)))
        answers = [answer for _key, answer in rows]
        answers = (list(dict.fromkeys(answers)) if select.distinct else answers)[:most]
        return Answer(names, answers, len(answers))

    return run


def _exists(node: Node, _scope: Scope) -> Value:
    """EXISTS (SELECT ...) that names nothing outside of itself."""
    plans: list[Plan] = []

    def found(at: At) -> bool:
        if not plans:
            plans.append(_select(node[1], at.tables))
        return bool(plans[0](At(at.tables, at.tx, at.params)).rows)

    return found


MAKERS["exists"] = _exists


def _is_sorted(select: Select, steps: list[Step]) -> bool:
    """Whether the rows come in the order asked for; a table with an order can be read backwards too."""
    if not steps or not steps[0].table.is_ordered:
        return False
    directions = {down for _, down in select.order}
    if directions == {True} and select.limit is not None:
        forward = steps[0].access
        steps[0].access = lambda at: reversed(list(forward(at)))
        return True
    return directions <= {False}


def _named(node: Node, select: Select) -> Node:
    """ORDER BY may name a column of the answer, or its number."""
    if node[0] == "value" and isinstance(node[1], int):
        return select.items[node[1] - 1][0]
    if node[0] == "column" and not node[1]:
        return next((item for item, name in select.items if name == node[2]), node)
    return node


def _comparison(
    order: list[tuple[Value, bool]],
) -> Callable[[tuple[list[Any], Any], tuple[list[Any], Any]], int]:
    """Which of two rows comes first; NULL comes last, or first going down."""

    def compare(a: tuple[list[Any], Any], b: tuple[list[Any], Any]) -> int:
        for x, y, (_value, down) in zip(a[0], b[0], order, strict=True):
            if x != y:
                is_after = x is None or (y is not None and x > y)
                return 1 if is_after != down else -1
        return 0

    return compare


def _grouped(item: tuple[Node, str], steps: list[Step], where: Value | None, scope: dict[str, Any]) -> Plan:
    (_call, name, *parts), shown = item
    value = value_of(parts[0], scope) if parts else (lambda at: 1)

    def run(at: At) -> Answer:
        found = [value(at) for _ in matches(steps, where, at)]
        known = [each for each in found if each is not None]
        result = GROUPED[name](known) if known or name == "count" else None  # type: ignore[operator]
        return Answer([shown], [(result,)], 1)

    return run


def _lock(select: Select, steps: list[Step], at: At) -> bool:
    """Hold the rows; False when they are held by others and are to be passed over. Raises MustWait."""
    for step in steps:
        if select.lock_of and step.alias not in select.lock_of:
            continue
        row = at.found.get(step.alias)
        if row is None:
            continue
        try:
            if select.lock == "share":
                at.tables.share(row, at.tx)
            else:
                at.tables.hold(step.table, row, at.tx)
        except MustWait:
            if select.skip_locked:
                return False
            raise
    return True


def _update(update: Update, tables: Tables) -> Plan:
    table = tables.tables[update.table]
    scope: dict[str, Any] = {update.table: table.columns}
    access = access_to(table, update.table, conditions(update.where), scope, set())
    where = value_of(update.where, scope) if update.where else None
    changes = [(name, value_of(node, scope)) for name, node in update.changes]
    names, returned = _items(update.returning, scope)
    returns = bool(update.returning)
    step = Step(table, update.table, access, None, False)

    def run(at: At) -> Answer:
        found = [at.found[update.table] for _ in matches([step], where, at)]
        for row in found:
            at.tables.hold(table, row, at.tx)
        answers = []
        for row in found:
            before = at.rows[update.table] = _seen(row, at)
            values = before | {name: value(at) for name, value in changes}
            at.tables.write(table, row, values, at.tx)
            at.rows[update.table] = values
            answers.append(returned(at))
        return Answer(names, answers if returns else [], len(found))

    return run


def _seen(row: Row, at: At) -> Values:
    values = row.seen_by(at.tx)
    assert values is not None  # it was found a moment ago
    return values


def _insert(insert: Insert, tables: Tables, outer: dict[str, Any] | None = None) -> Plan:
    table = tables.tables[insert.table]
    given = _given(insert, tables, outer)
    scope: dict[str, Any] = dict.fromkeys((insert.table, "excluded", "old", "new"), table.columns)
    names, returned = _items(insert.returning, scope)
    put = _Putting(insert, table, scope)

    def run(at: At) -> Answer:
        answer = Answer(names)
        for row_values in given(at):
            values = dict.fromkeys(table.columns) | dict(zip(insert.columns, row_values, strict=True))
            for name, make in table.defaults.items():
                if name not in insert.columns:
                    values[name] = make(at.tx)
            if put(at, values):
                answer.count += 1
                if names:
                    answer.rows.append(returned(at))
        return answer

    return run


class _Putting:
    """One row into a table, with what ON CONFLICT says."""

    def __init__(self, insert: Insert, table: Table, scope: dict[str, Any]) -> None:
        self._table = table
        self._changes = [(name, value_of(node, scope)) for name, node in insert.changes]
        self._where = value_of(insert.where, scope) if insert.where else None
        self._key = Unique("", tuple(insert.conflict)) if insert.conflict else None

    def __call__(self, at: At, values: Values) -> bool:
        """Whether a row was inserted or changed."""
        at.rows["old"] = dict.fromkeys(self._table.columns)
        other = at.tables.taken(self._table, self._key, values, at.tx) if self._key else None
        return self._fresh(at, values) if other is None else self._change(at, values, other)

    def _fresh(self, at: At, values: Values) -> bool:
        row = self._table.fresh()
        try:
            at.tables.write(self._table, row, values, at.tx, new=True)
        except (MustWait, Violation):
            self._table.rows.pop(row, None)
            raise
        at.rows[self._table.name] = at.rows["new"] = values
        return True

    def _change(self, at: At, values: Values, other: Row) -> bool:
        if not self._changes:
            return False
        at.tables.hold(self._table, other, at.tx)
        before = at.rows["old"] = at.rows[self._table.name] = _seen(other, at)
        at.rows["excluded"] = values
        if self._where is not None and not self._where(at):
            return False
        after = before | {name: value(at) for name, value in self._changes}
        at.tables.write(self._table, other, after, at.tx)
        at.rows[self._table.name] = at.rows["new"] = after
        return True


def _given(
    insert: Insert, tables: Tables, outer: dict[str, Any] | None
) -> Callable[[At], list[tuple[Any, ...]]]:
    """The rows of values that are to be inserted."""
    if insert.select is not None:
        plan = _select(insert.select, tables, outer)
        return lambda at: plan(at).rows
    if insert.unnested:
        lists = [value_of(each, {}) for each in insert.unnested]
        more = [value_of(each, {}) for each in insert.more]
        return lambda at: [
            (*row, *(value(at) for value in more))
            for row in zip(*(value(at) for value in lists), strict=True)
        ]
    rows = [[value_of(each, {}) for each in row] for row in insert.values]
    return lambda at: [tuple(value(at) for value in row) for row in rows]
