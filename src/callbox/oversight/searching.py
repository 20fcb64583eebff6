# SPDX-License-Identifier: Apache-2.0
"""Looking for events in columns: which match, the next one, the one before, what was said, and when a limit ends.

Part of the domain: pure, on NumPy.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime

import numpy as np

from callbox.kernel.calendars import Calendar
from callbox.kernel.terms import AT_ONCE, DAYS, LENGTHS, Term
from callbox.oversight.columns import MICROSECOND, UNTIMED, Columns, Said, Truth, Whole, micros, scaled
from callbox.oversight.domain.clocks import BY_DAY, limit, opens
from callbox.oversight.domain.conditions import (
    OPERATORS,
    All,
    Among,
    Compared,
    Condition,
    Known,
    Name,
    Not,
)
from callbox.oversight.domain.conditions import Term as Side
from callbox.oversight.domain.events import Value
from callbox.oversight.domain.forms import EACH, FIRST, Acts, Form
from callbox.oversight.domain.rules import Rule, Version

NONE = -1  # no such event
NOTHING = np.empty(0, np.int64)


class NotPlain(Exception):  # noqa: N818 - no fault: the plain evaluator does it
    """Arrays alone cannot say it."""


class Search:
    """What can be asked of columns as they stood at a moment (microseconds)."""

    def __init__(self, columns: Columns, as_of: int) -> None:
        self.columns = columns
        self.as_of = as_of
        self.wakes: Whole | None = (
            None  # of each history, the next moment at which time alone may change what is said
        )
        self._all_seen = bool((columns.at <= as_of).all())
        self._found: dict[Acts, Whole] = {}
        self._doubt: dict[Acts, Truth] = {}

    def find(self, acts: Acts) -> Whole:
        """The places of all that surely match, ascending."""
        if acts not in self._found:
            parts = [self.columns.activities.get(name, NOTHING) for name in acts.activities]
            places = parts[0] if len(parts) == 1 else np.sort(np.concatenate(parts))
            if not self._all_seen:
                places = places[self.columns.at[places] <= self.as_of]
            if acts.where is not None:
                yes, known = self.holds(acts.where, places)
                self._doubt[acts] = self._owners(places[~known])
                places = places[yes & known]
            self._found[acts] = places
        return self._found[acts]

    def triggers(self, form: Form) -> Whole:
        """The places of the activations."""
        places = self.find(form.trigger)
        if form.pairing == EACH or not len(places):
            return places
        owner = self.columns.owner[places]
        differs = owner[1:] != owner[:-1]
        edge = np.append(True, differs) if form.pairing == FIRST else np.append(differs, True)
        return np.asarray(places[edge])

    def after(self, acts: Acts | None, places: Whole) -> Whole:
        """The first one after each place in its history, or NONE."""
        among = NOTHING if acts is None else self.find(acts)
        if not len(among):
            return np.full(len(places), NONE)
        which = np.searchsorted(among, places, "right")
        found = among[np.minimum(which, len(among) - 1)]
        same = (which < len(among)) & (self.columns.owner[found] == self.columns.owner[places])
        return np.where(same, found, NONE)

    def before(self, acts: Acts | None, places: Whole, *, nearest: bool = True) -> Whole:
        """The nearest one before each place in its history, or the first of the history, or NONE."""
        among = NOTHING if acts is None else self.find(acts)
        if not len(among):
            return np.full(len(places), NONE)
        start = self.columns.starts[self.columns.owner[places]]
        which = np.searchsorted(among, places if nearest else start) - (1 if nearest else 0)
        found = among[np.clip(which, 0, len(among) - 1)]
        inside = (which >= 0) & (which < len(among)) & (found >= start) & (found < places)
        return np.where(inside, found, NONE)

    def last(self, acts: Acts, places: Whole) -> Whole:
        """The last one after each place in its history, or NONE."""
        among = self.find(acts)
        if not len(among):
            return np.full(len(places), NONE)
        ends = self.columns.starts[self.columns.owner[places] + 1]
        found = among[np.maximum(np.searchsorted(among, ends) - 1, 0)]
        return np.where((found > places) & (found < ends), found, NONE)

    def nth_from(self, acts: Acts, places: Whole, n: int) -> Whole:
        """The one with n of them before it, counted from each place on, or NONE. The place itself counts too."""
        among = self.find(acts)
        which = np.searchsorted(among, places) + n
        found = np.append(among, NONE)[np.minimum(which, len(among))]
        return np.where(
            (found != NONE) & (self.columns.owner[found] == self.columns.owner[places]), found, NONE
        )

    def moments(self, name: Name, places: Whole) -> tuple[Whole, Truth]:
        """A moment that is said, in microseconds, and where it is."""
        said = self.columns.said.get(name.name)
        if said is None or said.words is None:
            return np.zeros(len(places), np.int64), np.zeros(len(places), bool)
        codes, known = self._value(Name(name.name, name.of_case), places)
        words = [micros(word) if isinstance(word, datetime) else UNTIMED for word in said.words]
        found = np.array([*words, UNTIMED], np.int64)[np.where(known, codes, -1)]
        return found, known & (found != UNTIMED)

    def alike(self, names: Sequence[Name], places: Sequence[Whole]) -> list[tuple[Whole, Truth]]:
        """What is said under these names at these places, equal numbers for equal values. NONE is no place."""
        told = [self.columns.said.get(name.name) for name in names]
        if any(name.or_zero for name in names) or len({said.words is None for said in told if said}) > 1:
            raise NotPlain
        codes: dict[Value, int] = {}
        found = []
        for name, said, where in zip(names, told, places, strict=True):
            numbers, known = self._value(name, where)
            if said is not None and said.words is not None:
                numbers = np.array([*(codes.setdefault(word, len(codes)) for word in said.words), 0])[numbers]
            found.append((numbers, known & (where != NONE)))
        return found

    def hard_for(self, rule: Rule) -> Truth:
        """Which histories the plain evaluator must judge: what the rule asks for has no moment, or is not certain."""
        wanted = [acts for version in rule.versions for acts in acts_of(version.form)]
        hard = np.zeros(len(self.columns.keys), bool)
        if any(_looks_back(version.form) for version in rule.versions):
            hard |= self.columns.untimed
        elif self.columns.untimed.any():
            for activity in frozenset().union(*(acts.activities for acts in wanted)):
                places = self.columns.activities.get(activity, NOTHING)
                hard[self.columns.owner[places[self.columns.at[places] == UNTIMED]]] = True
        for acts in wanted:
            if acts in self._doubt:
                hard |= self._doubt[acts]
        return hard

    def governed(self, places: Whole, rule: Rule, version: Version) -> Truth:
        """Which triggers fall under a version."""
        at = self.columns.at[places]
        yes = at >= micros(rule.calendar.begins(version.begins))
        return yes if version.ends is None else yes & (at < micros(rule.calendar.begins(version.ends)))

    def wake(self, places: Whole, at: Whole) -> None:
        """Note that what is said of these activations may change at these moments, if somebody follows them."""
        if self.wakes is not None:
            later = at > self.as_of
            np.minimum.at(self.wakes, self.columns.owner[places[later]], at[later])

    def limit(self, term: Term, calendar: Calendar, places: Whole) -> tuple[Whole, Whole, Truth]:
        """When a term ends that starts at these events, when its last day begins, and where that is provisional."""
        sure = np.zeros(len(places), bool)
        if term.unit in LENGTHS and term.begins == AT_ONCE:
            ends = self.columns.at[places] + term.amount * (LENGTHS[term.unit] // MICROSECOND)
            return ends, ends, sure
        if term.unit not in BY_DAY:
            raise NotPlain
        days = self.columns.days(calendar)
        day = days.numbers[places]
        if term.unit == DAYS and not term.rolls:
            last = day + term.amount - (1 if term.begins == AT_ONCE else 0)
            return days.midnights[last + 1], days.midnights[last], sure
        return self._by_table(term, calendar, day)

    def holds(self, condition: Condition, places: Whole) -> tuple[Truth, Truth]:
        """Where a condition holds, and where that is known at all."""
        match condition:
            case Compared((Name() as name,), "=" | "!=" as operator, (str() as text,)):
                return self._is_text(name, operator, text, places)
            case Compared():
                left, left_known = self._side(condition.left, places)
                right, right_known = self._side(condition.right, places)
                yes = np.asarray(OPERATORS[condition.operator](left, right), bool)
                return yes, left_known & right_known
            case Known():
                _numbers, known = self._value(condition.name, places)
                return known, np.ones(len(places), bool)
            case Among():
                return self._among(condition, places)
            case Not():
                yes, known = self.holds(condition.part, places)
                return ~yes, known
            case All():
                answers = [self.holds(part, places) for part in condition.parts]
                no = np.logical_or.reduce([~yes & known for yes, known in answers])
                all_known = np.logical_and.reduce([known for _yes, known in answers])
                return ~no, no | all_known

    def _side(self, terms: tuple[Side, ...], places: Whole) -> tuple[Whole, Truth]:
        total, known = np.zeros(len(places), np.int64), np.ones(len(places), bool)
        for term in terms:
            if isinstance(term, Name):
                said = self.columns.said.get(term.name)
                if said is not None and said.words is not None:
                    raise NotPlain
                numbers, there = self._value(term, places)
                total, known = total + numbers, known & there
            elif (number := scaled(term)) is not None:
                total = total + number
            else:
                raise NotPlain
        return total, known

    def _is_text(self, name: Name, operator: str, text: str, places: Whole) -> tuple[Truth, Truth]:
        """Where a value is a text, or another one; one that is no text is not known to be either."""
        said = self.columns.said.get(name.name)
        if said is None or said.words is None:
            return np.zeros(len(places), bool), np.zeros(len(places), bool)
        codes, known = self._value(Name(name.name, name.of_case), places)
        codes = np.where(known, codes, -1)
        texts = np.array([*(isinstance(word, str) for word in said.words), False], bool)
        equal = np.array([*(word == text for word in said.words), False], bool)
        return np.asarray(OPERATORS[operator](equal[codes], True)), texts[codes]

    def _among(self, condition: Among, places: Whole) -> tuple[Truth, Truth]:
        said = self.columns.said.get(condition.name.name)
        if condition.name.or_zero or (said is not None and said.words is None):
            raise NotPlain
        codes, known = self._value(condition.name, places)
        words = said.words if said is not None and said.words is not None else []
        listed = np.array([word in condition.values for word in words] + [False], bool)
        return listed[np.where(known, codes, -1)], known

    def _value(self, name: Name, places: Whole) -> tuple[Whole, Truth]:
        said = self.columns.said.get(name.name)
        if said is None or not len(said.places):
            return np.zeros(len(places), np.int64), np.full(len(places), name.or_zero)
        which, known = self._told(said, name, places)
        numbers = np.where(known, said.numbers[which], 0)
        return numbers, known | name.or_zero

    def _told(self, said: Said, name: Name, places: Whole) -> tuple[Whole, Truth]:
        """Where it was said last, up to and with each place: in the history, or by the event itself."""
        which = np.maximum(np.searchsorted(said.places, places, "right") - 1, 0)
        told = said.places[which]
        first = self.columns.starts[self.columns.owner[places]] if name.of_case else places
        return which, (told >= first) & (told <= places)

    def _by_table(self, term: Term, calendar: Calendar, day: Whole) -> tuple[Whole, Whole, Truth]:
        """Each day once, by the kernel itself."""
        days = self.columns.days(calendar)
        once, which = np.unique(day, return_inverse=True)
        limits = [limit(term, calendar, days.moment(int(each))) for each in once]
        ends = np.array([micros(each.at) for each in limits], np.int64)
        lasts = np.array([micros(opens(each, calendar, on_last_day=True)) for each in limits], np.int64)
        unsure = np.array([each.provisional for each in limits], bool)
        return ends[which], lasts[which], unsure[which]

    def _owners(self, places: Whole) -> Truth:
        found = np.zeros(len(self.columns.keys), bool)
        found[self.columns.owner[places]] = True
        return found


def acts_of(form: object) -> Iterator[Acts]:
    """All that a form looks for."""
    return (each for each in parts_of(form) if isinstance(each, Acts))


def _looks_back(form: object) -> bool:
    """Whether it asks what was said last in the case: an event without a moment may have said it later."""
    return any(isinstance(each, Name) and each.of_case for each in parts_of(form))


def parts_of(form: object) -> Iterator[object]:
    """All that a form is made of, whatever its depth."""
    yield form
    if isinstance(form, tuple):
        for each in form:
            yield from parts_of(each)
    elif is_dataclass(form):
        for part in fields(form):
            yield from parts_of(getattr(form, part.name))
