# SPDX-License-Identifier: Apache-2.0
"""Expressions as functions of what is at hand: the rows by alias, the parameters, the transaction."""

import hashlib
import json
import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from callbox.drills.sim.sql_words import Node, Unreadable
from callbox.drills.sim.tables import Row, Tables, Tx, Values

COMPARE = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
NUMBERS = ("bigint", "int", "integer", "xid8", "smallint")
PLAIN = frozenset((str, int, bool, float, bytes, type(None), UUID, datetime))


class At:
    """What an expression is evaluated with. rows: the values of each alias; found: the rows that they are of."""

    __slots__ = ("found", "params", "rows", "tables", "tx")

    def __init__(self, tables: Tables, tx: Tx, params: Any) -> None:
        self.tables = tables
        self.tx = tx
        self.params: Any = (
            {key: plain(value) for key, value in params.items()}
            if isinstance(params, dict)
            else [plain(value) for value in params]
        )
        self.rows: dict[str, Values] = {}
        self.found: dict[str, Row] = {}


Value = Callable[[At], Any]
Scope = Mapping[str, Sequence[str]]


def value_of(node: Node, scope: Scope) -> Value:
    """The expression as a function. scope: the columns of each alias. Raises Unreadable."""
    maker = MAKERS.get(node[0])
    if maker is None:
        raise Unreadable(str(node))
    return maker(node, scope)


def place_of(node: Node, scope: Scope) -> tuple[str, str]:
    """The alias and the name of a column. Raises Unreadable."""
    _kind, alias, name = node
    alias = alias or next((each for each, columns in scope.items() if name in columns), "")
    if not alias:
        raise Unreadable(f"no column {name} in {list(scope)}")
    return alias, name


def _column(node: Node, scope: Scope) -> Value:
    alias, name = place_of(node, scope)
    return lambda at: at.rows[alias][name]


def _param(node: Node, scope: Scope) -> Value:
    key = node[1]
    return lambda at: at.params[key]


def plain(value: Any) -> Any:
    """A parameter as it is kept."""
    if type(value) in PLAIN:
        return value
    if hasattr(value, "obj"):  # psycopg's Jsonb; a list of it comes back as text, which an array does not
        return json.dumps(value.obj) if isinstance(value.obj, list) else value.obj
    if isinstance(value, list):
        return [plain(each) for each in value]
    return bytes(value) if isinstance(value, memoryview) else value


def _constant(node: Node, scope: Scope) -> Value:
    value = node[1]
    return lambda at: value


def _compare(node: Node, scope: Scope) -> Value:
    compare, right = COMPARE[node[1]], value_of(node[3], scope)
    if node[2][0] == "column":
        alias, name = place_of(node[2], scope)

        def of_column(at: At) -> Any:
            a, b = at.rows[alias][name], right(at)
            return None if a is None or b is None else compare(a, b)

        return of_column
    left = value_of(node[2], scope)

    def found(at: At) -> Any:
        a, b = left(at), right(at)
        return None if a is None or b is None else compare(a, b)

    return found


def _and(node: Node, scope: Scope) -> Value:
    parts = [value_of(each, scope) for each in node[1:]]

    def found(at: At) -> Any:
        unknown = False
        for part in parts:
            value = part(at)
            if not value:
                if value is not None:
                    return False
                unknown = True
        return None if unknown else True

    return found


def _or(node: Node, scope: Scope) -> Value:
    parts = [value_of(each, scope) for each in node[1:]]

    def found(at: At) -> Any:
        values = [part(at) for part in parts]
        return True if any(values) else None if None in values else False

    return found


def _not(node: Node, scope: Scope) -> Value:
    inner = value_of(node[1], scope)

    def found(at: At) -> Any:
        value = inner(at)
        return None if value is None else not value

    return found


def _null(node: Node, scope: Scope) -> Value:
    negated = node[2]
    if node[1][0] == "column":
        alias, name = place_of(node[1], scope)
        return lambda at: (at.rows[alias][name] is None) != negated
    inner = value_of(node[1], scope)
    return lambda at: (inner(at) is None) != negated


def _in(node: Node, scope: Scope) -> Value:
    inner, among = value_of(node[1], scope), [value_of(each, scope) for each in node[2]]

    def found(at: At) -> Any:
        value = inner(at)
        return None if value is None else any(each(at) == value for each in among)

    return found


def _any(node: Node, scope: Scope) -> Value:
    compare, left, right = COMPARE[node[1]], value_of(node[2], scope), value_of(node[3], scope)
    quantifier = any if node[0] == "any" else all

    def found(at: At) -> Any:
        value = left(at)
        return None if value is None else quantifier(compare(value, each) for each in right(at))

    return found


def _overlap(node: Node, scope: Scope) -> Value:
    left, right = value_of(node[1], scope), value_of(node[2], scope)
    return lambda at: not set(left(at)).isdisjoint(right(at))


def _join(node: Node, scope: Scope) -> Value:
    left, right = value_of(node[1], scope), value_of(node[2], scope)

    def found(at: At) -> Any:
        a, b = left(at), right(at)
        if a is None or b is None:
            return None
        return [*a, *b] if isinstance(a, list | tuple) else a + b

    return found


def _sum(node: Node, scope: Scope) -> Value:
    left, right, sign = value_of(node[1], scope), value_of(node[2], scope), node[3]
    return lambda at: left(at) + right(at) if sign == "+" else left(at) - right(at)


def _cast(node: Node, scope: Scope) -> Value:
    inner, kind = value_of(node[1], scope), node[2]
    if kind == "text":
        return lambda at: _text(inner(at))
    if kind in NUMBERS:
        return lambda at: None if (value := inner(at)) is None else int(value)
    if kind == "uuid":
        return lambda at: UUID(value) if isinstance(value := inner(at), str) else value
    return inner


def _text(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def _row(node: Node, scope: Scope) -> Value:
    parts = [value_of(each, scope) for each in node[1:]]
    return lambda at: tuple(part(at) for part in parts)


def _case(node: Node, scope: Scope) -> Value:
    parts = [(value_of(when, scope), value_of(then, scope)) for when, then in node[1]]
    other = value_of(node[2], scope)
    return lambda at: (
        next((then(at) for when, then in parts if when(at)), None)
        or (other(at) if not any(when(at) for when, _ in parts) else None)
    )


def _keys(node: Node, scope: Scope) -> Value:
    among, but = value_of(node[1], scope), value_of(node[2], scope)

    def found(at: At) -> Any:
        without = set(but(at))
        return sorted(set(among(at)) - without)

    return found


def _first(parts: list[Any]) -> Any:
    return next((part for part in parts if part is not None), None)


CALLS: Mapping[str, Callable[[At, list[Any]], Any]] = {
    "coalesce": lambda at, parts: _first(parts),
    "pg_current_snapshot": lambda at, parts: None,
    "pg_snapshot_xmin": lambda at, parts: at.tables.horizon(),
    "pg_current_xact_id": lambda at, parts: at.tables.xid_of(at.tx),
    "nextval": lambda at, parts: at.tables.next_number(parts[0]),
    "sha256": lambda at, parts: hashlib.sha256(parts[0]).digest(),
    "int8send": lambda at, parts: int(parts[0]).to_bytes(8, "big"),
    "upper": lambda at, parts: str(parts[0]).upper(),
    "set_config": lambda at, parts: parts[1],
    "current_setting": lambda at, parts: "",
}


def _call(node: Node, scope: Scope) -> Value:
    name = node[1]
    call = CALLS.get(name)
    if call is None:
        raise Unreadable(f"the function {name}")
    parts = [value_of(each, scope) for each in node[2:]]
    return lambda at: call(at, [part(at) for part in parts])


MAKERS: dict[str, Callable[[Node, Scope], Value]] = {
    "column": _column,
    "param": _param,
    "value": _constant,
    "compare": _compare,
    "and": _and,
    "or": _or,
    "not": _not,
    "null": _null,
    "in": _in,
    "any": _any,
    "all": _any,
    "overlap": _overlap,
    "join": _join,
    "sum": _sum,
    "cast": _cast,
    "row": _row,
    "case": _case,
    "keys": _keys,
    "call": _call,
}
