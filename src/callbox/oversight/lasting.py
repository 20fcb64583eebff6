# SPDX-License-Identifier: Apache-2.0
"""What waits for something, over columns: limits with ladders, pauses and cures. Part of the domain: pure, on NumPy."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from callbox.kernel.terms import AT_ONCE, DAYS, LENGTHS, NEXT_DAY, Term
from callbox.oversight.columns import Truth, Whole
from callbox.oversight.domain import forms as f
from callbox.oversight.domain.conditions import Name
from callbox.oversight.domain.rules import Rule
from callbox.oversight.searching import NONE, Search
from callbox.oversight.verdict_codes import (
    BROKEN_LATE,
    CURED,
    FINE,
    HARD,
    OVERDUE,
    RUNNING,
    UNKNOWN,
    WAIVED,
    WARNED,
)


@dataclass(slots=True)
class Limits:
    """The limit of each activation. inclusive: the very moment is in time. unsure: a year is not known.

    known: whether there is one. still: how long the clock stood (microseconds). stands: whether it stands now, so that
    the limit itself moves. hard: columns cannot say it.
    """

    ends: Whole
    inclusive: Truth
    unsure: Truth
    known: Truth
    still: Whole
    hard: Truth
    stands: Truth

    def at(self, which: Whole) -> "Limits":
        """Those of some activations."""
        return Limits(*(getattr(self, part.name)[which] for part in fields(self)))

    def keeps(self, at: Whole) -> Truth:
        """Whether these moments are in time."""
        kept: Truth = (at < self.ends) | (self.inclusive & (at == self.ends))
        return kept


@dataclass(frozen=True, slots=True)
class Stood:
    """The next pause of some of the activations: which, from when until when the clock stood, whether it still does."""

    which: Whole
    start: Whole
    end: Whole
    stands: Truth


def judge_within(search: Search, rule: Rule, form: f.Within, places: Whole) -> Whole:
    """The codes of what must come in time."""
    at = search.columns.at
    limits = _limits(search, rule, form, places)
    always = isinstance(form, f.Present)
    answer = search.after(form.target, places)
    fine = (answer != NONE) & (always | limits.keeps(at[answer]))
    codes = np.where(fine, FINE, BROKEN_LATE)
    others = np.flatnonzero(~fine)
    waiver, left = search.after(form.waived_by, places[others]), limits.at(others)
    codes[others[(waiver != NONE) & (always | left.keeps(at[waiver]))]] = WAIVED
    waits = others[(answer[others] == NONE) & (waiver == NONE)]
    codes[waits] = _waiting(search, form, places[waits], limits.at(waits))
    codes = np.where(limits.unsure & (codes != RUNNING) & (codes != WARNED), UNKNOWN, codes)
    codes = np.where(limits.known, cured(search, form, places, codes, limits), UNKNOWN)
    return np.where(limits.hard, HARD, codes)


def _waiting(search: Search, form: f.Within | f.Silence, places: Whole, limits: Limits) -> Whole:
    start = search.columns.at[places]
    whole, passed = limits.ends - start - limits.still, search.as_of - start - limits.still
    warned = np.zeros(len(places), bool)
    search.wake(places, limits.ends + limits.inclusive)
    search.wake(places[limits.stands], np.full(np.count_nonzero(limits.stands), search.as_of + 1))
    for share in form.warn:
        warned |= passed * 100 >= whole * share
        search.wake(places, start + limits.still - (-share * whole) // 100)
    return np.where(limits.keeps(_all(places, search.as_of)), np.where(warned, WARNED, RUNNING), OVERDUE)


def judge_silence(search: Search, rule: Rule, form: f.Silence, places: Whole) -> tuple[Whole, Limits]:
    """The codes of what may not fall silent, and the limit that decided each: act by act, all activations at once."""
    no = np.zeros(len(places), bool)
    inclusive = np.full(len(places), form.limit.inclusive)
    limits = Limits(_all(places, 0), inclusive, no.copy(), ~no, _all(places, 0), no, no)
    codes, end = _all(places, FINE), search.after(form.until, places)
    which, here = np.arange(len(places)), places
    while len(which):
        limits.ends[which], _last, limits.unsure[which] = search.limit(form.limit, rule.calendar, here)
        act = search.after(form.target, here)
        goes_on = (act != NONE) & ((end[which] == NONE) | (act < end[which]))
        then = np.where(goes_on, act, end[which])
        now = limits.at(which)
        waits = then == NONE
        codes[which[waits]] = _waiting(search, form, here[waits], now.at(np.flatnonzero(waits)))
        late = ~waits & ~now.keeps(search.columns.at[then])
        codes[which[late]] = BROKEN_LATE
        going = goes_on & ~late
        which, here = which[going], act[going]
    return np.where(limits.unsure & (codes != RUNNING) & (codes != WARNED), UNKNOWN, codes), limits


def cured(search: Search, form: f.Within | f.Silence, places: Whole, codes: Whole, limits: Limits) -> Whole:
    """Made good after the limit: the last of what makes good tells, for it came latest."""
    if form.cured_by is None:
        return codes
    cure = search.last(form.cured_by, places)
    made_good = (cure != NONE) & ~limits.keeps(search.columns.at[cure])
    return np.where(((codes == OVERDUE) | (codes == BROKEN_LATE)) & made_good, CURED, codes)


def _limits(search: Search, rule: Rule, form: f.Within, places: Whole) -> Limits:
    no = np.zeros(len(places), bool)
    if isinstance(form.limit, Name):
        ends, known = search.moments(form.limit, places)
        return Limits(ends, ~no, no, known, _all(places, 0), no, no)
    pauses = list(_pauses(search, form, places))
    found = _reckoned(search, rule, form.limit, places, pauses)
    here, going = places, np.ones(len(places), bool)
    for step in form.steps:  # each is granted after the one before it, while that one still runs
        granted = search.after(step.by, here)
        going = going & (granted != NONE) & found.keeps(search.columns.at[granted])
        if not going.any():
            break
        longer = _reckoned(search, rule, step.limit, places, pauses)
        for name in ("ends", "inclusive", "unsure", "still", "hard", "stands"):
            setattr(found, name, np.where(going, getattr(longer, name), getattr(found, name)))
        here = np.where(going, granted, here)
    found.hard |= _tied(search, form, places)
    if form.restarted_by is not None:
        found.hard |= search.after(form.restarted_by, places) != NONE
    return found


def _reckoned(search: Search, rule: Rule, term: Term, places: Whole, pauses: list[Stood]) -> Limits:
    """A term from each trigger on, with the time for which the clock stood."""
    no = np.zeros(len(places), bool)
    ends, _last, unsure = search.limit(term, rule.calendar, places)
    found = Limits(
        ends.copy(), _all(places, term.inclusive).astype(bool), unsure, ~no, _all(places, 0), no, no
    )
    start = search.columns.at[places]
    if not pauses:
        return found
    if term.unit in LENGTHS and term.begins == AT_ONCE:
        _lengthen(found.ends, start, pauses)
    elif term.unit == DAYS and not term.rolls:
        days = search.columns.days(rule.calendar)
        first = days.numbers[places] + (1 if term.begins == NEXT_DAY else 0)
        last = first + term.amount
        _lengthen(last, first, [Stood(p.which, days.of(p.start), days.of(p.end), p.stands) for p in pauses])
        found.hard = last >= len(days.midnights)
        found.ends = days.midnights[np.where(found.hard, 0, last)]
    else:
        found.hard = no.copy()
        found.hard[pauses[0].which] = True
    found.stands = no.copy()
    for each in pauses:
        counts = each.start < found.ends[each.which]
        found.stands[each.which] |= counts & each.stands
        found.still[each.which] += np.where(counts, each.end - each.start, 0)
    return found


def _lengthen(ends: Whole, first: Whole, pauses: list[Stood]) -> None:
    """Each pause that begins before the end, as it then stands, moves it."""
    for each in pauses:
        begins = np.maximum(each.start, first[each.which])
        moved = (each.end > begins) & (each.start < ends[each.which])
        ends[each.which] += np.where(moved, each.end - begins, 0)


def _pauses(search: Search, form: f.Within, places: Whole) -> Iterator[Stood]:
    """The first pause of each activation, then the second, and so on; one that still stands goes on until now."""
    at = search.columns.at
    which, here = np.arange(len(places)), places
    while form.paused_by is not None and len(which):
        began = search.after(form.paused_by, here)
        there = began != NONE
        which, began = which[there], began[there]
        resumed = search.after(form.resumed_by, began)
        if len(which):
            stands = resumed == NONE
            yield Stood(which, at[began], np.where(stands, search.as_of, at[resumed]), stands)
        which, here = which[resumed != NONE], resumed[resumed != NONE]


def _tied(search: Search, form: f.Within, places: Whole) -> Truth:
    """Where a pause and its end, or the trigger, share a moment: their order is not that of their places."""
    if form.paused_by is None:
        return np.zeros(len(places), bool)
    parts = [search.find(acts) for acts in (form.paused_by, form.resumed_by) if acts is not None]
    told = np.sort(np.concatenate([*parts, places]))
    at, owner = search.columns.at, search.columns.owner
    same = (at[told[1:]] == at[told[:-1]]) & (owner[told[1:]] == owner[told[:-1]])
    tied = np.zeros(len(search.columns.keys), bool)
    tied[owner[told[1:][same]]] = True
    return np.asarray(tied[owner[places]])


def _all(places: Whole, value: int) -> Whole:
    return np.full(len(places), value, np.int64)
