# SPDX-License-Identifier: Apache-2.0
"""The forms about what is said and how often: holds, agree, distinct, absent, count, similar. The plain evaluator's."""

from datetime import datetime
from itertools import combinations

from callbox.oversight.domain import verdicts as v
from callbox.oversight.domain.clocks import limit
from callbox.oversight.domain.conditions import Name, all_of
from callbox.oversight.domain.deadlines import DOUBTFUL
from callbox.oversight.domain.events import Value
from callbox.oversight.domain.forms import Absent, Agree, Count, Distinct, Holds, Similar
from callbox.oversight.domain.verdicts import Limit, Outcome
from callbox.oversight.domain.view import At, View

NOT_SAID = "a value that it asks for is not said"


def judge_holds(form: Holds, view: View, place: int) -> Outcome:
    """The condition holds at the trigger."""
    return _answer(form.condition(At(view, place)))


def judge_agree(form: Agree, view: View, place: int) -> Outcome:
    """All values are equal. Two that differ are enough to break it, whatever is missing."""
    return _answer(all_of(_same(*pair) for pair in combinations(_said(form.values, view, place), 2)))


def judge_distinct(form: Distinct, view: View, place: int) -> Outcome:
    """No two values are equal. Two equal ones are enough to break it."""
    said = _said(form.values, view, place)
    for acts in form.others:
        other = view.before(acts, place)
        known = other.sure.values if other.sure and not other.doubtful else {}
        said += [known.get(name.name) for name in form.values]
    return _answer(all_of(_differ(*pair) for pair in combinations(said, 2)))


def judge_absent(form: Absent, view: View, place: int) -> Outcome:
    """The target never came. As long as it can still come this is what holds today."""
    found = view.after(form.target, place)
    if found.sure:
        return Outcome(v.BROKEN_LATE, {"answer": found.sure.id})
    return Outcome(v.UNKNOWN, why=DOUBTFUL) if found.doubtful else Outcome(v.FINE)


def judge_count(form: Count, view: View, place: int, start: datetime) -> Outcome:
    """No more than so many from the trigger on. What may count makes it unknown only where it would decide."""
    ends: Limit | None = limit(form.window, view.calendar, start) if form.window else None
    own = view.matches(form.counted, place)
    counted = [] if own is False else [(view.events[place], own is True)]
    within = [
        (each, sure)
        for each, sure in [*counted, *view.all_after(form.counted, place)]
        if ends is None or each.happened is None or ends.keeps(each.happened)
    ]
    surely = [each for each, sure in within if sure]
    if len(surely) > form.most:
        return Outcome(v.BROKEN_LATE, {"answer": surely[form.most].id}, ends)
    return Outcome(v.UNKNOWN, {}, ends, DOUBTFUL) if len(within) > form.most else Outcome(v.FINE, {}, ends)


def judge_similar(form: Similar, view: View, place: int) -> Outcome:
    """No earlier trigger has so many of the same hashes."""
    own = form.hashes.of(At(view, place))
    if not isinstance(own, tuple) or not own:
        return Outcome(v.UNKNOWN, why=NOT_SAID)
    for other in range(place):
        if view.matches(form.trigger, other) is not True:
            continue
        theirs = form.hashes.of(At(view, other))
        if isinstance(theirs, tuple) and _common(own, theirs) >= form.share * _either(own, theirs):
            return Outcome(v.BROKEN_LATE, {"other": view.events[other].id})
    return Outcome(v.FINE)


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    return len({*one} & {*other})


def _either(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    return len({*one, *other})


def _said(names: tuple[Name, ...], view: View, place: int) -> list[Value | None]:
    return [name.of(At(view, place)) for name in names]


def _same(one: Value | None, other: Value | None) -> bool | None:
    return None if one is None or other is None else one == other


def _differ(one: Value | None, other: Value | None) -> bool | None:
    same = _same(one, other)
    return None if same is None else not same


def _answer(holds: bool | None) -> Outcome:
    if holds is None:
        return Outcome(v.UNKNOWN, why=NOT_SAID)
    return Outcome(v.FINE if holds else v.BROKEN_LATE)
