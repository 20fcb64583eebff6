# SPDX-License-Identifier: Apache-2.0
"""Which open incidents may be the same event as a new call: near in place, time and kind, and why. Pure.

It suggests; a person decides. Limits per group of types are dated data (`data/nearness.tsv`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from math import asin, cos, radians, sin, sqrt
from uuid import UUID

from callbox.incidents.catalogue import GROUPS, ROOM
from callbox.kernel.tables import read_table

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG 1980

SAME_TYPE, SAME_GROUP, RELATED_GROUP, KIND_NOT_KNOWN = (
    "same_type",
    "same_group",
    "related_group",
    "kind_not_known",
)
_KIND_WEIGHT = {SAME_TYPE: 1.0, SAME_GROUP: 0.8, RELATED_GROUP: 0.5, KIND_NOT_KNOWN: 0.5}


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """An incident that is still open, as far as the search needs it; lon/lat WGS84, `reported_at` aware."""

    id: UUID
    type_code: str
    group: str
    lon: float
    lat: float
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of a new call: place (WGS84), time (aware), and kind, empty while not known."""

    lon: float
    lat: float
    at: datetime
    type_code: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Nearness:
    """How far apart two reports of one event may be."""

    metres: float
    minutes: float


@dataclass(frozen=True, slots=True)
class Limits:
    """Nearness by group, and the pairs of groups under which one event is often reported."""

    of_group: Mapping[str, Nearness]
    related: frozenset[frozenset[str]]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An open incident that may be the same: score (0 to 1), distance in metres, minutes between reports.

    kind: `same_type`, `same_group`, `related_group` or `kind_not_known`.
    """

    incident: UUID
    score: float
    distance_m: float
    minutes: float
    kind: str


@cache
def load_limits(on: date) -> Limits:
    """The limits in force on a day; raises TableError."""
    of_group = {
        row.one_of("group", GROUPS): Nearness(row.whole("metres", 1, 50_000), row.whole("minutes", 1, 10_000))
        for row in read_table(ROOM, "nearness.tsv")
        if row.in_force(on)
    }
    pairs = (
        frozenset({row.one_of("group", GROUPS), row.one_of("other", GROUPS)})
        for row in read_table(ROOM, "related_groups.tsv")
    )
    return Limits(of_group, frozenset(pairs))


def suggest(
    report: Report, incidents: Iterable[OpenIncident], limits: Limits, *, at_most: int = 5
) -> list[Suggestion]:
    """The open incidents that may be the same event, likeliest first; equals by distance, then id."""
    found = (_suggestion(report, incident, limits) for incident in incidents)
    ranked = sorted(
        (each for each in found if each is not None), key=lambda s: (-s.score, s.distance_m, s.incident)
    )
    return ranked[:at_most]


def _suggestion(report: Report, incident: OpenIncident, limits: Limits) -> Suggestion | None:
    kind = _kind(report, incident, limits)
    if kind is None:
        return None
    near = limits.of_group[incident.group]
    distance = metres_between(report.lon, report.lat, incident.lon, incident.lat)
    minutes = abs((report.at - incident.reported_at).total_seconds()) / 60
    if distance > near.metres or minutes > near.minutes:
        return None
    # Half of each factor stays at its limit, so that what is within the limits is never scored as nothing.
    score = _KIND_WEIGHT[kind] * (1 - distance / near.metres / 2) * (1 - minutes / near.minutes / 2)
    return Suggestion(incident.id, round(score, 3), distance, minutes, kind)


def _kind(report: Report, incident: OpenIncident, limits: Limits) -> str | None:
    if not report.group:
        return KIND_NOT_KNOWN
    if report.type_code == incident.type_code:
        return SAME_TYPE
    if report.group == incident.group:
        return SAME_GROUP
    return RELATED_GROUP if frozenset({report.group, incident.group}) in limits.related else None


def metres_between(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Great-circle distance in metres (haversine, mean earth radius); within 0.5 % of the ellipsoid."""
    a, b = radians(lat), radians(other_lat)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half)))
