# SPDX-License-Identifier: Apache-2.0
"""The forms over columns: the verdict of each activation as an array of codes. Part of the domain: pure, on NumPy."""

from itertools import combinations

import numpy as np

from callbox.oversight.columns import Truth, Whole
from callbox.oversight.domain import forms as f
from callbox.oversight.domain import verdicts as v
from callbox.oversight.domain.conditions import Name
from callbox.oversight.domain.rules import Rule
from callbox.oversight.lasting import cured, judge_silence, judge_within
from callbox.oversight.searching import NONE, NotPlain, Search
from callbox.oversight.verdict_codes import BROKEN_LATE, CURED, FINE, OVERDUE, UNKNOWN, WAIVED

# By gravity; one that columns cannot say outweighs all.
WEIGHTS = np.array([*(v.GRAVITY.index(verdict) for verdict in v.VERDICTS), len(v.VERDICTS)])


def judge_form(search: Search, rule: Rule, form: f.AnyForm, places: Whole) -> Whole:
    """The codes of the activations at these places, HARD for one that columns cannot say.

    Raises NotPlain where they cannot say any.
    """
    if isinstance(form, f.Within):
        return judge_within(search, rule, form, places)
    if isinstance(form, f.Silence):
        codes, limits = judge_silence(search, rule, form, places)
        return cured(search, form, places, _waived(search, form, places, codes), limits)
    codes = _waived(search, form, places, _codes(search, rule, form, places))
    if form.cured_by is not None:
        codes = np.where(_broken(codes) & (search.after(form.cured_by, places) != NONE), CURED, codes)
    return codes


def _codes(search: Search, rule: Rule, form: f.AnyForm, places: Whole) -> Whole:  # noqa: C901 - one case a form
    match form:
        case f.Precede():
            came = np.logical_and.reduce([search.before(acts, places) != NONE for acts in form.required])
            return np.where(came, FINE, BROKEN_LATE)
        case f.NotBefore():
            return _not_before(search, rule, form, places)
        case f.NotAfter():
            return _not_after(search, rule, form, places)
        case f.Holds():
            return _answer(*search.holds(form.condition, places))
        case f.Agree():
            return _agree(search, form, places)
        case f.Distinct():
            return _distinct(search, form, places)
        case f.Absent():
            return np.where(search.after(form.target, places) == NONE, FINE, BROKEN_LATE)
        case f.Count():
            return _count(search, rule, form, places)
        case f.Gap():
            return _gap(search, rule, form, places)
        case f.Both():
            return _both(search, rule, form, places)
    raise NotPlain


def _waived(search: Search, form: f.AnyForm, places: Whole, codes: Whole) -> Whole:
    if form.waived_by is None:
        return codes
    return np.where(_broken(codes) & (search.before(form.waived_by, places) != NONE), WAIVED, codes)


def _broken(codes: Whole) -> Truth:
    return np.asarray((codes == BROKEN_LATE) | (codes == OVERDUE))


def _answer(yes: Truth, known: Truth) -> Whole:
    return np.where(known, np.where(yes, FINE, BROKEN_LATE), UNKNOWN)


def _both(search: Search, rule: Rule, form: f.Both, places: Whole) -> Whole:
    codes = np.stack([judge_form(search, rule, part, places) for part in form.parts])
    return np.asarray(np.take_along_axis(codes, WEIGHTS[codes].argmax(axis=0)[None, :], axis=0)[0])


def _agree(search: Search, form: f.Agree, places: Whole) -> Whole:
    said = search.alike(form.values, [places] * len(form.values))
    return _all_pairs(said, len(places), equal=True)


def _distinct(search: Search, form: f.Distinct, places: Whole) -> Whole:
    names, where = list(form.values), [places] * len(form.values)
    for acts in form.others:
        before = search.before(acts, places)
        names += [Name(name.name) for name in form.values]  # what that event itself says
        where += [before] * len(form.values)
    return _all_pairs(search.alike(names, where), len(places), equal=False)


def _all_pairs(said: list[tuple[Whole, Truth]], size: int, *, equal: bool) -> Whole:
    """Whether all pairs are equal, or none is; what is missing makes it unknown only where nothing else decides."""
    broken, known = np.zeros(size, bool), np.ones(size, bool)
    for (one, one_known), (other, other_known) in combinations(said, 2):
        both = one_known & other_known
        broken |= both & ((one == other) != equal)
        known &= both
    return _answer(~broken, broken | known)


def _count(search: Search, rule: Rule, form: f.Count, places: Whole) -> Whole:
    found = search.nth_from(form.counted, places, form.most)
    if form.window is None:
        return np.where(found == NONE, FINE, BROKEN_LATE)
    ends, _last, unsure = search.limit(form.window, rule.calendar, places)
    many = (found != NONE) & _keeps(form.window.inclusive, ends, search.columns.at[found])
    return np.where(unsure, UNKNOWN, np.where(many, BROKEN_LATE, FINE))


def _gap(search: Search, rule: Rule, form: f.Gap, places: Whole) -> Whole:
    ends, _last, unsure = search.limit(form.limit, rule.calendar, places)
    following = search.after(form.following, places)
    kept = (following == NONE) | (search.columns.at[following] >= ends)
    return np.where(unsure, UNKNOWN, np.where(kept, FINE, BROKEN_LATE))


def _not_before(search: Search, rule: Rule, form: f.NotBefore, places: Whole) -> Whole:
    at = search.columns.at
    anchor = search.before(form.anchor, places, nearest=form.from_anchor == f.NEAREST)
    # Without an anchor it is counted from the trigger itself, and then unknown.
    ends, last, unsure = search.limit(form.limit, rule.calendar, np.where(anchor == NONE, places, anchor))
    kept = at[places] >= (last if form.on_last_day else ends)
    return _counted_from(anchor, unsure, kept)


def _not_after(search: Search, rule: Rule, form: f.NotAfter, places: Whole) -> Whole:
    at = search.columns.at
    if isinstance(form.limit, Name):
        ends, known = search.moments(form.limit, places)
        return _answer(_keeps(True, ends, at[places]), known)
    anchor = search.before(form.anchor, places, nearest=form.from_anchor == f.NEAREST)
    ends, _last, unsure = search.limit(form.limit, rule.calendar, np.where(anchor == NONE, places, anchor))
    return _counted_from(anchor, unsure, _keeps(form.limit.inclusive, ends, at[places]))


def _counted_from(anchor: Whole, unsure: Truth, kept: Truth) -> Whole:
    return np.where((anchor == NONE) | unsure, UNKNOWN, np.where(kept, FINE, BROKEN_LATE))


def _keeps(inclusive: bool, ends: Whole, at: Whole) -> Truth:
    return at <= ends if inclusive else at < ends
