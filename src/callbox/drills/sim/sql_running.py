# SPDX-License-Identifier: Apache-2.0
"""Statements as plans: how the rows are found, and what is done with them. A plan is made once for each text."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cmp_to_key
from typing import Any

from callbox.drills.sim.sql_statements import Insert, Select, Simple, Source, Statement, Update, With
from callbox.drills.sim.sql_values import At, Value, value_of
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


def conditions(node: Node | None) -> list[Node]:
    """The parts of a condition that must all hold."""
    if node is None:
        return []
    return [part for each in node[1:] for part in conditions(each)] if node[0] == "and" else [node]


Access = Callable[[At], Iterator[Row]]


def _access(table: Table, alias: str, wanted: list[Node], scope: dict[str, Any], known: set[str]) -> Access:
    """The cheapest way to the rows that may fulfil the conditions."""
    for node in wanted:
        way = _by_index(table, alias, node, scope, known)
        if way is not None:
            return way
    if table.is_ordered:
        return _by_order(table, alias, wanted, scope, known)
    return lambda at: iter(tuple(table.rows))


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


def _steps(select: Select, tables: Tables, scope: dict[str, Any]) -> list[Step]:
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
    access = _access(table, source.alias, [*conditions(source.on), *wanted], scope, known)
    return Step(table, source.alias, access, on, source.outer)


def _matches(steps: list[Step], where: Value | None, at: At, number: int = 0) -> Iterator[dict[str, Row]]:
    """Each combination of rows, bound in `at` while it is the current one."""
    if number == len(steps):
        if where is None or where(at):
            yield {}
        return
    step, any_found = steps[number], False
    for row in step.access(at):
        values = row.seen_by(at.tx)
        if values is None:
            continue
        at.rows[step.alias] = values
        if step.on is not None and not step.on(at):
            continue
        any_found = True
        for rest in _matches(steps, where, at, number + 1):
            yield {step.alias: row, **rest}
    if step.outer and not any_found:
        at.rows[step.alias] = dict.fromkeys(step.table.columns)
        yield from _matches(steps, where, at, number + 1)


def _items(items: list[tuple[Node, str]], scope: dict[str, Any]) -> tuple[list[str], list[Value]]:
    names, values = [], []
    for node, name in items:
        if node == ("column", "", "*"):
            raise Unreadable("*")
        names.append(name)
        values.append(value_of(node, scope))
    return names, values


def _select(select: Select, tables: Tables, outer: dict[str, Any] | None = None) -> Plan:
    scope: dict[str, Any] = dict(outer or {})
    virtual = [source for source in select.sources if source.table in scope]
    select.sources = [source for source in select.sources if source.table not in scope]
    steps = _steps(select, tables, scope)
    where = value_of(select.where, scope) if select.where else None
    if len(select.items) == 1 and select.items[0][0][0] == "call" and select.items[0][0][1] in GROUPED:
        return _grouped(select.items[0], steps, where, scope)
    names, items = _items(select.items, scope)
    order = [(value_of(_named(node, select), scope), down) for node, down in select.order]
    limit = value_of(select.limit, scope) if select.limit else None
    is_sorted = _is_sorted(select, steps)
    assert not virtual or not steps

    def run(at: At) -> Answer:
        most = None if limit is None else limit(at)
        found: list[tuple[list[Any], tuple[Any, ...]]] = []
        for rows in _matches(steps, where, at):
            if select.lock and not _lock(select, steps, rows, at):
                continue
            found.append(([value(at) for value, _ in order], tuple(item(at) for item in items)))
            if most is not None and len(found) >= most and (not order or is_sorted):
                break
        if order and not is_sorted:
            found.sort(key=cmp_to_key(lambda a, b: _which(a[0], b[0], order)))
        answers = [answer for _key, answer in found]
        if select.distinct:
            answers = list(dict.fromkeys(answers))
        return Answer(names, answers[:most], len(answers[:most]))

    return run


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


def _which(a: list[Any], b: list[Any], order: list[tuple[Value, bool]]) -> int:
    for x, y, (_value, down) in zip(a, b, order, strict=True):
        if x == y:
            continue
        if x is None or y is None:
            return (1 if x is None else -1) * (-1 if down else 1)
        return (1 if x > y else -1) * (-1 if down else 1)
    return 0


def _grouped(item: tuple[Node, str], steps: list[Step], where: Value | None, scope: dict[str, Any]) -> Plan:
    (_call, name, *parts), shown = item
    value = value_of(parts[0], scope) if parts else (lambda at: 1)

    def run(at: At) -> Answer:
        found = [value(at) for _ in _matches(steps, where, at)]
        known = [each for each in found if each is not None]
        result = GROUPED[name](known) if known or name == "count" else None  # type: ignore[operator]
        return Answer([shown], [(result,)], 1)

    return run


def _lock(select: Select, steps: list[Step], rows: dict[str, Row], at: At) -> bool:
    """Hold the rows; False when they are held by others and are to be passed over. Raises MustWait."""
    for step in steps:
        if select.lock_of and step.alias not in select.lock_of:
            continue
        row = rows.get(step.alias)
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
    access = _access(table, update.table, conditions(update.where), scope, set())
    where = value_of(update.where, scope) if update.where else None
    changes = [(name, value_of(node, scope)) for name, node in update.changes]
    names, returned = _items(update.returning, scope)
    step = Step(table, update.table, access, None, False)

    def run(at: At) -> Answer:
        found = [rows[update.table] for rows in _matches([step], where, at)]
        for row in found:
            at.tables.hold(table, row, at.tx)
        answers = []
        for row in found:
            before = at.rows[update.table] = _seen(row, at)
            values = before | {name: value(at) for name, value in changes}
            at.tables.write(table, row, values, at.tx)
            at.rows[update.table] = values
            answers.append(tuple(value(at) for value in returned))
        return Answer(names, answers if returned else [], len(found))

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
    changes = [(name, value_of(node, scope)) for name, node in insert.changes]
    where = value_of(insert.where, scope) if insert.where else None
    key = Unique("", tuple(insert.conflict or ()))

    def run(at: At) -> Answer:
        answer = Answer(names)
        for row_values in given(at):
            values = dict.fromkeys(table.columns) | dict(zip(insert.columns, row_values, strict=True))
            for name, make in table.defaults.items():
                if name not in insert.columns:
                    values[name] = make(at.tx)
            if put(at, values):
                answer.count += 1
                if returned:
                    answer.rows.append(tuple(value(at) for value in returned))
        return answer

    def put(at: At, values: Values) -> bool:
        other = at.tables.taken(table, key, values, at.tx) if insert.conflict else None
        at.rows["old"] = dict.fromkeys(table.columns)
        if other is None:
            row = table.fresh()
            try:
                at.tables.write(table, row, values, at.tx, new=True)
            except (MustWait, Violation):
                table.rows.pop(row, None)
                raise
            at.rows[insert.table] = at.rows["new"] = values
            return True
        if not changes:
            return False
        at.tables.hold(table, other, at.tx)
        before = at.rows["old"] = at.rows[insert.table] = _seen(other, at)
        at.rows["excluded"] = values
        if where is not None and not where(at):
            return False
        after = before | {name: value(at) for name, value in changes}
        at.tables.write(table, other, after, at.tx)
        at.rows[insert.table] = at.rows["new"] = after
        return True

    return run


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
