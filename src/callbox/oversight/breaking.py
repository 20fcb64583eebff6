# SPDX-License-Identifier: Apache-2.0
"""The ways to break each form: the beginnings of histories. Part of the domain: pure."""

from collections.abc import Iterator
from itertools import product

from callbox.kernel.terms import Term
from callbox.oversight.domain import forms as f
from callbox.oversight.domain.conditions import Name
from callbox.oversight.mending import mend
from callbox.oversight.plans import (
    DAY,
    HOUR,
    Plan,
    Relative,
    Step,
    is_one,
    late,
    make_say,
    step_of,
    sure,
    trigger_step,
)


def broken(form: f.AnyForm) -> Iterator[Plan]:  # noqa: C901 - one case a form
    """The beginnings of histories that break a form."""
    trigger = trigger_step(form)
    match form:
        case f.Within():
            yield from _owed(form, trigger)
        case f.Silence():
            yield from _silent(form, trigger)
        case f.Precede():
            yield from _unprepared(form, trigger)
        case f.NotBefore():
            yield Plan([step_of(form.anchor, -30), trigger], form.anchor.activities, "early")
        case f.NotAfter() if isinstance(form.limit, Name):
            trigger.values[form.limit.name] = Relative(-HOUR)
            yield Plan([trigger], variant="late")
        case f.NotAfter() if form.anchor is not None and isinstance(form.limit, Term):
            yield Plan([step_of(form.anchor, -late(form.limit)), trigger], form.anchor.activities, "late")
        case f.Holds():
            make_say(form, trigger, wanted=False)
            yield Plan([trigger], variant="otherwise")
        case f.Agree():
            trigger.values |= {name.name: f"as listed {n == 0}" for n, name in enumerate(form.values)}
            yield Plan([trigger], variant="differs")
        case f.Distinct():
            yield _same(form, trigger)
        case f.Absent():
            yield Plan([trigger, step_of(form.target, HOUR)], variant="came")
        case f.Count():
            apart = late(form.window) // 4 // (form.most + 2) if form.window else DAY
            more = [
                step_of(form.counted, n * apart)
                for n in range(1, form.most + 1 + (not is_one(form.counted, trigger)))
            ]
            yield Plan([trigger, *more], variant="too many")
        case f.Gap():
            yield Plan([trigger, step_of(form.following, 30)], variant="too soon")
        case f.Overlap():
            yield _overlapping(form)
        case f.Similar():
            copies = [trigger_step(form), Step(trigger.activity, DAY, dict(trigger.values))]
            for copy in copies:
                copy.values[form.hashes.name] = tuple(f"copied {n}" for n in range(4))
            yield Plan(copies, variant="copied")
        case f.Both():
            for number, part in enumerate(form.parts, 1):
                for plan in broken(part):
                    yield _with_others(form, number, plan)


def _with_others(form: f.Both, number: int, plan: Plan) -> Plan:
    """One part is broken, the others are kept."""
    plan.variant = f"part {number} {plan.variant}"
    trigger = next(step for step in plan.steps if is_one(form.trigger, step))
    for other, part in enumerate(form.parts, 1):
        if other != number:
            mend(part, trigger, plan, ())
    return plan


def _owed(form: f.Within, trigger: Step) -> Iterator[Plan]:
    waiver = form.waived_by.activities if form.waived_by else frozenset()
    avoid = (form.target.activities | waiver) - form.trigger.activities
    ends = 5 * DAY
    if isinstance(form.limit, Name):
        trigger.values[form.limit.name] = Relative(ends)
    else:
        ends = late(form.limit)
    yield Plan([trigger], avoid, "never")
    if not isinstance(form, f.Present):
        values = dict(trigger.values)
        yield Plan([Step(trigger.activity, 0, values), step_of(form.target, ends + HOUR)], avoid, "late")
        yield from _extended(form, trigger, avoid)


def _extended(form: f.Within, trigger: Step, avoid: frozenset[str]) -> Iterator[Plan]:
    """Granted up to a step, and later than that step allows; or granted by whom the step does not name."""
    for number, step in enumerate(form.steps, 1):
        target = step_of(form.target, late(step.limit) + HOUR)
        yield Plan([*granted(form, trigger, number), target], avoid, f"late after step {number}")
        if step.by.where is not None and isinstance(form.limit, Term):
            *before, last = granted(form, trigger, number)
            low = step_of(step.by, last.minute, wanted=False)
            held = form.steps[number - 2].limit if number > 1 else form.limit
            target = step_of(form.target, late(held) + HOUR)
            yield Plan([*before, low, target], avoid, f"insufficient step {number}")


def kept_by_steps(form: f.AnyForm) -> Iterator[Plan]:
    """Each step of a ladder granted, and the target after what held before, where no calendar can make that late."""
    if not isinstance(form, f.Within) or not isinstance(form.limit, Term):
        return
    held = form.limit
    for number, step in enumerate(form.steps, 1):
        at = late(held) + HOUR
        if at < sure(step.limit):
            yield Plan([*granted(form, trigger_step(form), number), step_of(form.target, at)])
        held = step.limit


def granted(form: f.Within, trigger: Step, number: int) -> list[Step]:
    """The trigger, and so many extensions soon after it."""
    own = Step(trigger.activity, trigger.minute, dict(trigger.values))
    return [own, *(step_of(each.by, n) for n, each in enumerate(form.steps[:number], 1))]


def _silent(form: f.Silence, trigger: Step) -> Iterator[Plan]:
    avoid = form.target.activities | (form.until.activities if form.until else frozenset())
    yield Plan([trigger], avoid, "never")
    if form.until is not None:
        again = Step(trigger.activity, 0, dict(trigger.values))
        yield Plan([again, step_of(form.until, late(form.limit))], avoid, "late")


def _unprepared(form: f.Precede, trigger: Step) -> Iterator[Plan]:
    for number, missing in enumerate(form.required, 1):
        for low in (False, True) if missing.where is not None else (False,):
            others = [step_of(acts, -20) for acts in form.required if acts is not missing]
            there = [step_of(missing, -20, wanted=False)] if low else []
            own = Step(trigger.activity, 0, dict(trigger.values))
            variant = f"{'insufficient' if low else 'without'} {number}"
            yield Plan([*others, *there, own], missing.activities, variant)


def _same(form: f.Distinct, trigger: Step) -> Plan:
    trigger.values |= {name.name: f"role {n}" for n, name in enumerate(form.values, 1)}
    before = [step_of(acts, -20) for acts in form.others]
    for number, step in enumerate(before, 1):
        step.values |= {name.name: f"other {number}.{n}" for n, name in enumerate(form.values, 1)}
    last = trigger if len(form.values) > 1 else before[0]
    last.values[form.values[-1].name] = trigger.values[form.values[0].name]
    return Plan([*before, trigger], variant="the same")


def _overlapping(form: f.Overlap) -> Plan:
    steps = []
    for number, minute in product(range(2), (0, 2 * HOUR)):
        step = step_of(form.trigger if not minute else form.end, number * 30 + minute)
        step.values[form.span.name] = f"s{number}"
        if not minute:
            step.values[form.same.name] = "a"
        steps.append(step)
    return Plan(steps, variant="overlaps")
