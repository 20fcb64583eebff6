# SPDX-License-Identifier: Apache-2.0
"""Histories and rules for tests, as short as they can be said."""

from datetime import datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from callbox.oversight.domain.clocks import last_moment
from callbox.oversight.domain.events import Event, History, Value, history
from callbox.oversight.domain.judging import judge
from callbox.oversight.domain.reading import parse_rule
from callbox.oversight.domain.rules import Rule
from callbox.oversight.domain.verdicts import Verdict

ZONE = ZoneInfo("Asia/Shanghai")
LATER = "2026-11-01"


def rule(
    form: str, *, calendar: str = "cn", limit: str | None = None, over: str = "case", **said: Any
) -> Rule:
    version = {"from": datetime(2020, 1, 1).date(), "source": "article 1", "certainty": "law"}  # noqa: DTZ001
    if limit:
        version["limit"] = limit
    common = {
        "name": {"en": "A", "zh": "甲"},
        "over": over,
        "grade": "red",
        "calendar": calendar,
        "form": form,
    }
    return parse_rule("a_model", {**common, "trigger": "begun", **said, "versions": [version]})


def told(*lines: str, key: str = "1", kind: str = "case") -> History:
    """Lines such as `begun 2026-01-05T09:00 level=3 who=a`; a `-` for the moment: nobody knows it."""
    return history(kind, key, [_event(number, line, key, kind) for number, line in enumerate(lines, 1)])


def _event(number: int, line: str, key: str, kind: str) -> Event:
    activity, at, *values = line.split()
    happened = None if at == "-" else moment(at)
    return Event(f"e{number}", activity, happened, None, number, ((kind, key),), dict(map(_said, values)))


def _said(text: str) -> tuple[str, Value]:
    name, _, value = text.partition("=")
    if value.startswith("@"):
        return name, moment(value[1:])
    if value.startswith("["):
        return name, tuple(value[1:-1].split(","))
    return name, Decimal(value) if value.replace(".", "").isdecimal() else value


def moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=ZONE) if found.tzinfo is None else found


def judged(of: Rule, *lines: str, as_of: str = LATER) -> list[Verdict]:
    at = moment(as_of)
    at = last_moment(of.calendar, at) if at.time() == time() else at
    return judge(of, told(*lines), at)


def verdicts(of: Rule, *lines: str, as_of: str = LATER) -> list[str]:
    return [each.verdict for each in judged(of, *lines, as_of=as_of)]
