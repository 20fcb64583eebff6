# SPDX-License-Identifier: Apache-2.0
"""Whether the report's figures agree with those counted straight from the file. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from callbox.analysis.figures import Figure

type Key = tuple[str, str, str]
type Counted = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is not the same: (count, median, 90th percentile), None where one side has none."""

    key: Key
    ours: Counted | None
    theirs: Counted | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """compared: how many figures (each a count, a median and a 90th percentile) either side has."""

    compared: int
    different: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        """Whether all agree to the second, and there was something to compare."""
        return self.compared > 0 and not self.different


def compare(figures: Iterable[Figure], reference: Mapping[Key, Counted]) -> Comparison:
    """Compare figure by figure; a measure that nobody has must be missing from the reference too."""
    ours = {
        (each.by, each.value, each.measure): (each.count, each.median_s, each.p90_s)
        for each in figures
        if each.median_s is not None and each.p90_s is not None
    }
    keys = sorted({*ours, *reference})
    different = (
        Difference(key, ours.get(key), reference.get(key))
        for key in keys
        if ours.get(key) != reference.get(key)
    )
    return Comparison(len(keys), tuple(different))
