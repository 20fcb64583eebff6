# SPDX-License-Identifier: Apache-2.0
"""Histories that break one rule and keep all others: made from the rules themselves. Part of the domain: pure.

A plan begins with what breaks one rule (or only triggers it). Then the plain evaluator is asked what the other rules
over the same kind of object say; what they still want is added, until all say fine. Nobody writes a history by hand, so
a new model brings its own. Limits are passed by so wide a margin (holidays, long months) that a plan stays what it is
wherever in the calendar it begins.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from callbox.oversight.breaking import broken, kept_by_steps
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


class Together:
    """All rules over one kind of object: what one of them asks for, the others judge too."""

    def __init__(self, kind: str, rules: Iterable[Rule]) -> None:
        self.rules = [rule for rule in rules if rule.over == kind]
        self._triggers = {
            rule.code: frozenset[str]().union(*(each.form.trigger.activities for each in rule.versions))
            for rule in self.rules
        }
        asked = ((rule, acts) for rule in self.rules for each in rule.versions for acts in acts_of(each.form))
        self.conditions = [(rule, acts) for rule, acts in asked if acts.where is not None]

    def triggered(self, steps: Sequence[Step]) -> list[Rule]:
        """Those that have anything to say of these steps."""
        there = {step.activity for step in steps}
        return [rule for rule in self.rules if self._triggers[rule.code] & there]


def lawful(rule: Rule, version: Version, among: Together, base: datetime, as_of: datetime) -> Template:
    """A history in which the rule is triggered, and everything is as it must be. Raises Stuck."""
    return _finished(rule, Plan([trigger_step(version.form)]), among, base, as_of)


def extended(
    rule: Rule, version: Version, among: Together, base: datetime, as_of: datetime
) -> Iterator[Template]:
    """Lawful histories in which a step of a ladder was granted and needed. Raises Stuck."""
    for plan in kept_by_steps(version.form):
        yield _finished(rule, plan, among, base, as_of)


def violations(
    rule: Rule, version: Version, among: Together, base: datetime, as_of: datetime
) -> Iterator[Template]:
    """Histories that break exactly this rule, in each of the ways that its form knows. Raises Stuck."""
    for plan in broken(version.form):
        yield _finished(rule, plan, among, base, as_of)


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


def _finished(rule: Rule, plan: Plan, among: Together, base: datetime, as_of: datetime) -> Template:
    wrong: list[tuple[Rule, v.Verdict]] = []
    for _round in range(ROUNDS):
        plan.steps.sort(key=lambda step: step.minute)
        said = history(rule.over, "1", events_of(rule.over, plan.steps, "1", base))
        if _decide_conditions(plan, among, said, as_of):
            continue
        wrong = [
            (each, verdict)
            for each in among.triggered(plan.steps)
            for verdict in judge(each, said, as_of)
            if verdict.verdict not in KEPT and not _needs_what_is_missing(each, verdict, plan)
        ]
        planted = {_place(each.activation): each.verdict for of, each in wrong if of.code == rule.code}
        if all(of.code == rule.code for of, _ in wrong) and (plan.variant or not wrong):
            if plan.variant and (len(planted) != 1 or set(planted.values()) - set(v.BROKEN)):
                raise Stuck(f"{rule.code}, {plan.variant}: {planted} in {plan.steps}")
            return Template(rule.over, rule.code, plan.variant, base, tuple(plan.steps), planted)
        of, verdict = next(each for each in wrong if not plan.variant or each[0].code != rule.code)
        mend(_form(of, verdict), plan.steps[_place(verdict.activation)], plan, among.rules)
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


def _decide_conditions(plan: Plan, among: Together, said: History, as_of: datetime) -> bool:
    """Where a rule asks an event something that it does not say, it says no. Whether anything was added."""
    there = {step.activity for step in plan.steps}
    for rule, acts in among.conditions:
        if not acts.activities & there or acts.where is None:
            continue
        view = View(said, rule.calendar, as_of)
        unknown = [place for place in range(len(plan.steps)) if view.matches(acts, place) is None]
        for place in unknown:
            step = plan.steps[place]
            step.values |= filled(acts.where, wanted=False, at=At(view, place), step=step)
        if unknown:
            return True
    return False
