# SPDX-License-Identifier: Apache-2.0
"""How values, texts and conditions are said in SQL that every engine reads alike. Part of the domain: pure.

What nobody said is NULL, and SQL's own three-valued logic does the rest: it is the one of `domain/conditions.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from callbox.oversight.columns import scaled
from callbox.oversight.domain.conditions import All, Among, Compared, Condition, Known, Name, Not, Term

# One value has a column for what it is: a number in ten-thousandths, a moment in microseconds, a text; `any` is
# whatever it is, as a text that is equal where the values are equal.
NUMBER, MOMENT, TEXT, ANY = FLAVOURS = ("number", "moment", "text", "any")
ZERO = "#0"  # the number 0 as `any`
NOBODY_KNOWS = "CAST(NULL AS BOOLEAN)"
SIGNS = {"=": "=", "!=": "<>", ">=": ">=", "<=": "<=", ">": ">", "<": "<"}
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


class NotSaid(Exception):  # noqa: N818 - no fault: the plain evaluator does it
    """SQL without dialect cannot say it; the text names what."""


@dataclass(frozen=True, slots=True)
class Column:
    """One value as a column of `events`: what the event says, or what was said last in its case."""

    name: str
    of_case: bool
    flavour: str

    def __str__(self) -> str:
        letters = "".join(each if each in _LETTERS else f"x{ord(each):x}" for each in self.name)
        return f"{'case' if self.of_case else 'own'}_{letters}_{self.flavour}"


class Words:
    """Says conditions, and keeps which columns they ask for, and which names must not be texts or lists."""

    def __init__(self) -> None:
        self.columns: set[Column] = set()
        self.not_text: set[str] = set()
        self.not_list: set[str] = set()

    def value(self, name: Name, flavour: str, row: str) -> str:
        """A value at a row; NULL where it is not said or is something else."""
        column = Column(name.name, name.of_case, flavour)
        self.columns.add(column)
        zero = {NUMBER: "0", ANY: f"'{ZERO}'"}.get(flavour) if name.or_zero else None
        return f"COALESCE({row}.{column}, {zero})" if zero else f"{row}.{column}"

    def holds(self, condition: Condition, row: str) -> str:
        """A condition at a row: TRUE, FALSE, or NULL. Raises NotSaid."""
        match condition:
            case All():
                return "(" + " AND ".join(self.holds(part, row) for part in condition.parts) + ")"
            case Not():
                return f"(NOT {self.holds(condition.part, row)})"
            case Known():
                return f"({self.value(condition.name, ANY, row)} IS NOT NULL)"
            case Among():
                return self._among(condition, row)
            case Compared():
                return self._compared(condition, row)

    def _among(self, condition: Among, row: str) -> str:
        told = self.value(condition.name, ANY, row)
        return f"({told} IN ({literals('=' + each for each in condition.values)}))"

    def _compared(self, condition: Compared, row: str) -> str:
        sides = (condition.left, condition.right)
        names = [side[0] for side in sides if len(side) == 1 and isinstance(side[0], Name)]
        if len(names) == len(sides):
            return self._two_names(names, condition.operator, row)
        texts = [side for side in sides if any(isinstance(term, str) for term in side)]
        if not texts:
            left, right = (self._sum(side, row) for side in sides)
            return f"({left} {SIGNS[condition.operator]} {right})"
        return self._text(sides, condition.operator, row)

    def _two_names(self, names: list[Name], operator: str, row: str) -> str:
        """Two values of which only the log knows what they are: equal kinds are compared, others are not known."""
        equality = operator in ("=", "!=")
        self.not_list |= {name.name for name in names}
        if not equality:  # the order of texts is another one in each database
            self.not_text |= {name.name for name in names}
        kinds = [NUMBER, MOMENT, *([TEXT] if equality else [])]
        asked = [[self.value(name, kind, row) for name in names] for kind in kinds]
        cases = "".join(
            f" WHEN {left} IS NOT NULL AND {right} IS NOT NULL THEN {left} {SIGNS[operator]} {right}"
            for left, right in asked
        )
        return f"(CASE{cases} END)"

    def _sum(self, terms: tuple[Term, ...], row: str) -> str:
        return " + ".join(self._addend(term, row) for term in terms)

    def _addend(self, term: Term, row: str) -> str:
        if isinstance(term, Name):
            return self.value(term, NUMBER, row)
        number = scaled(term)
        if number is None or abs(number) >= 2**53:
            raise NotSaid("a number finer or greater than the log keeps")
        return f"CAST({number} AS BIGINT)"

    def _text(self, sides: tuple[tuple[Term, ...], ...], operator: str, row: str) -> str:
        """A value against a text. A sum or a number is never one."""
        if any(len(side) > 1 or isinstance(side[0], Decimal) for side in sides):
            return NOBODY_KNOWS
        if operator not in ("=", "!="):
            raise NotSaid("the order of texts")
        terms = [side[0] for side in sides]
        left, right = (
            self.value(term, TEXT, row) if isinstance(term, Name) else literal(str(term)) for term in terms
        )
        return f"({left} {SIGNS[operator]} {right})"


def literal(text: str) -> str:
    """A text as SQL. Raises NotSaid where databases read it in different ways."""
    if any(each in "'\\" or not each.isprintable() for each in text):
        raise NotSaid("a quotation mark, backslash or control character in a text")
    return f"'{text}'"


def literals(texts: Iterable[str]) -> str:
    """Texts as a list, in a fixed order."""
    return ", ".join(literal(text) for text in sorted(texts))
