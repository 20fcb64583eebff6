# SPDX-License-Identifier: Apache-2.0
"""When time alone may change what is said of a history. Part of the domain: pure, on NumPy."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from heapq import heappop, heappush

import numpy as np

from callbox.oversight.columns import Whole
from callbox.oversight.domain import forms as f
from callbox.oversight.domain import verdicts as v
from callbox.oversight.domain.verdicts import Outcome
from callbox.oversight.following.arrays import Growing
from callbox.oversight.following.log import NEVER

HOUR = 3_600_000_000  # microseconds
NEXT = datetime.resolution


class Wakes:
    """The next moment (microseconds) of each history by its number, and which of them have come."""

    def __init__(self) -> None:
        self.next = Growing()
        self._hours: dict[int, list[Whole]] = {}
        self._order: list[int] = []

    def set(self, which: Whole, at: Whole) -> None:
        """From now on these histories are looked at again at these moments; NEVER: only when something happens."""
        if len(which):
            self.next.fill_to(int(which[-1]) + 1, NEVER)
            self.next.all[which] = at
            self._note(which[at != NEVER])

    def due(self, now: int) -> Whole:
        """The histories whose moment has come, ascending; each keeps it until it is set again."""
        found = []
        while self._order and self._order[0] <= now // HOUR:
            found += self._hours.pop(heappop(self._order))
        if not found:
            return np.empty(0, np.int64)
        asked = np.unique(np.concatenate(found))
        at = self.next.all[asked]
        # What was set to a later moment is noted there already, but for the hour that has just been opened.
        self._note(asked[(at > now) & (at // HOUR == now // HOUR)])
        return asked[at <= now]

    def _note(self, which: Whole) -> None:
        if not len(which):
            return
        hours = self.next.all[which] // HOUR
        order = np.argsort(hours, kind="stable")
        names, starts = np.unique(hours[order], return_index=True)
        for hour, part in zip(names.tolist(), np.split(which[order], starts[1:]), strict=True):
            if hour not in self._hours:
                self._hours[hour] = []
                heappush(self._order, hour)
            self._hours[hour].append(part)


def moments_of(form: f.AnyForm, outcome: Outcome, start: datetime, as_of: datetime) -> Iterator[datetime]:
    """The moments after `as_of` at which an outcome of the plain evaluator may become another one by itself.

    start: when the activation began, where its limit is not reckoned.
    """
    if isinstance(form, f.Both):
        for part, said in zip(form.parts, outcome.parts, strict=True):
            yield from moments_of(part, said, start, as_of)
    if outcome.verdict not in (v.RUNNING, v.WARNED) or outcome.limit is None or isinstance(form, f.Both):
        return
    found, reckoned = outcome.limit, outcome.limit.reckoned
    began, pauses = (reckoned.began, reckoned.pauses) if reckoned else (start, ())
    if any(each.end >= as_of for each in pauses):
        yield as_of + NEXT  # the clock stands still: the limit itself moves
    still = sum((each.end - max(each.start, began) for each in pauses), timedelta())
    whole = found.at - began - still
    shares = getattr(form, "warn", ())
    ends = found.at + NEXT if found.inclusive else found.at
    moments = [ends, *(began + still - (-share * whole // 100) for share in shares)]
    yield from (each for each in moments if each > as_of)
