# SPDX-License-Identifier: Apache-2.0
"""Who should go: the units that fill a response plan soonest, with reasons, and what nobody can give. Pure.

The same function decides in production, in a replay and in a simulation. A unit fills one requirement.
Units are taken soonest first, and a unit is taken whenever those already taken can be rearranged to make
room for it. The sets of units that fill different requirements form a transversal matroid (Edmonds and
Fulkerson 1965), so this greedy choice is exact: as many requirements as can be are filled, and the first,
the second, ... and the last arrival are each as early as in any other such choice. Available units go
before conditionally available ones.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from heapq import nsmallest
from math import inf
from typing import Literal
from uuid import UUID

from callbox.dispatch.filling import Filling
from callbox.dispatch.plans import ResponsePlan

type UnitId = UUID
type Travel = Mapping[UnitId, float] | Sequence[float]
type Turnout = Mapping[str, float] | Callable[["UnitNow"], float]
type Availability = Literal["available", "conditional", "not_available"]

AFTER_AVAILABLE_S = 1e7  # far above any travel time: puts every conditional unit behind every available one
ALREADY_ASSIGNED = "already_assigned"
FIRST_LOOK = 64  # units ordered at first: far more than a plan asks for


@dataclass(frozen=True, slots=True)
class UnitNow:
    """A unit as it stands now.

    agency: kind of its agency (fire, ems, police, city), by which turnout goes. position_age_s: seconds
    since its position was known. at_station: its crew is in, so turnout is added. held: the assignment it
    holds, if any. excluded: code of a reason not to offer it (`already_assigned`, `declined`, ...), empty
    if there is none.
    """

    id: UnitId
    callsign: str
    agency: str
    kind: str
    capabilities: frozenset[str]
    availability: Availability
    position_age_s: float = 0.0
    at_station: bool = False
    position_source: Literal["gps", "station"] = "gps"
    held: UUID | None = None
    excluded: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A unit that can come: seconds of turnout and travel, its arrival, what it fills ("" for none), and why.

    why: codes of `data/reasons.tsv`.
    """

    unit: UnitNow
    turnout_s: float
    travel_s: float
    arrives_at: datetime
    fills: str
    why: tuple[str, ...]

    @property
    def arrival_s(self) -> float:
        """Seconds from now to arrival."""
        return self.turnout_s + self.travel_s


@dataclass(frozen=True, slots=True)
class Missing:
    """What the plan asks for that nobody can give: how many units short."""

    capability: str
    count: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A unit that is not offered, and the code of the reason (`data/reasons.tsv`)."""

    unit: UnitNow
    reason: str


@dataclass(frozen=True)
class Recommendation:
    """Who should go (`offers`, soonest first) and what is `missing`; the long lists are made when read."""

    offers: tuple[Offer, ...]
    missing: tuple[Missing, ...]
    _now: "_Situation" = field(repr=False)

    @property
    def is_complete(self) -> bool:
        """Whether the offers fill the whole plan."""
        return not self.missing

    @cached_property
    def others(self) -> tuple[Offer, ...]:
        """All others that could come: those the plan can use first, then available ones, then soonest."""
        chosen = {offer.unit.id for offer in self.offers}
        rest = [i for i in self._now.able if self._now.units[i].id not in chosen]
        return tuple(self._now.other(i) for i in sorted(rest, key=self._now.order_of_use))

    @cached_property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Units that are not offered and why, in order of call sign: excluded, not available, unreachable."""
        found = [LeftOut(unit, self._now.reason_against(i)) for i, unit in enumerate(self._now.units)]
        return tuple(sorted((each for each in found if each.reason), key=lambda each: each.unit.callsign))

    @property
    def unreachable(self) -> tuple[UnitNow, ...]:
        """Units that would be offered if a road led from their position to the incident."""
        return tuple(each.unit for each in self.left_out if each.reason == "unreachable")


def rank(
    units: Sequence[UnitNow], plan: ResponsePlan, travel_s: Travel, at: datetime, *, turnout_s: Turnout
) -> Recommendation:
    """Who should go, soonest arrival first, and what the plan asks for that nobody can give.

    Units excluded as `already_assigned` are on their way: they fill what they can, and only the rest is sought.
    travel_s: seconds by road from each unit's last position to the incident, by unit id (a unit not in it
    cannot reach it), or a list in the order of `units` with infinity for those that cannot. turnout_s:
    seconds by kind of agency, or a function of the unit; added only for units at their station. Raises
    KeyError for a kind of agency without one, ValueError for a list of another length.
    """
    now = _Situation(units, plan, travel_s, turnout_s, at)
    filling = Filling([(each.capability, each.count) for each in plan.requirements])
    for i in now.sent:
        filling.take(i, units[i].capabilities)
    for i in now.by_arrival():
        if filling.is_full:
            break
        filling.take(i, units[i].capabilities)
    filled = ((i, capability) for i, capability in filling.filled().items() if i not in now.sent)
    chosen = sorted(filled, key=lambda each: now.order(each[0]))
    missing = tuple(Missing(capability, count) for capability, count in filling.still_open().items())
    return Recommendation(tuple(now.choice(i, capability) for i, capability in chosen), missing, now)


class _Situation:
    """Everybody's arrival, counted once. `soonness` is what they are ranked by; infinite for the left out."""

    def __init__(
        self, units: Sequence[UnitNow], plan: ResponsePlan, travel_s: Travel, turnout: Turnout, at: datetime
    ) -> None:
        self.units = units
        self.at = at
        self.wanted = frozenset(each.capability for each in plan.requirements)
        self.turnout_of = _turnout_function(turnout)
        self.travel = _in_order(units, travel_s)
        self.soonness = self._count()
        self.sent = [i for i, unit in enumerate(units) if unit.excluded == ALREADY_ASSIGNED]
        self.able = [i for i, soonness in enumerate(self.soonness) if soonness != inf]

    def _count(self) -> list[float]:
        """One pass over all units; thousands of them must take about a millisecond, so no call for each."""
        soonness = []
        for unit, seconds in zip(self.units, self.travel, strict=True):
            availability = unit.availability
            if availability == "not_available" or unit.excluded or seconds == inf:
                soonness.append(inf)
                continue
            arrival = seconds + self.turnout_of(unit) if unit.at_station else seconds
            soonness.append(arrival if availability == "available" else arrival + AFTER_AVAILABLE_S)
        return soonness

    def by_arrival(self) -> Iterator[int]:
        """The units the plan can use, in order. The first few mostly do: the rest is sorted only if not."""
        wanted, units = self.wanted, self.units
        useful = [i for i in self.able if not wanted.isdisjoint(units[i].capabilities)]
        few = nsmallest(FIRST_LOOK, useful, key=self.soonness.__getitem__)
        if len(few) < FIRST_LOOK:
            yield from sorted(few, key=self.order)
            return
        limit = self.soonness[few[-1]]
        yield from sorted((i for i in few if self.soonness[i] < limit), key=self.order)
        yield from sorted((i for i in useful if self.soonness[i] >= limit), key=self.order)

    def order(self, i: int) -> tuple[float, str]:
        return self.soonness[i], self.units[i].callsign

    def order_of_use(self, i: int) -> tuple[bool, float, str]:
        return self.wanted.isdisjoint(self.units[i].capabilities), *self.order(i)

    def choice(self, i: int, capability: str) -> Offer:
        rivals = (j for j in self.able if j != i and capability in self.units[j].capabilities)
        return self._offer(i, capability, "only_one" if next(rivals, None) is None else "soonest")

    def other(self, i: int) -> Offer:
        useless = self.wanted.isdisjoint(self.units[i].capabilities)
        return self._offer(i, "", "not_asked_for" if useless else "later")

    def _offer(self, i: int, fills: str, first: str) -> Offer:
        unit = self.units[i]
        turnout = self.turnout_of(unit) if unit.at_station else 0.0
        arrives_at = self.at + timedelta(seconds=turnout + self.travel[i])
        return Offer(unit, turnout, self.travel[i], arrives_at, fills, (first, *_notes(unit)))

    def reason_against(self, i: int) -> str:
        unit = self.units[i]
        if unit.excluded:
            return unit.excluded
        if unit.availability == "not_available":
            return "not_available"
        return "unreachable" if self.soonness[i] == inf else ""


def _notes(unit: UnitNow) -> Iterator[str]:
    yield "at_station" if unit.at_station else "on_the_road"
    if unit.position_source == "station":
        yield "position_from_station"
    if unit.availability == "conditional":
        yield "conditional"
    if unit.held is not None:
        yield "holds_assignment"


def _turnout_function(turnout: Turnout) -> Callable[[UnitNow], float]:
    return (lambda unit: turnout[unit.agency]) if isinstance(turnout, Mapping) else turnout


def _in_order(units: Sequence[UnitNow], travel_s: Travel) -> Sequence[float]:
    if isinstance(travel_s, Mapping):
        return [travel_s.get(unit.id, inf) for unit in units]
    if len(travel_s) != len(units):
        raise ValueError(f"{len(travel_s)} travel times for {len(units)} units")
    return travel_s
