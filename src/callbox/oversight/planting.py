# SPDX-License-Identifier: Apache-2.0
"""Histories that break one rule and keep all others: made from the rules themselves. Part of the domain: pure.

A plan begins with what breaks one rule (or only triggers it). Then the plain evaluator is asked what the other rules
over the same kind of object say; what they still want is added, until all say fine. Nobody writes a history by hand, so
a new model brings its own. Limits are passed by so wide a margin (holidays, long months) that a plan stays what it is
wherever in the calendar it begins.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product

from callbox.kernel.terms import DAYS, LENGTHS, MONTHS, NEXT_DAY, WORKING_DAYS, Term
from callbox.oversight.domain import forms as f
from callbox.oversight.domain import verdicts as v
from callbox.oversight.domain.conditions import All, Condition, Name, Not
from callbox.oversight.domain.events import Event, History, Value, history
from callbox.oversight.domain.forms import Acts
from callbox.oversight.domain.judging import judge
from callbox.oversight.domain.rules import Rule, Version
from callbox.oversight.domain.view import At, View
from callbox.oversight.saying import names_in, values_for
from callbox.oversight.searching import acts_of

MINUTE = timedelta(minutes=1)
HOUR, DAY = 60, 1440
HOLIDAYS = 12 * DAY  # longer than any run of days off
ROUNDS = 60
KEPT = (v.FINE, v.WAIVED)


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
    return _finished(rule, Plan([_trigger(version.form)]), rules, base, as_of)


def violations(
    rule: Rule, version: Version, rules: Sequence[Rule], base: datetime, as_of: datetime
) -> Iterator[Template]:
    """Histories that break exactly this rule, in each of the ways that its form knows. Raises Stuck."""
    for plan in broken(version.form):
        yield _finished(rule, plan, rules, base, as_of)


def history_of(template: Template, key: str, at: datetime) -> History:
    """A template as the history of an object, its minute 0 at a moment."""
    return history(template.kind, key, events_of(template.kind, template.steps, key, at))


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
        _mend(_form(of, verdict), plan.steps[_place(verdict.activation)], plan, own)
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
                    step.values |= _filled(acts.where, wanted=False, at=At(view, place), step=step)
                    changed = True
        if changed:
            return True
    return False


def _filled(where: Condition, *, wanted: bool, at: At | None, step: Step) -> dict[str, Value]:
    latest = {} if at is None else {name: at.latest(name) for name in _told(at)}
    found = values_for(where, step.values, wanted=wanted, latest=latest)
    if found is None:
        raise Stuck(f"{step.activity} cannot say {where} is {wanted}")
    return found


def _told(at: At) -> set[str]:
    return {name for event in at.view.events[: at.place + 1] for name in event.values}


def _trigger(form: f.Form) -> Step:
    return _step(form.trigger, 0)


def _step(acts: Acts, minute: int, *, wanted: bool = True) -> Step:
    step = Step(min(acts.activities), minute)
    if acts.where is not None:
        step.values |= _filled(acts.where, wanted=wanted, at=None, step=step)
    return step


def _add(acts: Acts, minute: int, plan: Plan, rules: Sequence[Rule]) -> Step:
    """One of these events, one that asks for least itself."""
    allowed = sorted(acts.activities - plan.avoid, key=lambda name: (_asked(name, rules), name))
    if not allowed:
        raise Stuck(f"{plan.variant}: {', '.join(acts.activities)} would undo what is planted")
    step = _step(Acts(frozenset(allowed[:1]), acts.where), minute)
    plan.steps.append(step)
    return step


def _asked(activity: str, rules: Sequence[Rule]) -> int:
    return sum(activity in version.form.trigger.activities for rule in rules for version in rule.versions)


def late(limit: Term) -> int:
    """Minutes after which a limit has surely passed, wherever it begins."""
    if limit.unit in LENGTHS:
        return (
            int(limit.amount * LENGTHS[limit.unit] / MINUTE) + HOUR + (DAY if limit.begins == NEXT_DAY else 0)
        )
    days = {DAYS: limit.amount + 2, WORKING_DAYS: 2 * limit.amount + 4, MONTHS: 31 * limit.amount + 2}
    return days[limit.unit] * DAY + (0 if limit.unit == DAYS and not limit.rolls else HOLIDAYS)


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


def _mend(form: f.AnyForm, trigger: Step, plan: Plan, rules: Sequence[Rule]) -> None:  # noqa: C901 - one case a form
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
                if not any(_is(acts, step) and step.minute < at for step in plan.steps):
                    _add(acts, at - _lead(acts, rules), plan, rules)
        case f.NotBefore():
            _add(form.anchor, at - late(form.limit), plan, rules)
        case f.NotAfter() if form.anchor is not None:
            _add(form.anchor, at - HOUR, plan, rules)
        case f.NotAfter() if isinstance(form.limit, Name):
            trigger.values[form.limit.name] = Relative(at + DAY)
        case f.Holds():
            _say(form, trigger, wanted=True)
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
                _mend(part, trigger, plan, rules)
        case _:
            raise Stuck(f"{plan.variant}: nothing mends {form}")


def _say(form: f.Holds, trigger: Step, *, wanted: bool) -> None:
    """Let the trigger say what makes the condition hold or not, whatever it said of that before."""
    condition = form.condition if wanted else Not(form.condition)
    whole = All((condition, *([form.trigger.where] if form.trigger.where else [])))
    kept = {name: said for name, said in trigger.values.items() if name not in names_in(form.condition)}
    trigger.values = {**kept, **_filled(whole, wanted=True, at=None, step=Step(trigger.activity, 0, kept))}


def _is(acts: Acts, step: Step) -> bool:
    if step.activity not in acts.activities:
        return False
    return acts.where is None or values_for(acts.where, dict(step.values), wanted=True) == {}


def _distinguish(form: f.Distinct, trigger: Step, plan: Plan, rules: Sequence[Rule]) -> None:
    trigger.values |= {name.name: f"role {n}" for n, name in enumerate(form.values, 1)}
    for number, acts in enumerate(form.others, 1):
        if any(step.activity in acts.activities and step.minute < trigger.minute for step in plan.steps):
            continue
        before = _add(acts, trigger.minute - 20, plan, rules)
        before.values |= {name.name: f"other {number}.{n}" for n, name in enumerate(form.values, 1)}


def broken(form: f.AnyForm) -> Iterator[Plan]:  # noqa: C901 - one case a form
    """The beginnings of histories that break a form."""
    trigger = _trigger(form)
    match form:
        case f.Within():
            yield from _owed(form, trigger)
        case f.Silence():
            yield from _silent(form, trigger)
        case f.Precede():
            yield from _unprepared(form, trigger)
        case f.NotBefore():
            yield Plan([_step(form.anchor, -30), trigger], form.anchor.activities, "early")
        case f.NotAfter() if isinstance(form.limit, Name):
            trigger.values[form.limit.name] = Relative(-HOUR)
            yield Plan([trigger], variant="late")
        case f.NotAfter() if form.anchor is not None and isinstance(form.limit, Term):
            yield Plan([_step(form.anchor, -late(form.limit)), trigger], form.anchor.activities, "late")
        case f.Holds():
            _say(form, trigger, wanted=False)
            yield Plan([trigger], variant="otherwise")
        case f.Agree():
            trigger.values |= {name.name: f"as listed {n == 0}" for n, name in enumerate(form.values)}
            yield Plan([trigger], variant="differs")
        case f.Distinct():
            yield _same(form, trigger)
        case f.Absent():
            yield Plan([trigger, _step(form.target, HOUR)], variant="came")
        case f.Count():
            apart = late(form.window) // 4 // (form.most + 2) if form.window else DAY
            more = [
                _step(form.counted, n * apart)
                for n in range(1, form.most + 1 + (not _is(form.counted, trigger)))
            ]
            yield Plan([trigger, *more], variant="too many")
        case f.Gap():
            yield Plan([trigger, _step(form.following, 30)], variant="too soon")
        case f.Overlap():
            yield _overlapping(form)
        case f.Similar():
            copies = [_trigger(form), Step(trigger.activity, DAY, dict(trigger.values))]
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
    trigger = next(step for step in plan.steps if _is(form.trigger, step))
    for other, part in enumerate(form.parts, 1):
        if other != number:
            _mend(part, trigger, plan, ())
    return plan


def _owed(form: f.Within, trigger: Step) -> Iterator[Plan]:
    waiver = form.waived_by.activities if form.waived_by else frozenset()
    avoid = (form.target.activities | waiver) - trigger_of(form)
    ends = 5 * DAY
    if isinstance(form.limit, Name):
        trigger.values[form.limit.name] = Relative(ends)
    else:
        ends = late(form.limit)
    yield Plan([trigger], avoid, "never")
    if not isinstance(form, f.Present):
        values = dict(trigger.values)
        yield Plan([Step(trigger.activity, 0, values), _step(form.target, ends + HOUR)], avoid, "late")


def trigger_of(form: f.Form) -> frozenset[str]:
    """The activities that trigger a form."""
    return form.trigger.activities


def _silent(form: f.Silence, trigger: Step) -> Iterator[Plan]:
    avoid = form.target.activities | (form.until.activities if form.until else frozenset())
    yield Plan([trigger], avoid, "never")
    if form.until is not None:
        again = Step(trigger.activity, 0, dict(trigger.values))
        yield Plan([again, _step(form.until, late(form.limit))], avoid, "late")


def _unprepared(form: f.Precede, trigger: Step) -> Iterator[Plan]:
    for number, missing in enumerate(form.required, 1):
        for low in (False, True) if missing.where is not None else (False,):
            others = [_step(acts, -20) for acts in form.required if acts is not missing]
            there = [_step(missing, -20, wanted=False)] if low else []
            own = Step(trigger.activity, 0, dict(trigger.values))
            variant = f"{'insufficient' if low else 'without'} {number}"
            yield Plan([*others, *there, own], missing.activities, variant)


def _same(form: f.Distinct, trigger: Step) -> Plan:
    trigger.values |= {name.name: f"role {n}" for n, name in enumerate(form.values, 1)}
    before = [_step(acts, -20) for acts in form.others]
    for number, step in enumerate(before, 1):
        step.values |= {name.name: f"other {number}.{n}" for n, name in enumerate(form.values, 1)}
    last = trigger if len(form.values) > 1 else before[0]
    last.values[form.values[-1].name] = trigger.values[form.values[0].name]
    return Plan([*before, trigger], variant="the same")


def _overlapping(form: f.Overlap) -> Plan:
    steps = []
    for number, minute in product(range(2), (0, 2 * HOUR)):
        step = _step(form.trigger if not minute else form.end, number * 30 + minute)
        step.values[form.span.name] = f"s{number}"
        if not minute:
            step.values[form.same.name] = "a"
        steps.append(step)
    return Plan(steps, variant="overlaps")
