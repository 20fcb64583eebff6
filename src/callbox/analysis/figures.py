# SPDX-License-Identifier: Apache-2.0
"""Response times: what is measured, median and 90th percentile, and the share that kept each promise. Pure.

Percentiles are nearest-rank: the value at place ceil(p / 100 x n) of the n sorted ones, so every figure is
a time that really occurred, in whole seconds (fractions are cut off). Nothing is interpolated. A span whose
beginning or end is not known is not counted, and a measure nobody has is empty, not zero. Definitions:
`data/measures.tsv`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

MEASURES = ("answer", "processing", "turnout", "travel", "first_travel", "response", "total")
MEASURE_OF_CLOCK = {
    "answer": "answer",
    "dispatch": "processing",
    "turnout": "turnout",
    "travel": "first_travel",
    "arrival": "response",
}


@dataclass(frozen=True, slots=True)
class UnitTimes:
    """What one unit did on a case; aware times. `agency`: kind of its agency."""

    unit: str
    agency: str
    assigned: datetime
    en_route: datetime | None
    on_scene: datetime | None
    clear: datetime | None


@dataclass(frozen=True, slots=True)
class CaseTimes:
    """One call and its units; aware times. `hour`: the local hour of reception.

    priority: 1 to 5; None for a call that became no incident: it counts under no priority.
    """

    priority: int | None
    hour: int
    received: datetime
    answered: datetime | None
    units: tuple[UnitTimes, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """One measured time, in whole seconds, and what it counts for."""

    measure: str
    seconds: int
    agency: str
    priority: int | None
    hour: int


@dataclass(frozen=True, slots=True)
class Figure:
    """Count, median and 90th percentile in seconds (None where nothing was counted) of one measure.

    by: `all`, `priority` or `hour`; value: which of them, empty for all.
    """

    by: str
    value: str
    measure: str
    count: int
    median_s: int | None
    p90_s: int | None


class Promise(Protocol):
    """A limit to compare with; `callbox.matters.promises` has them."""

    @property
    def within(self) -> timedelta:
        """The longest time that keeps it."""

    @property
    def percent(self) -> int:
        """The share of cases that must keep it."""

    @property
    def source(self) -> str:
        """Whose number it is."""

    @property
    def scope(self) -> str:
        """The kind of agency it is about, or *."""

    @property
    def most_urgent(self) -> int:
        """The most urgent priority that it is about."""

    @property
    def least_urgent(self) -> int:
        """The least urgent one."""


type PromisesFor = Callable[[str, str, int | None], Sequence[Promise]]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of those a promise holds for kept it. Shares of nothing are None."""

    measure: str
    promise: Promise
    count: int
    kept: int

    @property
    def percent(self) -> float | None:
        """The share that kept it, in per cent."""
        return 100 * self.kept / self.count if self.count else None

    @property
    def is_reached(self) -> bool | None:
        """Whether the share that must keep it did."""
        return self.kept * 100 >= self.promise.percent * self.count if self.count else None


def nearest_rank(ordered: Sequence[int], percent: int) -> int | None:
    """The value at place ceil(percent / 100 x n), counted from 1, of n sorted values; None for none."""
    if not ordered:
        return None
    return ordered[-(-percent * len(ordered) // 100) - 1]


def spans_of(case: CaseTimes) -> Iterator[Span]:
    """All times measured on one case. A case-wide time counts for the agency of the unit that ended it."""

    def span(measure: str, start: datetime | None, end: datetime | None, agency: str) -> Iterator[Span]:
        if start is not None and end is not None:
            yield Span(measure, int((end - start).total_seconds()), agency, case.priority, case.hour)

    yield from span("answer", case.received, case.answered, "")
    for unit in case.units:
        yield from span("turnout", unit.assigned, unit.en_route, unit.agency)
        yield from span("travel", unit.en_route, unit.on_scene, unit.agency)
    if case.units:
        sent = min(case.units, key=lambda unit: (unit.assigned, unit.unit))
        yield from span("processing", case.received, sent.assigned, sent.agency)
    arrived = [(unit.on_scene, unit.unit, unit) for unit in case.units if unit.on_scene is not None]
    if arrived:
        _at, _name, first = min(arrived, key=lambda each: each[:2])
        yield from span("first_travel", first.en_route, first.on_scene, first.agency)
        yield from span("response", case.received, first.on_scene, first.agency)
    ended = [unit.clear for unit in case.units]
    if ended and None not in ended:
        yield from span("total", case.received, max(filter(None, ended)), "")


def figures_of(cases: Iterable[CaseTimes]) -> list[Figure]:
    """All measures over all cases, then by priority, then by hour of reception; in order of `MEASURES`."""
    sorted_in: dict[tuple[str, int], dict[str, list[int]]] = {("all", 0): {}}
    for case in cases:
        for span in spans_of(case):
            for key in _groups_of(span):
                sorted_in.setdefault(key, {}).setdefault(span.measure, []).append(span.seconds)
    order = {"all": 0, "priority": 1, "hour": 2}
    keys = sorted(sorted_in, key=lambda key: (order[key[0]], key[1]))
    return [
        _figure(by, value, measure, sorted(sorted_in[by, value].get(measure, ())))
        for by, value in keys
        for measure in MEASURES
    ]


def _groups_of(span: Span) -> Iterator[tuple[str, int]]:
    yield "all", 0
    yield "hour", span.hour
    if span.priority is not None:
        yield "priority", span.priority


def _figure(by: str, value: int, measure: str, ordered: Sequence[int]) -> Figure:
    shown = "" if by == "all" else str(value)
    return Figure(by, shown, measure, len(ordered), nearest_rank(ordered, 50), nearest_rank(ordered, 90))


def shares_of(cases: Iterable[CaseTimes], promises_for: PromisesFor) -> list[Share]:
    """For every promise that holds for some case, how many kept it; by measure, then strictest first.

    promises_for(clock, agency kind, priority) gives the promises: `timers_for` of dispatch with its table
    does.
    """
    counted: dict[tuple[str, Promise], list[int]] = {}
    clocks = {measure: clock for clock, measure in MEASURE_OF_CLOCK.items()}
    for case in cases:
        for span in spans_of(case):
            clock = clocks.get(span.measure)
            for promise in promises_for(clock, span.agency, span.priority) if clock else ():
                counts = counted.setdefault((span.measure, promise), [0, 0])
                counts[0] += 1
                counts[1] += span.seconds <= promise.within.total_seconds()
    shares = [Share(measure, promise, *counts) for (measure, promise), counts in counted.items()]
    return sorted(
        shares, key=lambda share: (MEASURES.index(share.measure), share.promise.within, str(share.promise))
    )
