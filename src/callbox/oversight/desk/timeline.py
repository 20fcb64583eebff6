# SPDX-License-Identifier: Apache-2.0
"""A case's history as a drawing: events, limits, pauses and verdicts at places on a line. Pure; no words of its own.

Places are in the units of an SVG of WIDTH. Everything that is drawn stands in the tables beside it too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from callbox.kernel.calendars import DAY
from callbox.oversight.domain.events import Event
from callbox.oversight.domain.verdicts import BROKEN, CURED, OVERDUE, RUNNING, WARNED, Limit, Outcome, Verdict

WIDTH, EDGE = 1000, 24
TOP, LANE = 76, 46  # where the first lane begins, and how high each is
NEAR = 24  # events closer than this share one mark, which then names them all
TICKS = 6  # at most
RAN, PAUSED, LATE, AHEAD = "ran", "paused", "late", "ahead"
MINUTES = tuple(timedelta(minutes=n) for n in (1, 5, 15, 30, 60, 180, 360, 720))
DAYS = (1, 2, 5, 7, 14, 30, 60, 91, 182, 365, 730, 1826, 3652)


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on the axis. anchor: where its label stands, in SVG's words."""

    x: int
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One event, or several that are close together: the numbers of the first and last, as in the table."""

    x: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a lane: ran, paused, late, or ahead (still to come until the limit)."""

    kind: str
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Lane:
    """One verdict. y: its top. acts: the places of its events. limit: the place of its limit, None without one."""

    number: int
    verdict: Verdict
    y: int
    pieces: tuple[Piece, ...]
    acts: tuple[int, ...]
    limit: int | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """All of it. now: the place of the as-of moment, or the right edge where it lies far behind what is drawn."""

    height: int
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    lanes: tuple[Lane, ...]
    now: int
    width: int = WIDTH


@dataclass(frozen=True, slots=True)
class Span:
    """What one verdict takes of the line: from where its limit is counted to what ended it, or now."""

    begins: datetime
    ends: datetime
    limit: Limit | None
    acts: tuple[datetime, ...]

    @property
    def moments(self) -> tuple[datetime, ...]:
        """All that has to fit."""
        return (self.begins, self.ends, *self.acts, *((self.limit.at,) if self.limit else ()))


def draw(events: Sequence[Event], verdicts: Iterable[Verdict], as_of: datetime, zone: ZoneInfo) -> Drawing:
    """The drawing of a history, its events in order, with what the rules say of it at a moment.

    A verdict whose trigger has no moment has no lane: it stands in the table alone.
    """
    known = {each.id: each.happened for each in events if each.happened}
    spans = [(each, span) for each in verdicts if (span := _span(each, known, as_of))]
    moments = [*known.values(), *(at for _verdict, span in spans for at in span.moments)]
    scale = _Scale.over(moments or [as_of], as_of)
    lanes = tuple(
        _lane(number, verdict, span, scale, as_of) for number, (verdict, span) in enumerate(spans, 1)
    )
    return Drawing(
        height=TOP + LANE * len(lanes) + 8,
        ticks=tuple(_ticks(scale, zone)),
        marks=tuple(_marks(events, scale)),
        lanes=lanes,
        now=scale.x(as_of),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    first: datetime
    last: datetime

    @classmethod
    def over(cls, moments: Sequence[datetime], as_of: datetime) -> "_Scale":
        first, last = min(moments), max(moments)
        # Now is drawn where that costs no more than half of the width: a case of ten years ago stays readable.
        if first < as_of <= last + (last - first):
            last = max(last, as_of)
        room = (last - first) / 40 or timedelta(hours=1)
        return cls(first - room, last + room)

    def x(self, at: datetime) -> int:
        share = (at - self.first) / (self.last - self.first)
        return round(EDGE + min(max(share, 0), 1) * (WIDTH - 2 * EDGE))


def outcomes(outcome: Outcome) -> tuple[Outcome, ...]:
    """The parts of a conjunction, or the outcome itself."""
    return outcome.parts or (outcome,)


def _span(verdict: Verdict, known: Mapping[str, datetime], as_of: datetime) -> Span | None:
    began = known.get(verdict.activation)
    if began is None:
        return None
    outcome = verdict.outcome
    limit = outcome.limit or next((each.limit for each in outcome.parts if each.limit), None)
    acts = tuple(known[each] for part in outcomes(outcome) for each in part.events.values() if each in known)
    start = limit.reckoned.start if limit and limit.reckoned else began
    waits = verdict.verdict in (RUNNING, WARNED, OVERDUE)
    ends = as_of if waits else max((began, *acts))
    return Span(min(start, began), ends, limit, (began, *acts))


def _lane(number: int, verdict: Verdict, span: Span, scale: _Scale, as_of: datetime) -> Lane:
    pieces = tuple(
        Piece(kind, scale.x(begins), max(2, scale.x(ends) - scale.x(begins)))
        for kind, begins, ends in _stretches(verdict.verdict, span, as_of)
    )
    acts = tuple(dict.fromkeys(scale.x(at) for at in span.acts))
    limit = scale.x(span.limit.at) if span.limit else None
    return Lane(number, verdict, TOP + LANE * (number - 1), pieces, acts, limit)


def _stretches(verdict: str, span: Span, as_of: datetime) -> Iterator[tuple[str, datetime, datetime]]:
    limit = span.limit.at if span.limit else span.ends
    if span.begins < (until := min(span.ends, limit)):
        yield RAN, span.begins, until
    if span.ends < limit:
        yield AHEAD, max(span.begins, span.ends), limit
    if verdict in (*BROKEN, CURED) and span.limit and not span.limit.keeps(span.ends):
        yield LATE, limit, span.ends
    for pause in span.limit.reckoned.pauses if span.limit and span.limit.reckoned else ():
        yield PAUSED, max(pause.start, span.begins), min(pause.end, as_of)


def _marks(events: Sequence[Event], scale: _Scale) -> Iterator[Mark]:
    group: list[tuple[int, int]] = []
    for number, event in enumerate(events, 1):
        if event.happened is None:
            continue
        x = scale.x(event.happened)
        if group and x - group[0][1] >= NEAR:
            yield Mark(group[0][1], group[0][0], group[-1][0])
            group = []
        group.append((number, x))
    if group:
        yield Mark(group[0][1], group[0][0], group[-1][0])


def _ticks(scale: _Scale, zone: ZoneInfo) -> Iterator[Tick]:
    far = scale.last - scale.first
    step = next((each for each in MINUTES if far / each <= TICKS), None)
    hours = step is not None and far < 2 * DAY
    moments = _by_clock(scale, zone, step) if hours and step else _by_day(scale, zone)
    shown = "%m-%d %H:%M" if hours else "%Y-%m-%d"
    kept = [each for each in moments if scale.first <= each <= scale.last]
    for at in kept:
        x = scale.x(at)
        anchor = "start" if x < 3 * EDGE else "end" if x > WIDTH - 3 * EDGE else "middle"
        yield Tick(x, at.astimezone(zone).strftime(shown), anchor)


def _by_clock(scale: _Scale, zone: ZoneInfo, step: timedelta) -> Iterator[datetime]:
    at = datetime.combine(scale.first.astimezone(zone).date(), time(), zone).astimezone(scale.first.tzinfo)
    while at <= scale.last:
        yield at
        at += step


def _by_day(scale: _Scale, zone: ZoneInfo) -> Iterator[datetime]:
    far = (scale.last - scale.first).days + 1
    step = next((each for each in DAYS if far <= each * TICKS), DAYS[-1])
    day = scale.first.astimezone(zone).date() + DAY
    while (at := datetime.combine(day, time(), zone)) <= scale.last:
        yield at
        day += step * DAY
