# SPDX-License-Identifier: Apache-2.0
"""The plain evaluator: one history, one rule, one moment. Slow and obvious: the other engines are measured by it."""

from dataclasses import replace
from datetime import datetime

from callbox.oversight.domain import forms as f
from callbox.oversight.domain import verdicts as v
from callbox.oversight.domain.deadlines import DOUBTFUL, judge_silence, judge_within
from callbox.oversight.domain.events import History
from callbox.oversight.domain.facts import (
    judge_absent,
    judge_agree,
    judge_count,
    judge_distinct,
    judge_holds,
    judge_similar,
)
from callbox.oversight.domain.orders import judge_not_after, judge_not_before, judge_precede
from callbox.oversight.domain.rules import Rule, Version
from callbox.oversight.domain.spans import judge_gap, judge_overlap
from callbox.oversight.domain.verdicts import Limit, Outcome, Verdict
from callbox.oversight.domain.view import NOTHING, Found, View

NO_MOMENT = "the trigger has no moment"
NOT_CERTAIN = "whether the rule applies is not known"
NO_CALENDAR = "the working days of a year on the way are not known"


def judge(rule: Rule, history: History, as_of: datetime) -> list[Verdict]:
    """What the rule says of each activation in a history at a moment, in the order of the triggers."""
    view = View(history, rule.calendar, as_of)
    return [verdict for version in rule.versions for verdict in _of_version(rule, version, view)]


def _of_version(rule: Rule, version: Version, view: View) -> list[Verdict]:
    form, made = version.form, []
    for place, sure in view.triggers(form.trigger, form.pairing):
        event = view.events[place]
        if not _governs(rule, version, event.happened):
            continue
        if event.happened is None:
            outcome = Outcome(v.UNKNOWN, why=NO_MOMENT)
        elif not sure:
            outcome = Outcome(v.UNKNOWN, why=NOT_CERTAIN)
        else:
            outcome = judge_form(form, view, place, event.happened)
        made.append(
            Verdict(rule.code, version.begins, view.key, event.id, outcome, version.source, version.certainty)
        )
    return made


def _governs(rule: Rule, version: Version, at: datetime | None) -> bool:
    """The day of the trigger chooses the version; without a moment it is the last one."""
    if at is None:
        return version is rule.versions[-1]
    return version.in_force(rule.calendar.day_of(at))


def judge_form(form: f.AnyForm, view: View, place: int, at: datetime) -> Outcome:
    """What a form says of the activation at this place, which happened at this moment."""
    outcome = _settled(_outcome(form, view, place, at))
    if outcome.verdict not in v.BROKEN:
        return outcome
    # What waits for something looks for its waiver itself: it must come while the limit runs.
    waiver = NOTHING if isinstance(form, f.Within) else view.before(form.waived_by, place)
    cure = _cure(form, view, place, outcome.limit)
    for found, part, verdict in ((waiver, "waiver", v.WAIVED), (cure, "cure", v.CURED)):
        if found.sure:
            return replace(outcome, verdict=verdict, events={**outcome.events, part: found.sure.id})
        if found.doubtful:
            return replace(outcome, verdict=v.UNKNOWN, why=DOUBTFUL)
    return outcome


def _cure(form: f.AnyForm, view: View, place: int, limit: Limit | None) -> Found:
    """What made good: after the trigger, and where something was awaited, after the limit."""
    awaited = limit if isinstance(form, f.Within | f.Silence) else None
    found = [
        (event, sure)
        for event, sure in view.all_after(form.cured_by, place)
        if awaited is None or event.happened is None or not awaited.keeps(event.happened)
    ]
    return Found(next((event for event, sure in found if sure), None), bool(found))


def _settled(outcome: Outcome) -> Outcome:
    """What hangs on a year whose working days nobody knows yet is not decided."""
    decided = outcome.verdict not in (v.RUNNING, v.WARNED, v.UNKNOWN)
    if decided and outcome.limit and outcome.limit.provisional:
        return replace(outcome, verdict=v.UNKNOWN, why=NO_CALENDAR)
    return outcome


def _outcome(form: f.AnyForm, view: View, place: int, at: datetime) -> Outcome:  # noqa: C901 - one case a form
    match form:
        case f.Within():
            return judge_within(form, view, place, at)
        case f.Precede():
            return judge_precede(form, view, place)
        case f.NotBefore():
            return judge_not_before(form, view, place, at)
        case f.NotAfter():
            return judge_not_after(form, view, place, at)
        case f.Holds():
            return judge_holds(form, view, place)
        case f.Agree():
            return judge_agree(form, view, place)
        case f.Distinct():
            return judge_distinct(form, view, place)
        case f.Absent():
            return judge_absent(form, view, place)
        case f.Count():
            return judge_count(form, view, place, at)
        case f.Silence():
            return judge_silence(form, view, place, at)
        case f.Gap():
            return judge_gap(form, view, place, at)
        case f.Overlap():
            return judge_overlap(form, view, place, at)
        case f.Similar():
            return judge_similar(form, view, place)
        case f.Both():
            parts = tuple(judge_form(part, view, place, at) for part in form.parts)
            gravest = max(parts, key=lambda each: v.GRAVITY.index(each.verdict))
            return replace(gravest, parts=parts)
