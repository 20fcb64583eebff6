# SPDX-License-Identifier: Apache-2.0
"""Filling the places of a response plan with units, each in one place, moved about where that helps. Pure."""

from collections.abc import Iterable


class Filling:
    """The places of a plan, by capability in the plan's order, and who fills them.

    A unit is taken whenever an augmenting path exists (Kuhn 1955); whoever has been taken stays taken, only
    the place may change. Units offered soonest first therefore give the soonest possible filling.
    """

    def __init__(self, wanted: Iterable[tuple[str, int]]) -> None:
        self._count: dict[str, int] = {}
        for capability, count in wanted:
            self._count[capability] = self._count.get(capability, 0) + count
        self._in: dict[str, list[int]] = {capability: [] for capability in self._count}
        self._capabilities: dict[int, frozenset[str]] = {}
        self._useful = self._still_useful()

    @property
    def is_full(self) -> bool:
        """Whether no place is open."""
        return not self._useful

    def take(self, unit: int, capabilities: frozenset[str]) -> bool:
        """Take the unit if the plan can use it beside those taken already; says whether it was taken."""
        if self._useful.isdisjoint(capabilities):
            return False
        self._capabilities[unit] = capabilities
        self._place(unit, set())
        self._useful = self._still_useful()
        return True

    def filled(self) -> dict[int, str]:
        """Which capability each taken unit fills."""
        return {unit: capability for capability, units in self._in.items() for unit in units}

    def still_open(self) -> dict[str, int]:
        """How many places nobody fills, by capability, without those that are full."""
        short = {capability: count - len(self._in[capability]) for capability, count in self._count.items()}
        return {capability: count for capability, count in short.items() if count}

    def _still_useful(self) -> set[str]:
        """Capabilities that lead to an open place, at once or by moving those who are taken."""
        useful = set(self.still_open())
        while True:
            more = {
                capability
                for capability, units in self._in.items()
                if capability not in useful
                and any(not useful.isdisjoint(self._capabilities[unit]) for unit in units)
            }
            if not more:
                return useful
            useful |= more

    def _place(self, unit: int, seen: set[str]) -> bool:
        mine = [capability for capability in self._count if capability in self._capabilities[unit]]
        for capability in mine:
            if len(self._in[capability]) < self._count[capability]:
                self._in[capability].append(unit)
                return True
        for capability in mine:
            if capability not in seen:
                seen.add(capability)
                if self._make_room(capability, seen):
                    self._in[capability].append(unit)
                    return True
        return False

    def _make_room(self, capability: str, seen: set[str]) -> bool:
        for other in self._in[capability]:
            if self._place(other, seen):
                self._in[capability].remove(other)
                return True
        return False
