# SPDX-License-Identifier: Apache-2.0
"""Every part has a case for what is known of it, and every case has words and, when it is not well, what to do."""

import dataclasses
from typing import Any

import pytest

from callbox.door.states import LEVELS, Seen, cases, duration, states, told

WELL = Seen(
    database_down=False,
    database_age_s=1,
    answer_s=0.004,
    worker_age_s=2,
    behind={
        "unsealed entry": (0.3, True),
        "unfired clock": (0, True),
        "loop clocks": (0.2, True),
        "calendar": (0, True),
    },
    clock_s=0.001,
    web_answers=True,
    web_clock_s=0.002,
    spool_waiting=0,
    spool_fill=0.0,
    spool_broken=False,
    spool_aside=0,
    stream_age_s=0.2,
    screens=3,
    unread_s=0.1,
    free=50 << 30,
    size=100 << 30,
    standbys=1,
    lag_s=0.5,
    backup_age_s=3600,
    backup_has_database=True,
    city="sf",
    city_version="2026",
    keys=3,
)
FOUND: list[tuple[dict[str, Any], str, str]] = [
    ({}, "accepting", "database"),
    ({"database_down": True}, "accepting", "spool"),
    ({"database_down": True, "spool_broken": True}, "accepting", "refused"),
    ({"database_down": True, "spool_fill": 1.0}, "accepting", "refused"),
    ({}, "spool", "empty"),
    ({"spool_waiting": 4, "spool_fill": 0.2}, "spool", "waiting"),
    ({"spool_aside": 1}, "spool", "aside"),
    ({"spool_broken": True}, "spool", "broken"),
    ({}, "database", "up"),
    ({"answer_s": 0.7}, "database", "slow"),
    ({"database_down": True}, "database", "down"),
    ({"database_age_s": 30}, "database", "down"),
    ({"answer_s": None}, "database", "unknown"),
    ({}, "disk", "enough"),
    ({"free": 5 << 30}, "disk", "low"),
    ({"free": 1 << 30, "size": 4 << 30}, "disk", "low"),
    ({"free": None}, "disk", "unknown"),
    ({"standbys": 0}, "standby", "none"),
    ({}, "standby", "follows"),
    ({"lag_s": 60.0}, "standby", "behind"),
    ({}, "web", "up"),
    ({"web_answers": False}, "web", "down"),
    ({"web_answers": None}, "web", "unknown"),
    ({}, "worker", "works"),
    ({"behind": {"loop clocks": (40, False)}}, "worker", "behind"),
    ({"worker_age_s": 30}, "worker", "silent"),
    ({"worker_age_s": None}, "worker", "unknown"),
    ({"database_age_s": 30}, "worker", "unknown"),
    ({}, "stream", "fresh"),
    ({"stream_age_s": 4}, "stream", "stale"),
    ({}, "unread", "fine"),
    ({"unread_s": 11}, "unread", "waiting"),
    ({"unread_s": None}, "unread", "unknown"),
    ({}, "seals", "fine"),
    ({"behind": {"unsealed entry": (9, False)}}, "seals", "late"),
    ({"behind": {}}, "seals", "unknown"),
    ({}, "clocks", "fine"),
    ({"behind": {"unfired clock": (9, False)}}, "clocks", "late"),
    ({"database_age_s": 30}, "clocks", "unknown"),
    ({}, "calendar", "known"),
    ({"behind": {"calendar": (4e6, False)}}, "calendar", "missing"),
    ({"behind": {}}, "calendar", "unknown"),
    ({}, "times", "agree"),
    ({"clock_s": -3600}, "times", "differ"),
    ({"web_clock_s": 3}, "times", "differ"),
    ({"behind": {"machine clock": (3599.0, False)}}, "times", "differ"),
    ({"answer_s": None}, "times", "unknown"),
    ({}, "backup", "fresh"),
    ({"backup_age_s": 40 * 3600}, "backup", "old"),
    ({"backup_age_s": None}, "backup", "none"),
    ({"backup_has_database": False}, "backup", "files"),
    ({}, "city", "there"),
    ({"city_version": None}, "city", "missing"),
    ({}, "keys", "there"),
    ({"keys": 0}, "keys", "missing"),
]


@pytest.mark.parametrize(("change", "part", "case"), FOUND)
def test_what_is_known_gives_the_case(change: dict[str, Any], part: str, case: str) -> None:
    found = {state.part: state.case for state in states(dataclasses.replace(WELL, **change))}
    assert found[part] == case


def test_no_case_of_the_table_is_never_met_and_none_is_missing() -> None:
    assert {(part, case) for _change, part, case in FOUND} == set(cases())


def test_when_all_is_well_nothing_asks_for_somebody() -> None:
    assert {told(state, "en")["level"] for state in states(WELL)} == {"ok"}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("change", "part", "case"), FOUND)
def test_every_case_has_words_and_what_is_not_well_says_what_to_do(
    change: dict[str, Any], part: str, case: str, language: str
) -> None:
    said = next(
        told(state, language) for state in states(dataclasses.replace(WELL, **change)) if state.part == part
    )
    assert said["words"]
    assert "{" not in said["words"]
    assert said["level"] in LEVELS
    assert bool(said["todo"]) == (said["level"] != "ok")
    assert all(any("一" <= sign <= "龥" for sign in said[name]) for name in ("words",) if language == "zh")


def test_durations_are_told_in_the_largest_unit_of_which_there_are_two() -> None:
    told_as = {59: "59 s", 119: "119 s", 120: "2 min", 7200: "2 h", 200_000: "2 days", float("inf"): "—"}
    assert {seconds: duration(seconds, "en") for seconds in told_as} == told_as
