# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from callbox.incidents.catalogue import GROUPS
from callbox.incidents.similar import OpenIncident, Report, load_limits, metres_between, suggest

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LIMITS = load_limits(date(2026, 11, 22))
DEGREE_M = 111_195.08  # one degree of latitude on the sphere


def incident(number: int, code: str, group: str, metres: float = 0, minutes: float = 0) -> OpenIncident:
    at = NOON - timedelta(minutes=minutes)
    return OpenIncident(UUID(int=number), code, group, 24.94, 60.17 + metres / DEGREE_M, at)


FIRE_CALL = Report(24.94, 60.17, NOON, "FIRE.BUILDING", "fire")


@pytest.mark.parametrize(
    ("said", "other", "kind"),
    [
        ("the same fire from over the road", incident(1, "FIRE.BUILDING", "fire", 60, 3), "same_type"),
        ("smoke seen from afar", incident(1, "FIRE.SMOKE", "fire", 700, 3), "same_group"),
        ("the gas that exploded", incident(1, "HAZ.GAS", "hazmat", 100, 10), "related_group"),
        ("too far", incident(1, "FIRE.BUILDING", "fire", 801, 3), None),
        ("too long ago", incident(1, "FIRE.BUILDING", "fire", 10, 91), None),
        ("a theft next door", incident(1, "POL.THEFT", "police", 10, 3), None),
    ],
)
def test_what_a_call_taker_is_shown(said: str, other: OpenIncident, kind: str | None) -> None:
    found = suggest(FIRE_CALL, [other], LIMITS)
    assert [each.kind for each in found] == ([kind] if kind else []), said


def test_the_likeliest_comes_first_with_its_reason() -> None:
    far, near = incident(1, "FIRE.BUILDING", "fire", 500, 20), incident(2, "FIRE.BUILDING", "fire", 50, 2)
    first, second = suggest(FIRE_CALL, [far, near], LIMITS)
    assert (first.incident, second.incident) == (near.id, far.id)
    assert first.distance_m == pytest.approx(50, abs=0.5)
    assert first.minutes == 2
    assert 0 < second.score < first.score <= 1


def test_kind_not_known_yet_still_suggests() -> None:
    found = suggest(Report(24.94, 60.17, NOON), [incident(1, "POL.FIGHT", "police", 20, 1)], LIMITS)
    assert [each.kind for each in found] == ["kind_not_known"]


def test_no_more_than_asked_for_and_ties_in_a_fixed_order() -> None:
    many = [incident(number, "FIRE.BUILDING", "fire") for number in (3, 1, 2)]
    assert [each.incident.int for each in suggest(FIRE_CALL, many, LIMITS, at_most=2)] == [1, 2]


def test_every_group_has_limits() -> None:
    assert set(LIMITS.of_group) == set(GROUPS)


def test_distance_of_two_known_places() -> None:
    # Central station to cathedral in Helsinki.
    assert metres_between(24.9414, 60.1719, 24.9521, 60.1704) == pytest.approx(615, abs=30)
