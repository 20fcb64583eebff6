# SPDX-License-Identifier: Apache-2.0
"""Conditions on what events say, with three answers: yes, no, and None where what is asked is not known.

Written in one line: `paid >= amount + expense`, `kind = 'criminal'`, `class in theft, fraud`, `recording known`. A name
is of the event itself; with `case.` before it, what was said last in the case up to then. A `?` after it: counts as
0 as long as nobody has said it. Several conditions hold together; `any` and `not` are keys of a mapping.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Protocol

from callbox.kernel.tables import TableError
from callbox.kernel.text import gettext_noop as _
from callbox.oversight.domain.events import Value

# Two values of one type; arrays of them answer with arrays.
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    ">=": ge,
    "<=": le,
    "!=": ne,
    ">": gt,
    "<": lt,
    "=": eq,
}
_COMPARED = re.compile(r"(.+?)\s*(>=|<=|!=|=|>|<)\s*(.+)")
_AMONG = re.compile(r"(\S+)\s+in\s+(.+)")
_KNOWN = re.compile(r"(\S+)\s+known")
_NAME = re.compile(r"(case\.)?([^\W\d]\w*)(\?)?")


class Said(Protocol):
    """What can be asked at one event."""

    def value(self, name: str, /) -> Value | None:
        """What the event itself says."""

    def latest(self, name: str, /) -> Value | None:
        """What was said last in the case, up to and with the event."""


@dataclass(frozen=True, slots=True)
class Name:
    """A value by its name. of_case: the latest said in the case. or_zero: 0 while nobody has said it."""

    name: str
    of_case: bool = False
    or_zero: bool = False

    def of(self, said: Said) -> Value | None:
        """The value at an event; None where it is not known."""
        found = said.latest(self.name) if self.of_case else said.value(self.name)
        return Decimal(0) if found is None and self.or_zero else found


type Term = Name | Decimal | str


@dataclass(frozen=True, slots=True)
class Compared:
    """Two sides; each is one term, or a sum of numbers."""

    left: tuple[Term, ...]
    operator: str
    right: tuple[Term, ...]

    def __call__(self, said: Said) -> bool | None:
        """Whether it holds."""
        left, right = _side(self.left, said), _side(self.right, said)
        if left is None or right is None or type(left) is not type(right):
            return None
        return bool(OPERATORS[self.operator](left, right))


@dataclass(frozen=True, slots=True)
class Among:
    """A text is one of a few."""

    name: Name
    values: frozenset[str]

    def __call__(self, said: Said) -> bool | None:
        """Whether it holds."""
        found = self.name.of(said)
        return None if found is None else found in self.values


@dataclass(frozen=True, slots=True)
class Known:
    """Something is said at all. This alone is never unknown."""

    name: Name

    def __call__(self, said: Said) -> bool | None:
        """Whether it holds."""
        return self.name.of(said) is not None


@dataclass(frozen=True, slots=True)
class All:
    """All hold: no as soon as one does not, unknown as long as one is."""

    parts: tuple["Condition", ...]

    def __call__(self, said: Said) -> bool | None:
        """Whether it holds."""
        return all_of(part(said) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold."""

    part: "Condition"

    def __call__(self, said: Said) -> bool | None:
        """Whether it holds."""
        found = self.part(said)
        return None if found is None else not found


type Condition = Compared | Among | Known | All | Not


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """No if any is no, else unknown if any is, else yes."""
    found = set(answers)
    return False if False in found else None if None in found else True


def parse_condition(said: object) -> Condition:
    """A condition from a line, a list of which all hold, `{any: [...]}` or `{not: ...}`. Raises TableError."""
    match said:
        case str():
            return _line(said.strip())
        case [*parts] if parts:
            return All(tuple(parse_condition(part) for part in parts))
        case {"any": [*parts], **rest} if parts and not rest:
            return Not(All(tuple(Not(parse_condition(part)) for part in parts)))
        case {"not": part, **rest} if not rest:
            return Not(parse_condition(part))
    raise TableError(_("not a condition: %(said)r; write it as `paid >= amount + expense`"), said=said)


def parse_name(text: str) -> Name:
    """A name such as `amount`, `case.amount` or `case.expense?`. Raises TableError."""
    found = _NAME.fullmatch(text.strip())
    if not found:
        raise TableError(
            _("not a name of a value: %(said)r; write it as `amount` or `case.amount`"), said=text
        )
    return Name(found[2], bool(found[1]), bool(found[3]))


def _line(text: str) -> Condition:
    if found := _KNOWN.fullmatch(text):
        return Known(parse_name(found[1]))
    if found := _AMONG.fullmatch(text):
        return Among(parse_name(found[1]), frozenset(each.strip() for each in found[2].split(",")))
    if found := _COMPARED.fullmatch(text):
        return Compared(_terms(found[1]), found[2], _terms(found[3], texts=True))
    raise TableError(_("not a condition: %(said)r; write it as `paid >= amount + expense`"), said=text)


def _terms(text: str, *, texts: bool = False) -> tuple[Term, ...]:
    return tuple(_term(each.strip(), texts) for each in text.split("+"))


def _term(text: str, texts: bool) -> Term:
    if texts and len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1]
    try:
        return Decimal(text)
    except InvalidOperation:
        return parse_name(text)


def _side(terms: Sequence[Term], said: Said) -> Value | None:
    found = [term.of(said) if isinstance(term, Name) else term for term in terms]
    if len(found) == 1:
        return found[0]
    numbers = [each for each in found if isinstance(each, Decimal)]
    return sum(numbers, Decimal(0)) if len(numbers) == len(found) else None
