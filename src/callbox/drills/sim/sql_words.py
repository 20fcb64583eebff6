# SPDX-License-Identifier: Apache-2.0
"""Reading SQL: the expressions, as nested tuples whose first item names the kind. Only what Callbox writes."""

import re
from collections.abc import Callable
from typing import Any

WORD = re.compile(
    r"""\s*(?:
    (?P<param>%s|%\(\w+\)s|\$\d+)
  | (?P<text>'(?:[^']|'')*')
  | (?P<number>\d+(?:\.\d+)?)
  | "(?P<quoted>[^"]+)"
  | (?P<name>[A-Za-z_]\w*)
  | (?P<sign>::|\|\||&&|@>|<>|!=|<=|>=|[-=<>()\[\],.*+;{}])
)""",
    re.VERBOSE,
)
COMPARED = ("=", "<>", "!=", "<", ">", "<=", ">=")
Node = tuple[Any, ...]


class Unreadable(Exception):  # noqa: N818 - an answer
    """This SQL is not of the kind that the simulated database knows."""


class Words:
    """The words of one text, read from left to right. subselect: reads a SELECT within an expression."""

    def __init__(self, text: str, subselect: Callable[["Words"], Any]) -> None:
        self.text = text
        self.subselect = subselect
        self._items = _split(text)
        self._at = 0
        self._params = 0

    def peek(self, ahead: int = 0) -> str:
        """The next word, keywords in capitals; empty at the end."""
        at = self._at + ahead
        if at >= len(self._items):
            return ""
        kind, word = self._items[at]
        return word.upper() if kind == "name" else word if kind in ("sign", "param") else f"\0{word}"

    def take(self, *words: str) -> bool:
        """Pass over these words if they come next."""
        if all(self.peek(number) == word for number, word in enumerate(words)):
            self._at += len(words)
            return True
        return False

    def need(self, *words: str) -> None:
        """These words come next. Raises Unreadable."""
        if not self.take(*words):
            raise Unreadable(f"{' '.join(words)} expected, not {self.peek()!r}, in: {self.text}")

    def name(self) -> str:
        """A name comes next."""
        kind, word = self._items[self._at] if self._at < len(self._items) else ("", "")
        if kind not in ("name", "quoted"):
            raise Unreadable(f"a name expected, not {word!r}, in: {self.text}")
        self._at += 1
        return word if kind == "quoted" else word.lower()

    def pass_over(self) -> None:
        """All in the parentheses that come next."""
        depth = 0
        while True:
            word = self.raw()[1]
            depth += (word == "(") - (word == ")")
            if not depth:
                return

    def raw(self) -> tuple[str, str]:
        """The next word with its kind."""
        self._at += 1
        return self._items[self._at - 1]

    def param(self, word: str) -> Node:
        """A place for a value: by name, or by its number from 0."""
        if word == "%s":
            self._params += 1
            return ("param", self._params - 1)
        return ("param", int(word[1:]) - 1 if word[0] == "$" else word[2:-2])


def _split(text: str) -> list[tuple[str, str]]:
    found, at, text = [], 0, text.strip()
    while at < len(text):
        match = WORD.match(text, at)
        if match is None:
            raise Unreadable(f"{text[at : at + 20]!r} in: {text}")
        kind = match.lastgroup or ""
        word = match.group(kind)
        found.append((kind, word[1:-1].replace("''", "'") if kind == "text" else word))
        at = match.end()
    return found


def expression(words: Words) -> Node:
    """OR binds least."""
    parts = [_both(words)]
    while words.take("OR"):
        parts.append(_both(words))
    return parts[0] if len(parts) == 1 else ("or", *parts)


def _both(words: Words) -> Node:
    parts = [_negated(words)]
    while words.take("AND"):
        parts.append(_negated(words))
    return parts[0] if len(parts) == 1 else ("and", *parts)


def _negated(words: Words) -> Node:
    return ("not", _negated(words)) if words.take("NOT") else _comparison(words)


def _comparison(words: Words) -> Node:
    left = _sum(words)
    if words.take("IS"):
        negated = words.take("NOT")
        words.need("NULL")
        return ("null", left, negated)
    negated = words.peek() == "NOT" and words.peek(1) == "IN" and words.take("NOT")
    if words.take("IN"):
        found: Node = ("in", left, _listed(words))
        return ("not", found) if negated else found
    if words.take("&&"):
        return ("overlap", left, _sum(words))
    if words.peek() in COMPARED:
        sign = words.raw()[1]
        for each in ("ANY", "ALL"):
            if words.take(each, "("):
                right = expression(words)
                words.need(")")
                return (each.lower(), sign, left, right)
        return ("compare", sign, left, _sum(words))
    return left


def _sum(words: Words) -> Node:
    left = _cast(words)
    while words.peek() in ("||", "+", "-"):
        sign = words.raw()[1]
        left = ("join" if sign == "||" else "sum", left, _cast(words), sign)
    return left


def _cast(words: Words) -> Node:
    found = _single(words)
    while words.take("::"):
        kind = words.name()
        words.take("WITH", "TIME", "ZONE")
        if words.take("["):
            words.need("]")
            kind += "[]"
        found = ("cast", found, kind)
    return found


def _listed(words: Words) -> tuple[Node, ...]:
    words.need("(")
    if words.take(")"):
        return ()
    parts = [expression(words)]
    while words.take(","):
        parts.append(expression(words))
    words.need(")")
    return tuple(parts)


def _single(words: Words) -> Node:
    word = words.peek()
    if word == "(":
        parts = _listed(words)
        return parts[0] if len(parts) == 1 else ("row", *parts)
    if word == "CASE":
        return _case(words)
    if word == "ARRAY" and words.peek(1) == "(":
        return _keys(words)
    if words.take("EXISTS", "(", "SELECT"):
        select = words.subselect(words)
        words.need(")")
        return ("exists", select)
    if word in ("NULL", "TRUE", "FALSE"):
        words.raw()
        return ("value", {"NULL": None, "TRUE": True, "FALSE": False}[word])
    if word[:1] == "\0":
        return _quoted(words)
    if word[:1] in ("%", "$"):
        return words.param(words.raw()[1])
    return _named(words)


def _quoted(words: Words) -> Node:
    kind, word = words.raw()
    if kind == "number":
        return ("value", float(word) if "." in word else int(word))
    if kind == "text":
        return ("value", word)
    return _column(words, word)


def _named(words: Words) -> Node:
    name = words.name()
    if name == "interval":
        return ("value", words.raw()[1])
    if words.peek() == "(":
        if name in ("coalesce", "min", "max", "count") and words.take("(", "*", ")"):
            return ("call", name)
        return ("call", name, *_listed(words))
    return _column(words, name)


def _column(words: Words, name: str) -> Node:
    if words.take("."):
        return ("column", name, "*" if words.take("*") else words.name())
    return ("column", "", name)


def _case(words: Words) -> Node:
    words.need("CASE")
    parts: list[Node] = []
    while words.take("WHEN"):
        when = expression(words)
        words.need("THEN")
        parts.append((when, expression(words)))
    other: Node = expression(words) if words.take("ELSE") else ("value", None)
    words.need("END")
    return ("case", tuple(parts), other)


def _keys(words: Words) -> Node:
    """ARRAY(SELECT DISTINCT key FROM unnest(LIST) key WHERE key <> ALL (LIST) ORDER BY key)."""
    words.need("ARRAY", "(", "SELECT", "DISTINCT", "KEY", "FROM", "UNNEST", "(")
    among = expression(words)
    words.need(")", "KEY", "WHERE", "KEY", "<>", "ALL", "(")
    but = expression(words)
    words.need(")", "ORDER", "BY", "KEY", ")")
    return ("keys", among, but)
