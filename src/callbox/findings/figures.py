# SPDX-License-Identifier: Apache-2.0
"""What findings of a month came to, and which figures would show a small group. Part of the domain: pure.

A warning counts in the month in which it began, a finding in the month in which it was raised, each round for itself;
what became of it counts there too, as it stands when it is asked. Of no figure can one learn who dealt with a case.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import NamedTuple

from callbox.findings.domain import RAISED, RECTIFIED, WARNED

BEGINS = ("open", "break", "reopen")
PUT_RIGHT = ("rectify", "cure")
SIZES = ("raised", "warned", "rectified", "disputed", "judged")


class Step(NamedTuple):
    """An entry of a finding's journal, as far as figures ask."""

    move: str
    was: str
    becomes: str
    round: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Began:
    """A warning, or a round of a finding, and what became of it. rectified_s: seconds from raised to put right."""

    at: datetime
    warned: bool
    heeded: bool
    disputed: bool
    upheld: bool
    rectified_s: float | None


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of a group. median_s: of the rectified, None where there is none. judged: activations of models."""

    raised: int = 0
    warned: int = 0
    heeded: int = 0
    rectified: int = 0
    median_s: float | None = None
    disputed: int = 0
    upheld: int = 0
    judged: int = 0
    unknown: int = 0


def began_in(steps: Sequence[Step]) -> Iterator[Began]:
    """The warning and the rounds of one finding, from its whole journal in order."""
    for place, step in enumerate(steps):
        if step.move in BEGINS and step.becomes in (WARNED, RAISED):
            after = [each for each in steps[place + 1 :] if each.round == step.round]
            yield Began(
                step.at,
                step.becomes == WARNED,
                any(each.move == "heed" for each in after),
                any(each.move == "dispute" for each in after),
                any(each.move == "uphold" for each in after),
                _rectified(step, after),
            )


def _rectified(begins: Step, after: Sequence[Step]) -> float | None:
    """Seconds until it was put right, where somebody confirmed that it was."""
    if not any(each.move == "confirm" and each.was == RECTIFIED for each in after):
        return None
    last = [each.at for each in after if each.move in PUT_RIGHT][-1]
    return (last - begins.at).total_seconds()


def tally(many: Sequence[Began]) -> Tally:
    """The counts of these."""
    raised = [each for each in many if not each.warned]
    spans = [each.rectified_s for each in raised if each.rectified_s is not None]
    return Tally(
        raised=len(raised),
        warned=len(many) - len(raised),
        heeded=sum(each.heeded for each in many if each.warned),
        rectified=len(spans),
        median_s=median(spans) if spans else None,
        disputed=sum(each.disputed for each in raised),
        upheld=sum(each.upheld for each in raised),
    )


def hidden_among(sizes: Mapping[str, int], least: int) -> frozenset[str]:
    """Which of the groups that together are a whole are not shown: small ones, and what would tell of them.

    The whole is shown beside them. So at least two are hidden, and together they are no small group either; further
    ones, the smallest first, are hidden for that. Where it cannot be so, the whole is small itself.
    """
    some = sorted((size, name) for name, size in sizes.items() if size)
    hidden = {name for size, name in some if size < least}
    for _size, name in some:
        if not hidden or (len(hidden) > 1 and sum(sizes[each] for each in hidden) >= least):
            break
        hidden.add(name)
    return frozenset(hidden)


def hidden_figures(groups: Mapping[str, Tally], least: int) -> frozenset[tuple[str, str]]:
    """(group, size) of all that is not shown. What is counted among a size is shown where the size is."""
    return frozenset(
        (name, size)
        for size in SIZES
        for name in hidden_among({name: getattr(each, size) for name, each in groups.items()}, least)
    )
