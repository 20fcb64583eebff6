# SPDX-License-Identifier: Apache-2.0
"""The forms over columns: the verdict of each activation as an array of codes. Part of the domain: pure, on NumPy."""

import numpy as np

from callbox.oversight.columns import Truth, Whole
from callbox.oversight.domain import forms as f
from callbox.oversight.domain import verdicts as v
from callbox.oversight.domain.conditions import Name
from callbox.oversight.domain.rules import Rule
from callbox.oversight.searching import NONE, NotPlain, Search

CODES = {verdict: code for code, verdict in enumerate(v.VERDICTS)}
FINE, RUNNING, WARNED, OVERDUE, BROKEN_LATE, _CURED, WAIVED, UNKNOWN = range(len(v.VERDICTS))


def judge_form(search: Search, rule: Rule, form: f.AnyForm, places: Whole) -> Whole:
    """The codes of the activations at these places. Raises NotPlain where arrays cannot say it."""
    if form.cured_by is not None:
        raise NotPlain
    codes = _codes(search, rule, form, places)
    if form.waived_by is None or isinstance(form, f.Within):
        return codes
    waived = (codes == BROKEN_LATE) & (search.before(form.waived_by, places) != NONE)
    return np.where(waived, WAIVED, codes)


def _codes(search: Search, rule: Rule, form: f.AnyForm, places: Whole) -> Whole:
    match form:
        case f.Within():
            return _within(search, rule, form, places)
        case f.Precede():
            came = np.logical_and.reduce([search.before(acts, places) != NONE for acts in form.required])
            return np.where(came, FINE, BROKEN_LATE)
        case f.NotBefore():
            return _not_before(search, rule, form, places)
        case f.NotAfter():
            return _not_after(search, rule, form, places)
        case f.Holds():
            yes, known = search.holds(form.condition, places)
            return np.where(known, np.where(yes, FINE, BROKEN_LATE), UNKNOWN)
        case f.Absent():
            return np.where(search.after(form.target, places) == NONE, FINE, BROKEN_LATE)
    raise NotPlain


def _within(search: Search, rule: Rule, form: f.Within, places: Whole) -> Whole:
    if isinstance(form.limit, Name) or form.steps or form.paused_by or form.restarted_by:
        raise NotPlain
    at = search.columns.at
    start = at[places]
    ends, _last, unsure = search.limit(form.limit, rule.calendar, places)
    answer, waiver = search.after(form.target, places), np.full(len(places), NONE)
    fine = _in_time(form, ends, answer, at)
    others = np.flatnonzero(~fine)
    waiver[others] = search.after(form.waived_by, places[others])
    waived = _in_time(form, ends, waiver, at)
    came = (answer != NONE) | (waiver != NONE)
    running = _keeps(form.limit.inclusive, ends, np.full(len(places), search.as_of))
    shares = [(search.as_of - start) * 100 >= (ends - start) * share for share in form.warn]
    warned = np.logical_or.reduce(shares) if shares else np.zeros(len(places), bool)
    waiting = np.where(running, np.where(warned, WARNED, RUNNING), OVERDUE)
    codes = np.where(fine, FINE, np.where(waived, WAIVED, np.where(came, BROKEN_LATE, waiting)))
    return np.where(unsure & (codes != RUNNING) & (codes != WARNED), UNKNOWN, codes)


def _in_time(form: f.Within, ends: Whole, found: Whole, at: Whole) -> Truth:
    came: Truth = found != NONE
    if isinstance(form, f.Present) or isinstance(form.limit, Name):
        return came
    kept: Truth = came & _keeps(form.limit.inclusive, ends, at[found])
    return kept


def _not_before(search: Search, rule: Rule, form: f.NotBefore, places: Whole) -> Whole:
    at = search.columns.at
    anchor = search.before(form.anchor, places, nearest=form.from_anchor == f.NEAREST)
    # Without an anchor it is counted from the trigger itself, and then unknown.
    ends, last, unsure = search.limit(form.limit, rule.calendar, np.where(anchor == NONE, places, anchor))
    kept = at[places] >= (last if form.on_last_day else ends)
    return _counted_from(anchor, unsure, kept)


def _not_after(search: Search, rule: Rule, form: f.NotAfter, places: Whole) -> Whole:
    if isinstance(form.limit, Name):
        raise NotPlain
    at = search.columns.at
    anchor = search.before(form.anchor, places, nearest=form.from_anchor == f.NEAREST)
    ends, _last, unsure = search.limit(form.limit, rule.calendar, np.where(anchor == NONE, places, anchor))
    return _counted_from(anchor, unsure, _keeps(form.limit.inclusive, ends, at[places]))


def _counted_from(anchor: Whole, unsure: Truth, kept: Truth) -> Whole:
    return np.where((anchor == NONE) | unsure, UNKNOWN, np.where(kept, FINE, BROKEN_LATE))


def _keeps(inclusive: bool, ends: Whole, at: Whole) -> Truth:
    return at <= ends if inclusive else at < ends
