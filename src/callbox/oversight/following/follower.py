# SPDX-License-Identifier: Apache-2.0
"""Following histories event by event: what changes when something happens, and when nothing does. Part of the domain.

A batch of events, or a moment that has come, names the histories that may have changed; they alone are judged again, by
columns, whole. So it says what a scan of everything would say, in whatever order and portions events arrive.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from callbox.oversight.bulk import Judged, judge_all
from callbox.oversight.columns import MICROSECOND, Columns, Whole, micros
from callbox.oversight.domain.conditions import Name
from callbox.oversight.domain.events import Event, History
from callbox.oversight.domain.rules import Rule
from callbox.oversight.domain.verdicts import VERDICTS, Verdict
from callbox.oversight.following.arrays import Growing
from callbox.oversight.following.log import NEVER, Log
from callbox.oversight.following.state import pack, split
from callbox.oversight.following.wakes import Wakes, moments_of
from callbox.oversight.searching import Search, parts_of
from callbox.oversight.verdict_codes import CODES

NO_VERDICT = -1  # no activation (any more)


@dataclass(frozen=True, slots=True)
class Flips:
    """What one rule now says otherwise. rows: of the activations in the log; was, becomes: codes, or NO_VERDICT."""

    rule: Rule
    rows: Whole
    was: Whole
    becomes: Whole


@dataclass(frozen=True, slots=True)
class Looked:
    """One look: at which histories (their numbers), which of them because their moment had come, and what changed."""

    which: Whole
    woken: Whole
    flips: Sequence[Flips]


class Follower:
    """All that is known of one kind of object, and what each rule says of it at the last moment that was given.

    standstill: how soon it looks again at a clock that stands still, whose limit moves with the time: at every look,
    or only after so long.
    """

    def __init__(self, kind: str, rules: Iterable[Rule], standstill: timedelta = MICROSECOND) -> None:
        self.rules = [rule for rule in rules if rule.over == kind]
        self.log = Log(
            kind, {each.name for each in parts_of(tuple(_forms(self.rules))) if isinstance(each, Name)}
        )
        self.wakes = Wakes()
        self._standstill = standstill // MICROSECOND
        self._calendars = list({rule.calendar.zone.key: rule.calendar for rule in self.rules}.values())
        self._said = {rule.code: _Said(rule) for rule in self.rules}

    def look(self, events: Sequence[Event], now: datetime, also: Iterable[str] = ()) -> Looked:
        """Take events in, and judge again what they or the time may have changed, and these objects."""
        before = len(self.log)
        touched = self.log.add(events)
        for said in self._said.values():
            said.make_room(self.log, before)
        woken = self.wakes.due(micros(now))
        which = np.unique(np.concatenate([touched, woken, self.log.numbers_of(also)]))
        return Looked(which, woken, self._judge(which, now) if len(which) else [])

    def verdicts(self) -> Iterator[tuple[str, str, str, str]]:
        """What each rule said of each activation at the last look: rule, event, verdict, and the object's key."""
        for code, said in self._said.items():
            for row, verdict in said.standing():
                yield code, self.log.ids[row], VERDICTS[verdict], self.log.key_of(row)

    def states(self, which: Whole) -> list[bytes]:
        """What is said of these histories (ascending), packed as it is kept."""
        rows, owners = self.log.rows_of(which)
        owned, packed = [], []
        for said in self._said.values():
            found, codes = said.of(rows)
            owned.append(owners[found])
            packed.append(pack(said.rule.code, [self.log.ids[row] for row in rows[found].tolist()], codes))
        return split(owned, packed, which)

    def said_of(self, which: Whole) -> dict[str, dict[tuple[str, str], str]]:
        """What each rule says of each activation of these histories: by object, then by rule and event."""
        rows, owners = self.log.rows_of(which)
        told: dict[str, dict[tuple[str, str], str]] = {self.log.keys[each]: {} for each in which.tolist()}
        for code, said in self._said.items():
            found, codes = said.of(rows)
            for row, owner, verdict in zip(
                rows[found].tolist(), owners[found].tolist(), codes.tolist(), strict=True
            ):
                told[self.log.keys[owner]][code, self.log.ids[row]] = VERDICTS[verdict]
        return told

    def history(self, key: str, now: datetime) -> History:
        """One object's history, as far as the rules ask of it."""
        columns, _rows = self.log.columns(self.log.numbers_of([key]), now, ())
        return columns.history(0)

    def counts(self) -> dict[str, dict[str, int]]:
        """How many activations have each verdict, by rule."""
        return {code: said.counts() for code, said in self._said.items()}

    def _judge(self, which: Whole, now: datetime) -> list[Flips]:
        columns, rows = self.log.columns(which, now, self._calendars)
        search = Search(columns, micros(now))
        search.wakes = _asleep(columns, search.as_of)
        places: dict[tuple[str, str], int] = {}
        flips = []
        for rule in self.rules:
            said = self._said[rule.code]
            if not any(name in columns.activities for name in said.triggers):
                continue
            judged = judge_all(search, rule, now)
            if judged.others and not places:
                places = _places(columns)
            found = said.take(columns, rows, judged, places)
            _wake(search, rule, judged.others, places, now)
            if len(found.rows):
                flips.append(found)
        at_once = search.wakes == search.as_of + 1
        self.wakes.set(which, np.where(at_once, search.as_of + self._standstill, search.wakes))
        return flips


class _Said:
    """What one rule says: of each row that may begin an activation, ascending, the code of its verdict."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.triggers = frozenset().union(*(each.form.trigger.activities for each in rule.versions))
        self._rows, self._codes = Growing(), Growing()

    def make_room(self, log: Log, first: int) -> None:
        """For the rows of the log from the first on."""
        wanted = [log.activities[name] for name in self.triggers if name in log.activities]
        new = np.flatnonzero(np.isin(log.activity.all[first:], wanted)) + first
        self._rows.add(new)
        self._codes.fill_to(self._rows.count, NO_VERDICT)

    def take(
        self, columns: Columns, rows: Whole, judged: Judged, places: Mapping[tuple[str, str], int]
    ) -> Flips:
        """Keep what was judged of these histories; returns what changed."""
        codes = np.full(len(columns), NO_VERDICT, np.int64)
        codes[judged.places] = judged.codes
        for each in judged.others:
            codes[places[each.key, each.activation]] = CODES[each.verdict]
        parts = [columns.activities[name] for name in self.triggers if name in columns.activities]
        asked = np.concatenate(parts)
        own = np.searchsorted(self._rows.all, rows[asked])
        was, becomes = self._codes.all[own], codes[asked]
        changed = was != becomes
        self._codes.all[own] = becomes
        return Flips(self.rule, rows[asked[changed]], was[changed], becomes[changed])

    def of(self, rows: Whole) -> tuple[Whole, Whole]:
        """Which of these rows begin an activation, by their places, and its code."""
        own = np.searchsorted(self._rows.all, rows)
        own[own == self._rows.count] = 0
        there = np.flatnonzero(self._rows.all[own] == rows) if self._rows.count else np.empty(0, np.int64)
        codes = self._codes.all[own[there]]
        return there[codes != NO_VERDICT], codes[codes != NO_VERDICT]

    def standing(self) -> Iterator[tuple[int, int]]:
        """Each activation's row and code."""
        there = self._codes.all != NO_VERDICT
        return zip(self._rows.all[there].tolist(), self._codes.all[there].tolist(), strict=True)

    def counts(self) -> dict[str, int]:
        found = np.bincount(self._codes.all + 1, minlength=len(VERDICTS) + 1)
        return {verdict: int(found[code + 1]) for verdict, code in CODES.items()}


def _forms(rules: Iterable[Rule]) -> Iterator[object]:
    return (version.form for rule in rules for version in rule.versions)


def _asleep(columns: Columns, now: int) -> Whole:
    """Of each history, the moment of its first event that has not happened yet."""
    found = np.full(len(columns.keys), NEVER, np.int64)
    later = columns.at > now
    np.minimum.at(found, columns.owner[later], columns.at[later])
    return found


def _places(columns: Columns) -> dict[tuple[str, str], int]:
    owners = columns.owner.tolist()
    return {(columns.keys[owner], columns.ids[place]): place for place, owner in enumerate(owners)}


def _wake(
    search: Search,
    rule: Rule,
    others: Iterable[Verdict],
    places: Mapping[tuple[str, str], int],
    now: datetime,
) -> None:
    """When what the plain evaluator said may change by itself."""
    for each in others:
        place = places[each.key, each.activation]
        version = rule.version_on(each.version)
        start = search.columns.moment(place)
        if version is not None and start is not None:
            for at in moments_of(version.form, each.outcome, start, now):
                search.wake(np.array([place]), np.array([micros(at)]))
