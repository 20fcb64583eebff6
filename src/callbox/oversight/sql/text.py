# SPDX-License-Identifier: Apache-2.0
"""A rule as one SQL text. Part of the domain: pure.

The text asks the tables of `tables.py` and gives (place, verdict) of each activation. A verdict that is NULL says:
of this history the plain evaluator must speak, as an event has no moment or a match is not certain.
"""

from dataclasses import dataclass

from callbox.kernel.calendars import Calendar
from callbox.kernel.terms import Term
from callbox.oversight.columns import micros
from callbox.oversight.domain import forms as f
from callbox.oversight.domain import verdicts as v
from callbox.oversight.domain.rules import Rule, Version
from callbox.oversight.searching import acts_of
from callbox.oversight.sql import looking, waiting
from callbox.oversight.sql.building import SEEN, Building, among
from callbox.oversight.sql.words import Column, NotSaid


@dataclass(frozen=True, slots=True)
class Query:
    """A rule in SQL, and what it needs: columns of values, limits, names that may be no texts, or no lists."""

    text: str
    calendar: Calendar
    columns: frozenset[Column]
    terms: frozenset[Term]
    not_text: frozenset[str]
    not_list: frozenset[str]


def query_for(rule: Rule) -> Query:
    """The text of a rule. Raises NotSaid with what SQL cannot say of it."""
    build = Building(rule.calendar)
    judged = [_version(build, rule, version) for version in rule.versions]
    text = _whole(build, rule, judged)
    words = build.words
    return Query(
        text,
        rule.calendar,
        frozenset(words.columns),
        frozenset(build.terms),
        frozenset(words.not_text),
        frozenset(words.not_list),
    )


def _whole(build: Building, rule: Rule, judged: list[str]) -> str:
    triggers = f.Acts(frozenset().union(*(each.form.trigger.activities for each in rule.versions)))
    doubts = [
        f"SELECT e.history FROM events e WHERE {among(acts)} AND {SEEN}\n"
        f"    AND {build.words.holds(acts.where, 'e')} IS NULL"
        for acts in dict.fromkeys(acts for version in rule.versions for acts in acts_of(version.form))
        if acts.where is not None
    ]
    hard = f"SELECT e.history FROM events e WHERE NOT e.plain AND {among(triggers)}"
    doubtful = build.step("doubtful", "\n    UNION ".join([hard, *doubts]))
    parts = [
        f"SELECT j.place, j.verdict FROM {each} j LEFT JOIN {doubtful} d ON d.history = j.history "
        f"WHERE d.history IS NULL"
        for each in judged
    ]
    parts.append(
        f"SELECT e.place, NULL FROM events e JOIN {doubtful} d ON d.history = e.history WHERE {among(triggers)}"
    )
    steps = ",\n".join(f"{name} AS (\n    {text.strip()}\n)" for name, text in build.steps.items())
    return f"-- {rule.code}: {' '.join(rule.name.en.split())}\nWITH {steps}\n{'\nUNION ALL\n'.join(parts)}\n"


def _version(build: Building, rule: Rule, version: Version) -> str:
    begun = build.begun(version.form, _governed(rule, version))
    return judge(build, version.form, begun)


def _governed(rule: Rule, version: Version) -> str:
    """The day of the trigger chooses the version."""
    begins = f"e.moment >= {micros(rule.calendar.begins(version.begins))}"
    return f"{begins} AND e.moment < {micros(rule.calendar.begins(version.ends))}" if version.ends else begins


def judge(build: Building, form: f.AnyForm, begun: str) -> str:
    """The step with the verdict of each activation, waivers and cures included."""
    judged = _form(build, form, begun)
    if isinstance(form, f.Within):
        return _made_good(build, form, judged, begun, waiver=None)
    return _made_good(build, form, judged, begun, waiver=form.waived_by)


def _made_good(build: Building, form: f.AnyForm, judged: str, begun: str, *, waiver: f.Acts | None) -> str:
    """What was broken is waived by what came before it, or cured by what came after."""
    cases, joins = [], []
    broken = f"j.verdict IN ('{v.OVERDUE}', '{v.BROKEN_LATE}')"
    if waiver is not None:
        joins.append(f"LEFT JOIN {build.before(begun, waiver, 'waived')} w ON w.place = j.place")
        cases.append(f"WHEN {broken} AND w.place IS NOT NULL THEN '{v.WAIVED}'")
    if form.cured_by is not None:
        after = " AND c.moment > j.until" if isinstance(form, f.Within | f.Silence) else ""
        joins.append(
            f"LEFT JOIN {build.last_after(begun, form.cured_by, 'cured')} c ON c.place = j.place{after}"
        )
        cases.append(f"WHEN {broken} AND c.place IS NOT NULL THEN '{v.CURED}'")
    if not cases:
        return judged
    return build.step(
        "settled",
        f"SELECT j.place, j.history, CASE {' '.join(cases)} ELSE j.verdict END AS verdict\n"
        f"    FROM {judged} j {'\n    '.join(joins)}",
    )


def _form(build: Building, form: f.AnyForm, begun: str) -> str:  # noqa: C901 - one case a form
    match form:
        case f.Within():
            return waiting.within(build, form, begun)
        case f.Silence():
            return waiting.silence(build, form, begun)
        case f.Precede():
            return looking.precede(build, form, begun)
        case f.NotBefore():
            return looking.not_before(build, form, begun)
        case f.NotAfter():
            return looking.not_after(build, form, begun)
        case f.Holds():
            return looking.holds(build, form, begun)
        case f.Agree():
            return looking.agree(build, form, begun)
        case f.Distinct():
            return looking.distinct(build, form, begun)
        case f.Absent():
            return looking.absent(build, form, begun)
        case f.Count():
            return looking.count(build, form, begun)
        case f.Gap():
            return looking.gap(build, form, begun)
        case f.Overlap():
            return looking.overlap(build, form, begun)
        case f.Both():
            return _both(build, form, begun)
        case f.Similar():
            raise NotSaid("similar: lists of hashes have no plain SQL")


def _both(build: Building, form: f.Both, begun: str) -> str:
    """The gravest of what the parts say."""
    parts = " UNION ALL ".join(
        f"SELECT place, {_gravity('verdict')} AS gravity FROM {judge(build, part, begun)}"
        for part in form.parts
    )
    gravest = build.step(
        "gravest", f"SELECT p.place, max(p.gravity) AS gravity FROM ({parts}) p GROUP BY p.place"
    )
    back = " ".join(f"WHEN {n} THEN '{each}'" for n, each in enumerate(v.GRAVITY))
    return build.step(
        "judged",
        f"SELECT b.place, b.history, CASE g.gravity {back} END AS verdict\n"
        f"    FROM {begun} b JOIN {gravest} g ON g.place = b.place",
    )


def _gravity(verdict: str) -> str:
    return f"CASE {verdict} {' '.join(f"WHEN '{each}' THEN {n}" for n, each in enumerate(v.GRAVITY))} END"
