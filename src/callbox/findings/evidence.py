# SPDX-License-Identifier: Apache-2.0
"""Evidence read back: the verdict as the engine told it, from what the finding keeps. Part of the domain: pure."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from callbox.kernel.due import Day, Due, Pause
from callbox.kernel.tables import Words
from callbox.kernel.terms import Term
from callbox.oversight.domain.verdicts import Limit, Outcome


def outcome_of(evidence: Mapping[str, Any]) -> Outcome:
    """The outcome that `domain.evidence_of` wrote down. Raises KeyError for evidence that was erased."""
    limit = evidence["limit"]
    return Outcome(
        evidence["verdict"],
        dict(evidence["events"]),
        _limit(limit) if limit else None,
        evidence["why"],
        tuple(outcome_of(part) for part in evidence["parts"]),
    )


def _limit(said: Mapping[str, Any]) -> Limit:
    at = datetime.fromisoformat(said["at"])
    due = _due(said, at) if "term" in said else None
    return Limit(at, said["inclusive"], due, said["step"], tuple(said["extended"]))


def _due(said: Mapping[str, Any], at: datetime) -> Due:
    return Due(
        at=at,
        term=Term(**said["term"]),
        calendar=said["calendar"],
        start=datetime.fromisoformat(said["start"]),
        began=datetime.fromisoformat(said["began"]),
        days=tuple(_day(*day) for day in said["days"]),
        pauses=tuple(Pause(*map(datetime.fromisoformat, pause)) for pause in said["pauses"]),
        unknown_years=frozenset(said["unknown_years"]),
    )


def _day(day: str, number: int, why: str, name: Mapping[str, str] | None) -> Day:
    return Day(date.fromisoformat(day), number, why, Words(**name) if name else None)
