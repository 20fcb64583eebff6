# SPDX-License-Identifier: Apache-2.0
"""Who sees which matter, written anew from the words of the policy alone: no import of Callbox, at most 60 lines."""

from collections.abc import Iterable, Iterator
from pathlib import Path

Grant = tuple[str, frozenset[str]]


def lines(file: Path) -> Iterator[tuple[str, set[str], str]]:
    """Action, roles and relation of each line of the policy."""
    for line in file.read_text(encoding="utf-8").splitlines()[1:]:
        action, roles, relation, _note = line.split("\t")
        yield action, set(roles.split()), relation


class Reference:
    """Knows the policy's lines, who holds which grant, and nothing else."""

    def __init__(self, file: Path) -> None:
        self.lines = list(lines(file))
        self.grants: dict[str, dict[int, Grant]] = {}

    def give(self, person: str, number: int, role: str, keys: Iterable[str]) -> None:
        self.grants.setdefault(person, {})[number] = (role, frozenset(keys))

    def take(self, person: str, number: int) -> None:
        del self.grants[person][number]

    def may(self, person: str, action: str, scope: Iterable[str]) -> bool:
        """Any of their roles to any matter; or to one whose scope has a key of any of their grants, or is theirs."""
        held = self.grants.get(person, {}).values()
        roles = {role for role, _keys in held}
        keys = {person}.union(*(keys for _role, keys in held))
        return any(
            asked == action and roles & allowed and (relation == "any" or keys & set(scope))
            for asked, allowed, relation in self.lines
        )
