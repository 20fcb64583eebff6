# SPDX-License-Identifier: Apache-2.0
"""What an event would have to say for a condition to hold, or not to. Part of the domain: pure."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import product
from types import MappingProxyType

from callbox.oversight.domain.conditions import All, Among, Compared, Condition, Known, Name, Not
from callbox.oversight.domain.events import Value

ELSE = ("no", "other")
NUMBERS = tuple(map(Decimal, (0, 1, 2, 100)))
NOTHING: Mapping[str, object] = MappingProxyType({})
MOST = 20_000  # combinations that are tried


class _Saying:
    def __init__(self, said: Mapping[str, object], latest: Mapping[str, object]) -> None:
        self.said, self.before = said, latest

    def value(self, name: str, /) -> Value | None:
        """What is tried."""
        return self.said.get(name)  # type: ignore[return-value]  # moments that are relative are never compared

    def latest(self, name: str, /) -> Value | None:
        """What is tried, or what was said before."""
        return self.said.get(name, self.before.get(name))  # type: ignore[return-value]  # the same


def values_for(
    condition: Condition, said: Mapping[str, object], *, wanted: bool, latest: Mapping[str, object] = NOTHING
) -> dict[str, Value] | None:
    """The fewest values that make a condition answer as wanted; None where nothing does.

    said: what the event says already. latest: what was said in the case before it.
    """
    open_names = {name: found for name, found in _candidates(condition).items() if name not in said}
    tried = product(*([None, *found] for found in open_names.values()))
    for number, choice in enumerate(sorted(tried, key=lambda each: sum(value is not None for value in each))):
        chosen = {name: value for name, value in zip(open_names, choice, strict=True) if value is not None}
        if number > MOST:
            break
        if condition(_Saying({**said, **chosen}, latest)) is wanted:
            return chosen
    return None


def names_in(condition: Condition) -> set[str]:
    """The names of the values that a condition asks for."""
    return set(_candidates(condition))


def _candidates(condition: Condition) -> dict[str, list[Value]]:
    found: dict[str, list[Value]] = {}
    for name, value in _asked(condition):
        there = found.setdefault(name.name, [])
        there += [each for each in value if each not in there]
    return found


def _asked(condition: Condition) -> Iterator[tuple[Name, list[Value]]]:
    match condition:
        case Among():
            yield condition.name, [*sorted(condition.values), *ELSE]
        case Known():
            yield condition.name, ["yes"]
        case Not():
            yield from _asked(condition.part)
        case All():
            for part in condition.parts:
                yield from _asked(part)
        case Compared():
            yield from _compared(condition)


def _compared(condition: Compared) -> Iterator[tuple[Name, list[Value]]]:
    terms = (*condition.left, *condition.right)
    texts: list[Value] = [term for term in terms if isinstance(term, str)]
    consts = [term for term in terms if isinstance(term, Decimal)]
    near: list[Value] = [term + step for term in consts for step in (0, 1, -1) if term + step >= 0]
    for term in terms:
        if isinstance(term, Name):
            yield term, [*texts, *ELSE] if texts else [*near, *NUMBERS]
