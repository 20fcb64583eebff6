# SPDX-License-Identifier: Apache-2.0
"""The forms that wait for something: within, ladder, at_most, present, silence. The plain evaluator's part of them."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from callbox.kernel.due import Pause
from callbox.oversight.domain import verdicts as v
from callbox.oversight.domain.clocks import limit, share_reached
from callbox.oversight.domain.conditions import Name
from callbox.oversight.domain.events import Event
from callbox.oversight.domain.forms import Present, Silence, Within
from callbox.oversight.domain.verdicts import Limit, Outcome
from callbox.oversight.domain.view import At, View

NO_LIMIT = "limit is not known"
DOUBTFUL_LIMIT = "an extension, pause or restart is not certain"
DOUBTFUL = "an event is not certain, or has no moment"


def judge_within(form: Within, view: View, place: int, start: datetime) -> Outcome:
    """Done in time, waived in time, done late, lapsed late, still to come, or owed."""
    found, doubt = _limit(form, view, place, start)
    if found is None:
        return Outcome(v.UNKNOWN, why=NO_LIMIT)
    answer, waiver = view.after(form.target, place), view.after(form.waived_by, place)
    events = _named(answer=answer.sure, waiver=waiver.sure)
    always = isinstance(form, Present)
    for verdict, event in ((v.FINE, answer.sure), (v.WAIVED, waiver.sure)):
        if event and event.happened and (always or found.keeps(event.happened)):
            return Outcome(v.UNKNOWN if doubt and not always else verdict, events, found, doubt)
    doubt = doubt or (DOUBTFUL if answer.doubtful or waiver.doubtful else "")
    if doubt:
        return Outcome(v.UNKNOWN, events, found, doubt)
    if answer.sure or waiver.sure:
        return Outcome(v.BROKEN_LATE, events, found)
    return _waiting(found, start, view.as_of, form.warn, events)


def judge_silence(form: Silence, view: View, place: int, start: datetime) -> Outcome:
    """No two acts further apart than the limit, from the trigger to the end or to now."""
    end = view.after(form.until, place)
    acts = [(act, sure) for act, sure in view.all_after(form.target, place) if _not_after(act, end.sure)]
    if end.doubtful or not all(sure for _act, sure in acts):
        return Outcome(v.UNKNOWN, why=DOUBTFUL)
    moments = [start, *(act.happened for act, _sure in acts if act.happened)]
    ends = end.sure.happened if end.sure and end.sure.happened else None
    for earlier, later in pairwise([*moments, ends] if ends else moments):
        found = limit(form.limit, view.calendar, earlier)
        if not found.keeps(later):
            return Outcome(v.BROKEN_LATE, _named(until=end.sure), found)
    found = limit(form.limit, view.calendar, moments[-1])
    if ends:
        return Outcome(v.FINE, _named(until=end.sure), found)
    return _waiting(found, moments[-1], view.as_of, form.warn, {})


def _waiting(
    found: Limit, start: datetime, as_of: datetime, warn: Sequence[int], events: dict[str, str]
) -> Outcome:
    if not found.keeps(as_of):
        return Outcome(v.OVERDUE, events, found)
    return Outcome(v.WARNED if share_reached(found, start, as_of, warn) else v.RUNNING, events, found)


def _limit(form: Within, view: View, place: int, start: datetime) -> tuple[Limit | None, str]:
    """The limit, and why it may be another one."""
    if isinstance(form.limit, Name):
        moment = form.limit.of(At(view, place))
        return (Limit(moment, inclusive=True), "") if isinstance(moment, datetime) else (None, "")
    doubt = any(
        not sure
        for acts in (form.paused_by, form.resumed_by, form.restarted_by)
        for _event, sure in view.all_after(acts, place)
    )
    pauses = _pauses(form, view, place)
    restarts = [each.happened for each, _ in view.all_after(form.restarted_by, place) if each.happened]
    found = limit(form.limit, view.calendar, start, pauses, restarts)
    extended: tuple[str, ...] = ()
    for number, step in enumerate(form.steps, 1):
        granted = view.after(step.by, place)  # each step is granted after the one before it: no leaping
        doubt = doubt or granted.doubtful
        if granted.sure is None or granted.sure.happened is None or not found.keeps(granted.sure.happened):
            break
        extended, place = (*extended, granted.sure.id), view.events.index(granted.sure)
        found = limit(step.limit, view.calendar, start, pauses, restarts, step=number, extended=extended)
    return found, DOUBTFUL_LIMIT if doubt else ""


def _pauses(form: Within, view: View, place: int) -> list[Pause]:
    """From each pause to the next resuming; one that still stands goes on until now."""
    began = sorted(
        [(each.happened, True) for each, _ in view.all_after(form.paused_by, place) if each.happened]
        + [(each.happened, False) for each, _ in view.all_after(form.resumed_by, place) if each.happened]
    )
    made: list[Pause] = []
    since: datetime | None = None
    for moment, pausing in began:
        if pausing:
            since = since or moment
        elif since is not None:
            made.append(Pause(since, moment))
            since = None
    return [*made, Pause(since, view.as_of)] if since is not None else made


def _not_after(act: Event, end: Event | None) -> bool:
    if end is None or end.happened is None or act.happened is None:
        return True
    return (act.happened, act.seq, act.id) < (end.happened, end.seq, end.id)


def _named(**events: Event | None) -> dict[str, str]:
    return {part: event.id for part, event in events.items() if event}
