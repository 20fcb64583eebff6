# SPDX-License-Identifier: Apache-2.0
"""Reading SQL: the statements, as plain records."""

from dataclasses import dataclass, field
from functools import lru_cache

from callbox.drills.sim.sql_words import Node, Unreadable, Words, expression

LOCKS = {"FOR UPDATE": "write", "FOR NO KEY UPDATE": "write", "FOR SHARE": "share"}


@dataclass
class Source:
    """A table in a FROM, under its alias. on: the condition by which it is joined; outer: rows without one stay."""

    table: str
    alias: str
    on: Node | None = None
    outer: bool = False


@dataclass
class Select:
    """SELECT. items: expressions with their names. lock: "", write or share."""

    items: list[tuple[Node, str]]
    sources: list[Source]
    where: Node | None = None
    order: list[tuple[Node, bool]] = field(default_factory=list)
    limit: Node | None = None
    lock: str = ""
    lock_of: list[str] = field(default_factory=list)
    skip_locked: bool = False
    distinct: bool = False


@dataclass
class Insert:
    """INSERT. values: rows of expressions, or a Select, or parameters of arrays that are unnested."""

    table: str
    columns: list[str]
    values: list[list[Node]] = field(default_factory=list)
    select: Select | None = None
    unnested: list[Node] = field(default_factory=list)
    more: list[Node] = field(default_factory=list)
    conflict: list[str] | None = None
    changes: list[tuple[str, Node]] = field(default_factory=list)
    where: Node | None = None
    returning: list[tuple[Node, str]] = field(default_factory=list)


@dataclass
class Update:
    """UPDATE."""

    table: str
    changes: list[tuple[str, Node]]
    where: Node | None
    returning: list[tuple[Node, str]]


@dataclass
class With:
    """WITH name AS (first) second."""

    name: str
    first: "Statement"
    second: "Statement"


@dataclass
class Simple:
    """BEGIN, SAVEPOINT, NOTIFY and the like: the words."""

    words: tuple[str, ...]


Statement = Select | Insert | Update | With | Simple


@lru_cache(maxsize=1024)
def statement(text: str) -> Statement:
    """One statement, read once for all runs: nobody changes it. Raises Unreadable."""
    words = Words(text, _select)
    found = _statement(words)
    words.take(";")
    if words.peek():
        raise Unreadable(f"{words.peek()!r} is left over in: {text}")
    return found


def _statement(words: Words) -> Statement:
    if words.take("WITH"):
        name = words.name()
        words.need("AS", "(")
        first = _statement(words)
        words.need(")")
        return With(name, first, _statement(words))
    if words.take("SELECT"):
        return _select(words)
    if words.take("INSERT", "INTO"):
        return _insert(words)
    if words.take("UPDATE"):
        return _update(words)
    said = []
    while words.peek():
        said.append(words.raw()[1])
    return Simple(tuple(said))


def _items(words: Words) -> list[tuple[Node, str]]:
    found: list[tuple[Node, str]] = []
    while True:
        if words.take("*"):
            found.append((("column", "", "*"), "*"))
        else:
            node = expression(words)
            found.append((node, words.name() if words.take("AS") else _own_name(node)))
        if not words.take(","):
            return found


def _own_name(node: Node) -> str:
    while node[0] == "cast":
        node = node[1]
    return str(node[2]) if node[0] == "column" else str(node[1])


def _select(words: Words) -> Select:
    distinct = words.take("DISTINCT")
    found = Select(_items(words), [], distinct=distinct)
    if words.take("FROM"):
        found.sources = _sources(words)
    if words.take("WHERE"):
        found.where = expression(words)
    if words.take("ORDER", "BY"):
        found.order = _order(words)
    if words.take("LIMIT"):
        found.limit = expression(words)
    _locking(words, found)
    return found


def _locking(words: Words, found: Select) -> None:
    for text, lock in LOCKS.items():
        if words.take(*text.split()):
            found.lock = lock
    if words.take("OF"):
        found.lock_of = [words.name()]
        while words.take(","):
            found.lock_of.append(words.name())
    found.skip_locked = words.take("SKIP", "LOCKED")


def _sources(words: Words) -> list[Source]:
    found = [_source(words)]
    while True:
        outer = words.take("LEFT", "OUTER", "JOIN")
        if not outer and not words.take("INNER", "JOIN") and not words.take("JOIN"):
            return found
        joined = _source(words)
        words.need("ON")
        joined.on, joined.outer = expression(words), outer
        found.append(joined)


def _source(words: Words) -> Source:
    table = words.name()
    named = words.peek()[:1] == "\0" or words.peek() in ("S", "P") or words.peek()[:1] == "T"
    return Source(table, words.name() if named and words.peek() else table)


def _order(words: Words) -> list[tuple[Node, bool]]:
    found = []
    while True:
        node = expression(words)
        down = words.take("DESC")
        words.take("ASC")
        found.append((node, down))
        if not words.take(","):
            return found


def _names(words: Words) -> list[str]:
    words.need("(")
    found = [words.name()]
    while words.take(","):
        found.append(words.name())
    words.need(")")
    return found


def _insert(words: Words) -> Insert:
    found = Insert(words.name(), _names(words))
    if words.take("VALUES"):
        while True:
            row = expression(words)
            found.values.append(list(row[1:]) if row[0] == "row" else [row])
            if not words.take(","):
                break
    elif words.take("SELECT", "*"):
        _unnested(words, found)
    else:
        words.need("SELECT")
        found.select = _select(words)
    if words.take("ON", "CONFLICT"):
        _conflict(words, found)
    if words.take("RETURNING"):
        found.returning = _items(words)
    return found


def _unnested(words: Words, found: Insert) -> None:
    """SELECT * [, more] FROM unnest(lists)."""
    while words.take(","):
        found.more.append(expression(words))
    words.need("FROM", "UNNEST")
    row = expression(words)
    found.unnested = list(row[1:]) if row[0] == "row" else [row]
    if words.take("AS"):
        words.name()
        _names(words)
    if words.take("WHERE", "NOT", "EXISTS"):
        words.pass_over()  # rows of an older release, of which there are none


def _conflict(words: Words, found: Insert) -> None:
    found.conflict = _names(words)
    words.need("DO")
    if words.take("UPDATE", "SET"):
        found.changes = _changes(words)
        if words.take("WHERE"):
            found.where = expression(words)
    else:
        words.need("NOTHING")


def _changes(words: Words) -> list[tuple[str, Node]]:
    found = []
    while True:
        name = words.name()
        words.need("=")
        found.append((name, expression(words)))
        if not words.take(","):
            return found


def _update(words: Words) -> Update:
    table = words.name()
    words.need("SET")
    changes = _changes(words)
    where = expression(words) if words.take("WHERE") else None
    return Update(table, changes, where, _items(words) if words.take("RETURNING") else [])
