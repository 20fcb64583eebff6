# SPDX-License-Identifier: Apache-2.0
"""What a rule says of one activation, with the evidence by which anybody can re-add it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from callbox.kernel.due import Due

FINE, RUNNING, WARNED = "fine", "running", "warned"
OVERDUE, BROKEN_LATE, CURED, WAIVED, UNKNOWN = "overdue", "broken_late", "cured", "waived", "unknown"
# overdue: broken, and still owed. broken_late: broken, and nothing is owed any more: it came late or out of turn.
VERDICTS = (FINE, RUNNING, WARNED, OVERDUE, BROKEN_LATE, CURED, WAIVED, UNKNOWN)
BROKEN = (OVERDUE, BROKEN_LATE)
NEWS = frozenset({WARNED, *BROKEN, CURED})  # what somebody is told of
# From the mildest to the gravest: what a conjunction says is the gravest of what its parts say.
GRAVITY = (WAIVED, FINE, RUNNING, WARNED, CURED, UNKNOWN, BROKEN_LATE, OVERDUE)


@dataclass(frozen=True, slots=True)
class Limit:
    """A moment that decides, and where it comes from.

    reckoned: the arithmetic of the term (start, every day with its number or why it does not count, pauses); None
    where the log itself names the moment. step: how many extensions count; extended: their events.
    """

    at: datetime
    inclusive: bool = False
    reckoned: Due | None = None
    step: int = 0
    extended: tuple[str, ...] = ()

    def keeps(self, at: datetime) -> bool:
        """Whether what is done then is in time."""
        return at <= self.at if self.inclusive else at < self.at

    @property
    def provisional(self) -> bool:
        """Whether it hangs on a year whose working days are not known."""
        return self.reckoned is not None and self.reckoned.provisional


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a form says of one activation: events by the part they play, the limit, and why it is unknown."""

    verdict: str
    events: Mapping[str, str] = field(default_factory=dict)
    limit: Limit | None = None
    why: str = ""
    parts: tuple["Outcome", ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule, one activation, one as-of. activation: the event that began it. source: the article."""

    rule: str
    version: date
    key: str
    activation: str
    outcome: Outcome
    source: str
    certainty: str

    @property
    def verdict(self) -> str:
        """One of VERDICTS."""
        return self.outcome.verdict
