# SPDX-License-Identifier: Apache-2.0
"""A history and what the rules say of it, as a page shows them: a drawing, and tables that say the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, gettext

from callbox.kernel.sums import sums
from callbox.oversight.desk.timeline import Drawing, Lane, draw, outcomes
from callbox.oversight.desk.words import CERTAINTIES, PARTS, SIGNS, VERDICTS, WHY, in_words, named
from callbox.oversight.domain.events import Event, History, Value
from callbox.oversight.domain.judging import judge
from callbox.oversight.domain.rules import LAW, Rule
from callbox.oversight.domain.verdicts import Limit, Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Shown:
    """What the template draws. events, verdicts: rows of the tables. lanes: (lane, its words) of the drawing."""

    drawing: Drawing
    lanes: Sequence[tuple[Lane, Mapping[str, object]]]
    events: Sequence[Mapping[str, object]]
    verdicts: Sequence[Mapping[str, object]]
    as_of: datetime
    zone: ZoneInfo


def show_history(history: History, rules: Iterable[Rule], as_of: datetime, zone: ZoneInfo) -> Shown:
    """A history as these rules see it at a moment. What comes after the moment is not shown."""
    seen = history.until(as_of)
    judged = [(rule, verdict) for rule in rules for verdict in judge(rule, history, as_of)]
    return show_verdicts(seen, judged, as_of, zone)


def show_verdicts(
    history: History, judged: Sequence[tuple[Rule, Verdict]], as_of: datetime, zone: ZoneInfo
) -> Shown:
    """The same for verdicts that are there already."""
    drawing = draw(history.events, [verdict for _rule, verdict in judged], as_of, zone)
    numbers = {event.id: number for number, event in enumerate(history.events, 1)}
    rows = [verdict_row(rule, verdict, history, numbers) for rule, verdict in judged]
    lane_of = {id(lane.verdict): lane.number for lane in drawing.lanes}
    for row, (_rule, verdict) in zip(rows, judged, strict=True):
        row["lane"] = lane_of.get(id(verdict))
    by_lane = {row["lane"]: row for row in rows}
    return Shown(
        drawing,
        [(lane, by_lane[lane.number]) for lane in drawing.lanes],
        [_event_row(number, event) for number, event in enumerate(history.events, 1)],
        rows,
        as_of,
        zone,
    )


def certainty_row(certainty: str) -> dict[str, object]:
    """How sure a limit is, in words; `sure` only where it may be shown as law."""
    return {"certainty": named(CERTAINTIES, certainty), "sure": certainty == LAW}


def verdict_row(
    rule: Rule, verdict: Verdict, history: History, numbers: Mapping[str, int]
) -> dict[str, object]:
    """A verdict in words, with its evidence and the arithmetic of its limits."""
    sign, tone = SIGNS[verdict.verdict]
    began = next((each for each in history.events if each.id == verdict.activation), None)
    return {
        "code": rule.code,
        "name": in_words(rule.name),
        "verdict": verdict.verdict,
        "label": gettext(VERDICTS[verdict.verdict]),
        "sign": sign,
        "tone": tone,
        "version": verdict.version,
        "source": verdict.source,
        **certainty_row(verdict.certainty),
        "began": began and {"number": numbers[began.id], "activity": began.activity, "at": began.happened},
        "why": gettext(WHY[verdict.outcome.why]) if verdict.outcome.why in WHY else verdict.outcome.why,
        "zone": rule.calendar.zone,
        "parts": [_part(rule, each, history, numbers) for each in outcomes(verdict.outcome)],
    }


def _part(rule: Rule, outcome: Outcome, history: History, numbers: Mapping[str, int]) -> dict[str, object]:
    known = {each.id: each for each in history.events}
    return {
        "label": gettext(VERDICTS[outcome.verdict]),
        "limit": _limit_text(rule, outcome.limit) if outcome.limit else "",
        "sums": _sums(rule, outcome.limit, numbers) if outcome.limit else [],
        "events": [
            {
                "part": named(PARTS, part),
                "number": numbers[event_id],
                "activity": known[event_id].activity,
                "at": known[event_id].happened,
            }
            for part, event_id in outcome.events.items()
            if event_id in known
        ],
    }


def _limit_text(rule: Rule, limit: Limit) -> str:
    """The limit by the rule's own clock: 24:00 of the last day, as the law says it, for a term in days."""
    if limit.reckoned and limit.reckoned.last_day:
        return f"{limit.reckoned.last_day.isoformat()} 24:00"
    return limit.at.astimezone(rule.calendar.zone).strftime("%Y-%m-%d %H:%M")


def _sums(rule: Rule, limit: Limit, numbers: Mapping[str, int]) -> list[str]:
    """The arithmetic, line by line, so that anybody can re-add it by hand."""
    if limit.reckoned is None:
        return [gettext("The log itself names this moment; nothing was reckoned.")]
    language = get_language() or "en"
    told = [line.told(gettext, language) for line in sums(limit.reckoned, rule.calendar)]
    for step, event_id in enumerate(limit.extended, 1):
        said = gettext("Extended, step %(step)s, by event %(number)s: the term above is that of this step.")
        told.insert(step, said % {"step": step, "number": numbers.get(event_id, event_id)})
    return told


def _event_row(number: int, event: Event) -> dict[str, object]:
    return {
        "number": number,
        "activity": event.activity,
        "at": event.happened,
        "recorded": event.recorded,
        "said": [(name, _said(value)) for name, value in sorted(event.values.items())],
    }


def _said(value: Value) -> str:
    match value:
        case Decimal():
            return f"{value:f}"
        case tuple():
            return ", ".join(value)
        case datetime():
            return value.isoformat(" ", "minutes")
    return value
