# SPDX-License-Identifier: Apache-2.0
"""The forms about spans of time: gap and overlap. The plain evaluator's part of them."""

from datetime import datetime

from callbox.oversight.domain import verdicts as v
from callbox.oversight.domain.clocks import limit
from callbox.oversight.domain.deadlines import DOUBTFUL
from callbox.oversight.domain.facts import NOT_SAID
from callbox.oversight.domain.forms import Gap, Overlap
from callbox.oversight.domain.verdicts import Outcome
from callbox.oversight.domain.view import At, View


def judge_gap(form: Gap, view: View, place: int, start: datetime) -> Outcome:
    """What follows begins no sooner than the limit. As long as nothing follows, nothing is broken."""
    found = limit(form.limit, view.calendar, start)
    following = view.after(form.following, place)
    if following.doubtful:
        return Outcome(v.UNKNOWN, {}, found, DOUBTFUL)
    if following.sure is None or following.sure.happened is None:
        return Outcome(v.FINE, {}, found)
    kept = following.sure.happened >= found.at
    return Outcome(v.FINE if kept else v.BROKEN_LATE, {"answer": following.sure.id}, found)


def judge_overlap(form: Overlap, view: View, place: int, start: datetime) -> Outcome:
    """No other span with an equal value was open when this one began: the later of two tells of both.

    A span without an end goes on. Each span has its own value of `span`, said at its start and at its end.
    """
    own, mine = form.same.of(At(view, place)), form.span.of(At(view, place))
    if own is None or mine is None:
        return Outcome(v.UNKNOWN, why=NOT_SAID)
    for other in range(place):
        if view.matches(form.trigger, other) is not True or form.same.of(At(view, other)) != own:
            continue
        ended = _end(form, view, other)
        if ended is None or ended > start:
            return Outcome(v.BROKEN_LATE, {"other": view.events[other].id})
    return Outcome(v.FINE)


def _end(form: Overlap, view: View, place: int) -> datetime | None:
    span = form.span.of(At(view, place))
    for other in range(place + 1, len(view.events)):
        if view.matches(form.end, other) and form.span.of(At(view, other)) == span:
            return view.events[other].happened
    return None
