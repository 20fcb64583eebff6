# SPDX-License-Identifier: Apache-2.0
"""The forms that look at what came before, is said, or is counted, in SQL. Part of the domain: pure.

Each gives a step of (place, history, verdict).
"""

from itertools import combinations

from callbox.oversight.domain import forms as f
from callbox.oversight.domain import verdicts as v
from callbox.oversight.domain.conditions import Name
from callbox.oversight.sql.building import Building, keeps
from callbox.oversight.sql.words import ANY, MOMENT

ABSENT = "CAST('?' AS VARCHAR(1))"  # no value of `any` looks so


def judged(build: Building, begun: str, case: str, joins: str = "") -> str:
    """The step that says a verdict of each activation."""
    return build.step(
        "judged",
        f"SELECT b.place, b.history,\n    CASE {case} END AS verdict\n    FROM {begun} b\n    {joins}",
    )


def _kept(condition: str) -> str:
    return f"WHEN {condition} THEN '{v.FINE}' ELSE '{v.BROKEN_LATE}'"


def _sure(unsure: str) -> str:
    return f"WHEN {unsure} THEN '{v.UNKNOWN}' " if unsure != "FALSE" else ""


def precede(build: Building, form: f.Precede, begun: str) -> str:
    """Each of what is required came before."""
    tables = [build.before(begun, acts, "required") for acts in form.required]
    joins = [f"LEFT JOIN {table} r{n} ON r{n}.place = b.place" for n, table in enumerate(tables)]
    came = " AND ".join(f"r{n}.place IS NOT NULL" for n in range(len(tables)))
    return judged(build, begun, _kept(came), "\n    ".join(joins))


def not_before(build: Building, form: f.NotBefore, begun: str) -> str:
    """The trigger came after the waiting time."""
    anchor = build.before(begun, form.anchor, "anchor", nearest=form.from_anchor == f.NEAREST)
    ends = build.ends(form.limit, "a")
    opens = ends.last_day if form.on_last_day else ends.ends
    case = f"WHEN a.place IS NULL THEN '{v.UNKNOWN}' {_sure(ends.unsure)}{_kept(f'b.moment >= {opens}')}"
    return judged(build, begun, case, f"LEFT JOIN {anchor} a ON a.place = b.place {ends.join}")


def not_after(build: Building, form: f.NotAfter, begun: str) -> str:
    """The trigger came in time."""
    if isinstance(form.limit, Name):
        ends_at = build.words.value(form.limit, MOMENT, "b")
        in_time = keeps("b.moment", ends_at, inclusive=True)
        return judged(build, begun, f"WHEN {ends_at} IS NULL THEN '{v.UNKNOWN}' {_kept(in_time)}")
    assert form.anchor is not None  # noqa: S101 - reading asks for an anchor with a term
    anchor = build.before(begun, form.anchor, "anchor", nearest=form.from_anchor == f.NEAREST)
    ends = build.ends(form.limit, "a")
    in_time = keeps("b.moment", ends.ends, inclusive=form.limit.inclusive)
    case = f"WHEN a.place IS NULL THEN '{v.UNKNOWN}' {_sure(ends.unsure)}{_kept(in_time)}"
    return judged(build, begun, case, f"LEFT JOIN {anchor} a ON a.place = b.place {ends.join}")


def holds(build: Building, form: f.Holds, begun: str) -> str:
    """The condition holds at the trigger."""
    return judged(build, begun, _answer(build.words.holds(form.condition, "b")))


def agree(build: Building, form: f.Agree, begun: str) -> str:
    """All values are equal."""
    told = [build.words.value(name, ANY, "b") for name in form.values]
    return judged(build, begun, _answer(_pairs(told, "=")))


def distinct(build: Building, form: f.Distinct, begun: str) -> str:
    """No two values are equal, those of the nearest of each other act included."""
    told, joins = [build.words.value(name, ANY, "b") for name in form.values], []
    for n, acts in enumerate(form.others):
        other = build.before(begun, acts, "other")
        joins.append(f"LEFT JOIN {other} n{n} ON n{n}.place = b.place")
        joins.append(f"LEFT JOIN {build.earlier[other]} o{n} ON o{n}.place = n{n}.at_place")
        told += [build.words.value(Name(name.name), ANY, f"o{n}") for name in form.values]
    return judged(build, begun, _answer(_pairs(told, "<>")), "\n    ".join(joins))


def _pairs(told: list[str], sign: str) -> str:
    return " AND ".join(f"{one} {sign} {other}" for one, other in combinations(told, 2)) or "TRUE"


def _answer(condition: str) -> str:
    return f"WHEN {condition} THEN '{v.FINE}'\n        WHEN NOT ({condition}) THEN '{v.BROKEN_LATE}' ELSE '{v.UNKNOWN}'"


def absent(build: Building, form: f.Absent, begun: str) -> str:
    """The target never came."""
    target = build.next_after(begun, form.target, "target")
    return judged(build, begun, _kept("a.place IS NULL"), f"LEFT JOIN {target} a ON a.place = b.place")


def count(build: Building, form: f.Count, begun: str) -> str:
    """No more than so many from the trigger on."""
    counted = build.found("counted", form.counted)
    join, within, unsure = "", "", "FALSE"
    if form.window:
        ends = build.ends(form.window, "b")
        join, unsure = ends.join, ends.unsure
        within = f" AND {keeps('e.moment', ends.ends, inclusive=form.window.inclusive)}"
    many = build.step(
        "many",
        f"SELECT b.place, count(*) AS counted FROM {begun} b {join}\n    JOIN {counted} e "
        f"ON e.history = b.history AND e.place >= b.place{within} GROUP BY b.place",
    )
    case = f"{_sure(unsure)}{_kept(f'm.counted IS NULL OR m.counted <= {form.most}')}"
    return judged(build, begun, case, f"LEFT JOIN {many} m ON m.place = b.place {join}")


def gap(build: Building, form: f.Gap, begun: str) -> str:
    """What follows begins no sooner than the limit."""
    following = build.next_after(begun, form.following, "following")
    ends = build.ends(form.limit, "b")
    case = f"{_sure(ends.unsure)}{_kept(f'a.moment IS NULL OR a.moment >= {ends.ends}')}"
    return judged(build, begun, case, f"LEFT JOIN {following} a ON a.place = b.place {ends.join}")


def overlap(build: Building, form: f.Overlap, begun: str) -> str:
    """No other span with an equal value was open when this one began."""
    others, ends = build.found("other", form.trigger), build.found("ended", form.end)
    same, span = (build.words.value(form.same, ANY, row) for row in "bo"), form.span
    mine, theirs = same
    own, other, ended = (f"COALESCE({build.words.value(span, ANY, row)}, {ABSENT})" for row in "boe")
    closed = build.step(
        "closed",
        f"SELECT o.place, min(e.moment) AS moment FROM {others} o JOIN {ends} e\n"
        f"    ON e.history = o.history AND e.place > o.place AND {ended} = {other} GROUP BY o.place",
    )
    met = build.step(
        "met",
        f"SELECT DISTINCT b.place FROM {begun} b JOIN {others} o ON o.history = b.history AND o.place < b.place\n"
        f"    AND {theirs} = {mine} LEFT JOIN {closed} c ON c.place = o.place\n"
        "    WHERE c.moment IS NULL OR c.moment > b.moment",
    )
    unsaid = f"{mine} IS NULL OR {own} = {ABSENT}"
    case = f"WHEN {unsaid} THEN '{v.UNKNOWN}' {_kept('m.place IS NULL')}"
    return judged(build, begun, case, f"LEFT JOIN {met} m ON m.place = b.place")
