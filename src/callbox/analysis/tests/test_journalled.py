# SPDX-License-Identifier: Apache-2.0
"""Times from journal entries: what is known, what is not, and which time counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from callbox.analysis.figures import CaseTimes, spans_of
from callbox.analysis.journalled import Story

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SPACE = UUID("00000000-0000-0000-0000-00000000f165")


def key(name: str) -> UUID:
    return uuid5(SPACE, name)


@dataclass(frozen=True)
class Line:
    chain: UUID
    kind: str
    move: str
    at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)


def line(what: str, move: str, seconds: int, **facts: object) -> Line:
    """`call/1 claim 12`: an entry of call/1, so many seconds after noon; facts as JSON has them."""
    plain = {name: str(value) if isinstance(value, UUID) else value for name, value in facts.items()}
    return Line(key(what), what.partition("/")[0], move, NOON + timedelta(seconds=seconds), plain)


def call(name: str, at: int, answered: int | None = None, incident: str = "") -> list[Line]:
    """A call received so many seconds after noon."""
    received = (NOON + timedelta(seconds=at)).isoformat()
    found = [line(name, "open", at, received_at=received)]
    if answered is not None:
        found.append(line(name, "claim", answered))
    if incident:
        found.append(line(name, "link", answered or at, incident=key(incident)))
    return found


def sent(name: str, at: int, incident: str = "incident/1", unit: str = "E1") -> Line:
    return line(name, "open", at, unit=str(key(unit)), callsign=unit, incident=key(incident))


OPENED = [*call("call/1", 0, 7, "incident/1"), line("incident/1", "open", 7)]
CLASSIFIED = [*OPENED, line("incident/1", "classify", 9, priority=2)]


def cases(*lines: Line) -> list[CaseTimes]:
    story = Story({str(key("E1")): "fire"})
    story.read(lines)
    return list(story.cases(UTC))


def measured(case: CaseTimes) -> list[tuple[str, int]]:
    return [(span.measure, span.seconds) for span in spans_of(case)]


def test_an_ordinary_case() -> None:
    (case,) = cases(
        *CLASSIFIED,
        sent("assignment/1", 20),
        line("assignment/1", "acknowledge", 25),
        line("assignment/1", "go", 60),
        line("assignment/1", "arrive", 200),
        line("assignment/1", "clear", 900),
        line("incident/1", "close", 910),
    )
    assert (case.priority, case.hour, case.units[0].agency) == (2, 12, "fire")
    assert dict(measured(case)) == {
        "answer": 7,
        "processing": 20,
        "turnout": 40,
        "travel": 140,
        "first_travel": 140,
        "response": 200,
        "total": 900,
    }


def test_an_answer_that_was_not_recorded_is_not_known() -> None:
    played = [line("call/2", "claim", 30, recorded=False), *call("call/2", 0)]
    (case,) = cases(*reversed(played))
    assert case.answered is None


def test_a_call_that_was_released_was_answered_the_first_time() -> None:
    (case,) = cases(*call("call/1", 0, 7), line("call/1", "release", 9), line("call/1", "claim", 40))
    assert case.answered == NOON + timedelta(seconds=7)


def test_a_call_without_an_incident_counts_under_no_priority() -> None:
    (case,) = cases(*call("call/1", 0, 3))
    assert (case.priority, measured(case)) == (None, [("answer", 3)])


def test_a_second_call_counts_with_its_answer_alone() -> None:
    found = cases(*CLASSIFIED, *call("call/2", 50, 55, "incident/1"), sent("assignment/1", 60))
    assert [measured(case) for case in found] == [[("answer", 7), ("processing", 60)], [("answer", 5)]]
    assert [case.priority for case in found] == [2, 2]


def test_a_merged_incident_leaves_its_call_to_the_other() -> None:
    found = cases(
        *CLASSIFIED,
        *call("call/2", 3, 8, "incident/2"),
        line("incident/2", "open", 8),
        line("incident/2", "merge", 20, into=key("incident/1")),
    )
    assert [measured(case) for case in found] == [[("answer", 7)], [("answer", 5)]]


def test_a_unit_that_was_withdrawn_is_clear_from_then_on() -> None:
    for ending in ("recall", "cancel", "divert"):
        (case,) = cases(*CLASSIFIED, sent("assignment/1", 20), line("assignment/1", ending, 80))
        assert dict(measured(case))["total"] == 80


def test_the_first_time_counts_when_an_assignment_is_taken_up_again() -> None:
    (case,) = cases(
        *CLASSIFIED,
        sent("assignment/1", 20),
        line("assignment/1", "go", 60),
        line("assignment/1", "stack", 70),
        line("assignment/1", "activate", 100),
        line("assignment/1", "go", 110),
    )
    assert dict(measured(case))["turnout"] == 40


def test_a_milestone_put_right_counts_as_corrected() -> None:
    right = (NOON + timedelta(seconds=50)).isoformat()
    (case,) = cases(
        *CLASSIFIED,
        sent("assignment/1", 20),
        line("assignment/1", "go", 60),
        line("assignment/1", "correct", 300, milestone="en_route_at", now=right),
        line("assignment/1", "correct", 301, milestone="acknowledged_at", now=right),
    )
    assert dict(measured(case))["turnout"] == 30


def test_reopening_begins_a_new_case_and_the_old_one_stays() -> None:
    old, new = cases(
        *CLASSIFIED,
        sent("assignment/1", 20),
        line("assignment/1", "clear", 100),
        line("incident/1", "close", 110),
        line("incident/1", "reopen", 500),
        sent("assignment/2", 530),
    )
    assert dict(measured(old)) == {"answer": 7, "processing": 20, "total": 100}
    assert measured(new) == [("processing", 30)]


def test_an_incident_without_a_call_was_received_when_it_was_opened() -> None:
    (case,) = cases(line("incident/1", "open", 5), sent("assignment/1", 5))
    assert (case.received, case.answered) == (NOON + timedelta(seconds=5), None)


def test_what_began_before_the_entries_is_left_out() -> None:
    assert cases(line("incident/1", "close", 5), line("call/1", "claim", 5), sent("assignment/1", 9)) == []
