# SPDX-License-Identifier: Apache-2.0
"""How long people take: log-normal, from `data/times.tsv` with the source of every number. Pure."""

import math
from dataclasses import dataclass
from functools import cache
from random import Random

from callbox.demo.dice import dice
from callbox.kernel.tables import Row, TableError, read_table


@dataclass(frozen=True, slots=True)
class Spread:
    """A log-normal distribution of seconds, cut at both ends."""

    what: str
    agency: str
    group: str
    median_s: int
    sigma: float
    least_s: int
    most_s: int

    def draw(self, random: Random) -> float:
        """One draw, in seconds."""
        return min(max(random.lognormvariate(math.log(self.median_s), self.sigma), self.least_s), self.most_s)


@cache
def spreads() -> tuple[Spread, ...]:
    """The whole table; raises TableError."""
    return tuple(_spread(row) for row in read_table("callbox.demo", "times.tsv"))


def _spread(row: Row) -> Spread:
    row.need("source")
    return Spread(
        what=row.need("what"),
        agency=row.need("agency"),
        group=row.need("group"),
        median_s=row.whole("median_s", 1, 36_000),
        sigma=float(row["sigma"]),
        least_s=row.whole("least_s", 0, 36_000),
        most_s=row.whole("most_s", 1, 36_000),
    )


def spread_for(what: str, agency: str = "*", group: str = "*") -> Spread:
    """The most specific row; raises TableError where there is none."""
    fitting = [
        each
        for each in spreads()
        if each.what == what and each.agency in (agency, "*") and each.group in (group, "*")
    ]
    if not fitting:
        raise TableError(f"times.tsv: no {what} for {agency}, {group}")
    return min(fitting, key=lambda each: (each.agency == "*", each.group == "*"))


def seconds(seed: str, what: str, agency: str = "*", group: str = "*") -> float:
    """How long it takes this time: the same for the same seed."""
    return spread_for(what, agency, group).draw(dice(seed, what))
