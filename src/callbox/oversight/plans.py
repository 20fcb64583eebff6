# SPDX-License-Identifier: Apache-2.0
"""Plans of histories, in minutes from their beginning, and what their events say. Part of the domain: pure."""

from dataclasses import dataclass, field
from datetime import timedelta

from callbox.kernel.terms import BUSINESS, DAYS, LENGTHS, MONTHS, NEXT_DAY, WORKING_DAYS, Term
from callbox.oversight.domain import forms as f
from callbox.oversight.domain.conditions import All, Condition, Not
from callbox.oversight.domain.events import Value
from callbox.oversight.domain.forms import Acts
from callbox.oversight.domain.view import At
from callbox.oversight.saying import names_in, values_for

MINUTE = timedelta(minutes=1)
HOUR, DAY = 60, 1440
HOLIDAYS = 12 * DAY  # longer than any run of days off
OPEN = 4 * HOUR  # offices are open at least so long on a working day


class Stuck(Exception):  # noqa: N818 - the rules contradict one another here
    """No history does what was asked."""


@dataclass(frozen=True, slots=True)
class Relative:
    """A moment that an event names, in minutes from the plan's beginning."""

    minute: int


@dataclass(slots=True)
class Step:
    """One event of a plan. minute: from the plan's beginning, negative before it."""

    activity: str
    minute: int
    values: dict[str, Value | Relative] = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    """What is to happen. avoid: activities that would undo what is planted."""

    steps: list[Step]
    avoid: frozenset[str] = frozenset()
    variant: str = ""


def late(limit: Term) -> int:
    """Minutes after which a limit has surely passed, wherever it begins."""
    if limit.unit in LENGTHS:
        return (
            int(limit.amount * LENGTHS[limit.unit] / MINUTE) + HOUR + (DAY if limit.begins == NEXT_DAY else 0)
        )
    if limit.unit in BUSINESS:
        open_for = int(limit.amount * BUSINESS[limit.unit] / MINUTE)
        return (2 * (open_for // OPEN + 1) + 4) * DAY + HOLIDAYS
    days = {DAYS: limit.amount + 2, WORKING_DAYS: 2 * limit.amount + 4, MONTHS: 31 * limit.amount + 2}
    return days[limit.unit] * DAY + (0 if limit.unit == DAYS and not limit.rolls else HOLIDAYS)


def sure(limit: Term) -> int:
    """Minutes for which a limit surely runs, wherever it begins."""
    if limit.unit in LENGTHS:
        return int(limit.amount * LENGTHS[limit.unit] / MINUTE)
    if limit.unit in BUSINESS:
        return int(limit.amount * BUSINESS[limit.unit] / MINUTE)
    days = 28 * limit.amount if limit.unit == MONTHS else limit.amount
    return (days - 1) * DAY


def trigger_step(form: f.Form) -> Step:
    """What triggers a form, at minute 0."""
    return step_of(form.trigger, 0)


def step_of(acts: Acts, minute: int, *, wanted: bool = True) -> Step:
    """One of these events, saying what makes it one; with wanted=False, what makes it none."""
    step = Step(min(acts.activities), minute)
    if acts.where is not None:
        step.values |= filled(acts.where, wanted=wanted, at=None, step=step)
    return step


def make_say(form: f.Holds, trigger: Step, *, wanted: bool) -> None:
    """Let the trigger say what makes the condition hold or not, whatever it said of that before."""
    condition = form.condition if wanted else Not(form.condition)
    whole = All((condition, *([form.trigger.where] if form.trigger.where else [])))
    kept = {name: said for name, said in trigger.values.items() if name not in names_in(form.condition)}
    trigger.values = {**kept, **filled(whole, wanted=True, at=None, step=Step(trigger.activity, 0, kept))}


def is_one(acts: Acts, step: Step) -> bool:
    """Whether a step surely is one of these events."""
    if step.activity not in acts.activities:
        return False
    return acts.where is None or values_for(acts.where, dict(step.values), wanted=True) == {}


def filled(where: Condition, *, wanted: bool, at: At | None, step: Step) -> dict[str, Value]:
    """What a step would have to say beside what it says. Raises Stuck."""
    latest = {} if at is None else {name: at.latest(name) for name in _told(at)}
    found = values_for(where, step.values, wanted=wanted, latest=latest)
    if found is None:
        raise Stuck(f"{step.activity} cannot say {where} is {wanted}")
    return found


def _told(at: At) -> set[str]:
    return {name for event in at.view.events[: at.place + 1] for name in event.values}
