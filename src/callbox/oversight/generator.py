# SPDX-License-Identifier: Apache-2.0
"""Synthetic case histories with known violations: role codes, no names. Part of the domain: pure, on NumPy, seeded.

`columns_by_kind(cases, seed, rules)` gives all of them as columns at once. The shape: a mapping from the kind of object
(`case`, `person`, `item`, ...) to `Made`, whose `columns` (see columns.py) the engine in bulk reads. The histories of
all kinds together are exactly `cases`; each has at least `EVENTS` events, ordered by moment; keys: `case-0000001`, ids:
`key/place`. `Made.planted` says by (rule, key, event) what is broken; a share of `lawful` is not broken at all.
A million cases take some seconds. `events_of` gives the same histories as events.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import overload

import numpy as np

from callbox.oversight.columns import Columns, Said, Whole, micros, moment_of, scaled
from callbox.oversight.domain.events import Event, Value
from callbox.oversight.domain.rules import Rule
from callbox.oversight.plans import DAY, MINUTE, Relative, Step
from callbox.oversight.planting import Template, Together, extended, lawful, violations

EVENTS = 10
AS_OF = datetime(2026, 10, 1, tzinfo=UTC)
BEGINS = datetime(2024, 3, 4, 1, tzinfo=UTC)  # a Monday at 9 in Shanghai; all limits have passed by AS_OF
SPREAD = 150  # days over which histories begin
NOTED = "case.noted"  # an event of which no rule asks anything: it fills a short history
LAWFUL = 0.9


class Numbered(Sequence[str]):
    """Names with running numbers, made when asked for: a million of them cost nothing."""

    def __init__(self, prefix: str, count: int) -> None:
        self.prefix, self.size = prefix, count

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...

    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(self.size))]
        if not -self.size <= place < self.size:
            raise IndexError(place)
        return f"{self.prefix}-{place % self.size:07}"


class EventIds(Sequence[str]):
    """`key/place` of each event, made when asked for."""

    def __init__(self, keys: Sequence[str], starts: Whole) -> None:
        self.keys, self.starts = keys, starts

    def __len__(self) -> int:
        return int(self.starts[-1])

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...

    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        place %= len(self)
        owner = int(np.searchsorted(self.starts, place, "right")) - 1
        return f"{self.keys[owner]}/{place - int(self.starts[owner])}"


@dataclass(frozen=True)
class Made:
    """Histories of one kind. templates: those there are; which: of each history, its template."""

    columns: Columns
    templates: Sequence[Template]
    which: Whole

    @cached_property
    def planted(self) -> dict[tuple[str, str, str], str]:
        """What is broken: (rule, key, event) -> overdue or broken_late. Nothing else is."""
        broken = np.array([bool(each.broken) for each in self.templates], bool)
        found: dict[tuple[str, str, str], str] = {}
        for number in np.flatnonzero(broken[self.which]).tolist():
            template, key = self.templates[int(self.which[number])], self.columns.keys[number]
            found |= {(template.rule, key, f"{key}/{place}"): said for place, said in template.broken.items()}
        return found


def templates_of(rules: Mapping[str, Rule]) -> list[Template]:
    """For each version of each rule lawful histories, and one for each way to break it. Raises Stuck."""
    found: list[Template] = []
    together = {kind: Together(kind, rules.values()) for kind in {rule.over for rule in rules.values()}}
    for rule in rules.values():
        among = together[rule.over]
        for version in rule.versions:
            base = _base(version.begins.year)
            found.append(lawful(rule, version, among, base, AS_OF))
            found += extended(rule, version, among, base, AS_OF)
            found += violations(rule, version, among, base, AS_OF)
    return [_filled(each) for each in found]


def columns_by_kind(
    cases: int, seed: int, rules: Mapping[str, Rule], *, share_lawful: float = LAWFUL
) -> dict[str, Made]:
    """So many histories, by kind of object. share_lawful: of those, how many are not broken (0 to 1)."""
    templates = templates_of(rules)
    random = np.random.default_rng(seed)
    sound = np.array([not each.broken for each in templates], bool)
    weights = np.where(sound, share_lawful / sound.sum(), (1 - share_lawful) / max(1, (~sound).sum()))
    chosen = random.choice(len(templates), cases, p=weights / weights.sum())
    return _by_kind(templates, chosen, random)


def planted_once(rules: Mapping[str, Rule], seed: int) -> dict[str, Made]:
    """Each template once: every rule lawful, and broken in each way that its form knows."""
    templates = templates_of(rules)
    return _by_kind(templates, np.arange(len(templates)), np.random.default_rng(seed))


def _by_kind(templates: Sequence[Template], chosen: Whole, random: np.random.Generator) -> dict[str, Made]:
    """The histories of the chosen templates, each kind's among its own."""
    kinds = np.array([each.kind for each in templates])
    found = {}
    for kind in np.unique(kinds).tolist():
        own = np.flatnonzero(kinds == kind)
        which = np.searchsorted(own, chosen[kinds[chosen] == kind])
        found[kind] = _made(kind, [templates[number] for number in own.tolist()], which, random)
    return found


def events_of(made: Made) -> Iterator[Event]:
    """All events of the histories, as any importer would hand them on."""
    columns = made.columns
    for number, key in enumerate(columns.keys):
        for event in columns.history(number).events:
            yield replace(event, recorded=_recorded(event), objects=((columns.kind, key),))


def _recorded(event: Event) -> datetime | None:
    minutes = event.values.get("recorded_after", Decimal(0))
    return event.happened + int(minutes) * MINUTE if event.happened and isinstance(minutes, Decimal) else None


def _base(year: int) -> datetime:
    """Where histories begin: under the version that is meant, and early enough that every limit passes."""
    return datetime(2026, 1, 12, 1, tzinfo=UTC) if year >= AS_OF.year else BEGINS


def _filled(template: Template) -> Template:
    steps = list(template.steps)
    last = steps[-1].minute
    steps += [Step(NOTED, last + n) for n in range(1, EVENTS - len(steps) + 1)]
    return Template(
        template.kind, template.rule, template.variant, template.base, tuple(steps), template.broken
    )


def _made(kind: str, templates: Sequence[Template], which: Whole, random: np.random.Generator) -> Made:
    """The histories of these templates, each begun on a day and at a minute of its own."""
    sizes = np.array([len(each.steps) for each in templates], np.int64)
    firsts = np.concatenate(([0], np.cumsum(sizes)))[:-1]
    starts = np.concatenate(([0], np.cumsum(sizes[which]))).astype(np.int64)
    steps = [step for each in templates for step in each.steps]
    flat = np.arange(starts[-1]) + np.repeat(firsts[which] - starts[:-1], sizes[which])
    begins = _begins(templates, which, random)
    began = np.repeat(begins, sizes[which])
    offsets = np.array([step.minute for step in steps], np.int64) * (MINUTE // timedelta(microseconds=1))
    keys = Numbered(kind, len(which))
    columns = Columns(
        kind,
        keys,
        starts,
        EventIds(keys, starts),
        began + offsets[flat],
        flat - np.repeat(firsts[which], sizes[which]),
        _activities(steps, flat),
        {
            name: _said(name, steps, flat, began)
            for name in sorted({name for each in steps for name in each.values})
        },
    )
    return Made(columns, templates, which)


def _begins(templates: Sequence[Template], which: Whole, random: np.random.Generator) -> Whole:
    minute = MINUTE // timedelta(microseconds=1)
    bases = np.array([micros(each.base) for each in templates], np.int64)
    spread = np.array([SPREAD if each.base == BEGINS else SPREAD // 10 for each in templates], np.int64)
    days = (random.random(len(which)) * spread[which]).astype(np.int64)
    begins: Whole = bases[which] + (days * DAY + random.integers(0, 60, len(which))) * minute
    return begins


def _activities(steps: Sequence[Step], flat: Whole) -> dict[str, Whole]:
    names = sorted({each.activity for each in steps})
    numbers = {name: number for number, name in enumerate(names)}
    codes = np.array([numbers[each.activity] for each in steps], np.int16)[flat]
    order = np.argsort(codes, kind="stable")
    ends = np.concatenate(([0], np.cumsum(np.bincount(codes, minlength=len(names)))))
    found = {name: order[ends[n] : ends[n + 1]] for name, n in numbers.items()}
    return {name: places for name, places in found.items() if len(places)}


def _said(name: str, steps: Sequence[Step], flat: Whole, began: Whole) -> Said:
    told = np.array([name in each.values for each in steps], bool)
    places = np.flatnonzero(told[flat])
    values = [each.values.get(name) for each in steps]
    if any(isinstance(value, Relative) for value in values):
        return _moments(values, flat[places], began[places], places)
    known = [value for value in values if value is not None]
    numbers = [scaled(value) for value in known]  # the relative ones are gone
    if None not in numbers:
        table = np.array([0 if value is None else scaled(value) for value in values], np.int64)
        return Said(places, table[flat[places]])
    words: dict[Value, int] = {}
    table = np.array(
        [0 if value is None else words.setdefault(value, len(words)) for value in values],  # type: ignore[arg-type]
        np.int64,
    )
    return Said(places, table[flat[places]], list(words))


def _moments(values: Sequence[object], flat: Whole, began: Whole, places: Whole) -> Said:
    minutes = np.array([value.minute if isinstance(value, Relative) else 0 for value in values], np.int64)
    at = began + minutes[flat] * (MINUTE // timedelta(microseconds=1))
    once, numbers = np.unique(at, return_inverse=True)
    return Said(
        places, numbers.astype(np.int64), [moment for each in once.tolist() if (moment := moment_of(each))]
    )
