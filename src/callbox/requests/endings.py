# SPDX-License-Identifier: Apache-2.0
"""What a resident may say at the end, and what it counts for. Part of the domain: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from callbox.kernel.tables import Words, read_table
from callbox.requests.domain import ROOM

YES, NO, NONE = "yes", "no", "none"
ANYBODY, BY_DESK = "anybody", "desk"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. counts: as satisfied (YES), as not (NO) or as none (NONE).

    asked: only the desk that asked says it.
    """

    code: str
    words: Words
    counts: str
    asked: bool


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """Of all that were asked: how many answered, and how many of these are satisfied."""

    asked: int
    answered: int
    satisfied: int


@cache
def load_answers() -> Mapping[str, Answer]:
    """All answers by code, in the order they are offered; raises TableError."""
    return {
        row.need("code"): Answer(
            row.need("code"),
            row.words(),
            row.one_of("counts", (YES, NO, NONE)),
            row.one_of("by", (ANYBODY, BY_DESK)) == BY_DESK,
        )
        for row in read_table(ROOM, "answers.tsv")
    }


def satisfaction(said: Mapping[str, int]) -> Satisfaction:
    """From how often each answer was given. Who was not reached is among those asked, and never satisfied."""
    counts = dict.fromkeys((YES, NO, NONE), 0)
    for code, number in said.items():
        counts[load_answers()[code].counts] += number
    answered = counts[YES] + counts[NO]
    return Satisfaction(answered + counts[NONE], answered, counts[YES])
