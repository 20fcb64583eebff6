# SPDX-License-Identifier: Apache-2.0
"""What a plan lacks so that a rule is kept. Part of the domain: pure."""

from collections.abc import Sequence

from callbox.kernel.terms import LENGTHS, Term
from callbox.oversight.domain import forms as f
from callbox.oversight.domain.conditions import Name
from callbox.oversight.domain.forms import Acts
from callbox.oversight.domain.rules import Rule
from callbox.oversight.plans import (
    DAY,
    HOUR,
    MINUTE,
    Plan,
    Relative,
    Step,
    Stuck,
    is_one,
    late,
    make_say,
    step_of,
)


def mend(form: f.AnyForm, trigger: Step, plan: Plan, rules: Sequence[Rule]) -> None:  # noqa: C901 - one case a form
    """Add what the rule wants for this trigger. Raises Stuck."""
    at = trigger.minute
    match form:
        case f.Within():
            if isinstance(form.limit, Name):
                trigger.values.setdefault(form.limit.name, Relative(at + 10 * DAY))
            _add(form.target, at + _soon(form.limit), plan, rules)
        case f.Silence() if form.until is not None:
            _add(form.until, at + _soon(form.limit), plan, rules)
        case f.Precede():
            for acts in form.required:
                if not any(is_one(acts, step) and step.minute < at for step in plan.steps):
                    _add(acts, at - _lead(acts, rules), plan, rules)
        case f.NotBefore():
            _add(form.anchor, at - late(form.limit), plan, rules)
        case f.NotAfter() if form.anchor is not None:
            _add(form.anchor, at - HOUR, plan, rules)
        case f.NotAfter() if isinstance(form.limit, Name):
            trigger.values[form.limit.name] = Relative(at + DAY)
        case f.Holds():
            make_say(form, trigger, wanted=True)
        case f.Agree():
            trigger.values |= {name.name: "as listed" for name in form.values}
        case f.Distinct():
            _distinguish(form, trigger, plan, rules)
        case f.Overlap():
            mark = str(len(plan.steps))
            trigger.values |= {form.same.name: f"a{mark}", form.span.name: f"s{mark}"}
            end = _add(form.end, at + HOUR, plan, rules)
            end.values[form.span.name] = f"s{mark}"
        case f.Similar():
            trigger.values[form.hashes.name] = tuple(f"{len(plan.steps)}.{n}" for n in range(4))
        case f.Both():
            for part in form.parts:
                mend(part, trigger, plan, rules)
        case _:
            raise Stuck(f"{plan.variant}: nothing mends {form}")


def _add(acts: Acts, minute: int, plan: Plan, rules: Sequence[Rule]) -> Step:
    """One of these events, one that asks for least itself."""
    allowed = sorted(acts.activities - plan.avoid, key=lambda name: (_asked(name, rules), name))
    if not allowed:
        raise Stuck(f"{plan.variant}: {', '.join(acts.activities)} would undo what is planted")
    step = step_of(Acts(frozenset(allowed[:1]), acts.where), minute)
    plan.steps.append(step)
    return step


def _asked(activity: str, rules: Sequence[Rule]) -> int:
    return sum(activity in version.form.trigger.activities for rule in rules for version in rule.versions)


def _soon(limit: Term | Name) -> int:
    """Minutes that surely keep a limit."""
    if isinstance(limit, Term) and limit.unit in LENGTHS:
        return max(1, int(limit.amount * LENGTHS[limit.unit] / MINUTE) // 3)
    return HOUR


def _lead(acts: Acts, rules: Sequence[Rule]) -> int:
    """How long before the trigger something that must come first is put: after any waiting time that it begins."""
    waits = [20]
    for form in (version.form for rule in rules for version in rule.versions):
        if isinstance(form, f.NotBefore) and form.anchor.activities & acts.activities:
            waits.append(late(form.limit))
        if isinstance(form, f.Gap) and form.trigger.activities & acts.activities:
            waits.append(late(form.limit))
    return max(waits)


def _distinguish(form: f.Distinct, trigger: Step, plan: Plan, rules: Sequence[Rule]) -> None:
    trigger.values |= {name.name: f"role {n}" for n, name in enumerate(form.values, 1)}
    for number, acts in enumerate(form.others, 1):
        if any(step.activity in acts.activities and step.minute < trigger.minute for step in plan.steps):
            continue
        before = _add(acts, trigger.minute - 20, plan, rules)
        before.values |= {name.name: f"other {number}.{n}" for n, name in enumerate(form.values, 1)}
