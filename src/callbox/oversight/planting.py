# SPDX-License-Identifier: Apache-2.0
"""Histories that break one rule and keep all others: made from the rules themselves. Part of the domain: pure.

A plan begins with what breaks one rule (or only triggers it). Then the plain evaluator is asked what the other rules
over the same kind of object say; what they still want is added, until all say fine. Nobody writes a history by hand, so
a new model brings its own. Limits are passed by so wide a margin (holidays, long months) that a plan stays what it is
wherever in the calendar it begins.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from callbox.oversight.breaking import broken
from callbox.oversight.domain import forms as f
from callbox.oversight.domain import verdicts as v
from callbox.oversight.domain.events import Event, History, Value, history
from callbox.oversight.domain.judging import judge
from callbox.oversight.domain.rules import Rule, Version
from callbox.oversight.domain.view import At, View
from callbox.oversight.mending import mend
from callbox.oversight.plans import MINUTE, Plan, Relative, Step, Stuck, filled, trigger_step
from callbox.oversight.searching import acts_of

ROUNDS = 60
KEPT = (v.FINE, v.WAIVED)


@dataclass(frozen=True, slots=True)
class Template:
    """A finished plan. rule: the model it was made for. broken: what it says, by the place of the triggering step.

    base: the moment of minute 0. variant: how it is broken; empty where it is lawful.
    """

    kind: str
    rule: str
    variant: str
    base: datetime
    steps: tuple[Step, ...]
    broken: dict[int, str]


def lawful(rule: Rule, version: Version, rules: Sequence[Rule], base: datetime, as_of: datetime) -> Template:
    """A history in which the rule is triggered, and everything is as it must be. Raises Stuck."""
    return _finished(rule, Plan([trigger_step(version.form)]), rules, base, as_of)


def violations(
    rule: Rule, version: Version, rules: Sequence[Rule], base: datetime, as_of: datetime
) -> Iterator[Template]:
    """Histories that break exactly this rule, in each of the ways that its form knows. Raises Stuck."""
    for plan in broken(version.form):
        yield _finished(rule, plan, rules, base, as_of)


def events_of(kind: str, steps: Sequence[Step], key: str, at: datetime) -> list[Event]:
    """The steps as events; their ids end in the place of the step."""
    return [
        Event(
            id=f"{key}/{number}",
            activity=step.activity,
            happened=at + step.minute * MINUTE,
            seq=number,
            objects=((kind, key),),
            values={name: _at(value, at) for name, value in step.values.items()},
        )
        for number, step in enumerate(steps)
    ]


def _at(value: Value | Relative, at: datetime) -> Value:
    return at + value.minute * MINUTE if isinstance(value, Relative) else value


def _finished(rule: Rule, plan: Plan, rules: Sequence[Rule], base: datetime, as_of: datetime) -> Template:
    own = [each for each in rules if each.over == rule.over]
    wrong: list[tuple[Rule, v.Verdict]] = []
    for _round in range(ROUNDS):
        plan.steps.sort(key=lambda step: step.minute)
        said = history(rule.over, "1", events_of(rule.over, plan.steps, "1", base))
        if _decide_conditions(plan, own, said, as_of):
            continue
        wrong = [
            (each, verdict)
            for each in own
            for verdict in judge(each, said, as_of)
            if verdict.verdict not in KEPT and not _needs_what_is_missing(each, verdict, plan)
        ]
        planted = {_place(each.activation): each.verdict for of, each in wrong if of.code == rule.code}
        if all(of.code == rule.code for of, _ in wrong) and (plan.variant or not wrong):
            if plan.variant and (len(planted) != 1 or set(planted.values()) - set(v.BROKEN)):
                raise Stuck(f"{rule.code}, {plan.variant}: {planted} in {plan.steps}")
            return Template(rule.over, rule.code, plan.variant, base, tuple(plan.steps), planted)
        of, verdict = next(each for each in wrong if not plan.variant or each[0].code != rule.code)
        mend(_form(of, verdict), plan.steps[_place(verdict.activation)], plan, own)
    raise Stuck(f"{rule.code}, {plan.variant or 'lawful'}: {[of.code for of, _ in wrong]} in {plan.steps}")


def _form(rule: Rule, verdict: v.Verdict) -> f.AnyForm:
    return next(one.form for one in rule.versions if one.begins == verdict.version)


def _needs_what_is_missing(rule: Rule, verdict: v.Verdict, plan: Plan) -> bool:
    """A limit counted from the very event whose absence is planted: nobody can say, and unknown is right."""
    form = _form(rule, verdict)
    if verdict.verdict != v.UNKNOWN or not isinstance(form, f.NotBefore | f.NotAfter) or form.anchor is None:
        return False
    return form.anchor.activities <= plan.avoid


def _place(event: str) -> int:
    return int(event.rpartition("/")[2])


def _decide_conditions(plan: Plan, rules: Sequence[Rule], said: History, as_of: datetime) -> bool:
    """Where a rule asks an event something that it does not say, it says no. Whether anything was added."""
    changed = False
    for rule in rules:
        view = View(said, rule.calendar, as_of)
        for acts in {acts for version in rule.versions for acts in acts_of(version.form)}:
            for place, step in enumerate(plan.steps):
                if acts.where is not None and view.matches(acts, place) is None:
                    step.values |= filled(acts.where, wanted=False, at=At(view, place), step=step)
                    changed = True
        if changed:
            return True
    return False
