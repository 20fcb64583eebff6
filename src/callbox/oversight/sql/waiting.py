# SPDX-License-Identifier: Apache-2.0
"""The forms that wait, in SQL: within, ladder, at_most, present, silence. Part of the domain: pure.

Each gives a step of (place, history, verdict, until): until is the last moment in time; what makes good comes after it.
"""

from callbox.oversight.domain import forms as f
from callbox.oversight.domain import verdicts as v
from callbox.oversight.domain.conditions import Name
from callbox.oversight.sql.building import Building, Ends, keeps
from callbox.oversight.sql.words import MOMENT, NotSaid

AS_OF = "(SELECT moment FROM as_of)"


def within(build: Building, form: f.Within, begun: str) -> str:
    """Done in time, waived in time, done late, lapsed late, still to come, or owed."""
    inclusive = isinstance(form.limit, Name) or form.limit.inclusive
    if form.steps:
        begun, inclusive = _ladder(build, form, begun), True
        ends = Ends("", "b.until", "", "b.unsure")
    else:
        ends = _ends(build, form, "b")
    answer = build.next_after(begun, form.target, "target")
    waiver = build.next_after(begun, form.waived_by, "waiver")
    always = isinstance(form, f.Present)
    cases = [f"WHEN {ends.ends} IS NULL THEN '{v.UNKNOWN}'"]
    joins = [ends.join]
    for table, alias, verdict in ((answer, "a", v.FINE), (waiver, "w", v.WAIVED)):
        if table:
            in_time = f"{alias}.moment IS NOT NULL" if always else _keeps(f"{alias}.moment", ends, inclusive)
            cases.append(f"WHEN {in_time} THEN {decided(verdict, ends.unsure)}")
            joins.append(f"LEFT JOIN {table} {alias} ON {alias}.place = b.place")
    came = " OR ".join(f"{alias}.moment IS NOT NULL" for alias in "aw"[: 2 if waiver else 1])
    cases.append(f"WHEN {came} THEN {decided(v.BROKEN_LATE, ends.unsure)}")
    cases += _waiting(form.warn, "b", ends, inclusive, "b.ends" if form.steps else ends.ends)
    return build.step(
        "judged",
        f"SELECT b.place, b.history, {_last(ends.ends, inclusive)} AS until,\n"
        f"    CASE {'\n        '.join(cases)} END AS verdict\n"
        f"    FROM {begun} b {'\n    '.join(filter(None, joins))}",
    )


def _keeps(at: str, ends: Ends, inclusive: bool) -> str:
    return keeps(at, ends.ends, inclusive=inclusive)


def decided(verdict: str, unsure: str) -> str:
    """What hangs on a year whose working days nobody knows yet is not decided."""
    return (
        f"'{verdict}'" if unsure == "FALSE" else f"CASE WHEN {unsure} THEN '{v.UNKNOWN}' ELSE '{verdict}' END"
    )


def _waiting(warn: tuple[int, ...], row: str, ends: Ends, inclusive: bool, whole: str) -> list[str]:
    """Not come yet, a share of the time has passed, or owed. whole: when the time from the row's moment on ends."""
    start = f"{row}.moment"
    shares = [f"({AS_OF} - {start}) * 100 >= ({whole} - {start}) * {share}" for share in warn]
    running = f"WHEN {' OR '.join(shares)} THEN '{v.WARNED}' ELSE '{v.RUNNING}'" if shares else ""
    still = f"CASE {running} END" if shares else f"'{v.RUNNING}'"
    return [
        f"WHEN {_keeps(AS_OF, ends, inclusive)} THEN {still}",
        f"ELSE {decided(v.OVERDUE, ends.unsure)}",
    ]


def _ends(build: Building, form: f.Within, row: str) -> Ends:
    if form.paused_by or form.restarted_by:
        raise NotSaid("pauses and restarts: the kernel counts each day between them")
    if isinstance(form.limit, Name):
        ends = build.words.value(form.limit, MOMENT, row)
        return Ends("", ends, ends, "FALSE")
    return build.ends(form.limit, row)


def _ladder(build: Building, form: f.Within, begun: str) -> str:
    """The limit after all steps. A step is granted after the one before it, while that one's limit runs."""
    first = _ends(build, form, "b")
    assert not isinstance(form.limit, Name)  # noqa: S101 - reading refuses steps with a limit that an event names
    rung = build.step(
        "rung",
        f"SELECT b.place, b.history, b.moment, b.{build.day}, b.place AS upto, "
        f"{first.ends} AS ends,\n    {_last(first.ends, form.limit.inclusive)} AS until, "
        f"{first.unsure} AS unsure\n    FROM {begun} b {first.join}",
    )
    for step in form.steps:
        granted = build.found("granted", step.by)
        by = build.step(
            "grant",
            f"SELECT b.place, min(e.place) AS at_place, min(e.moment) AS moment\n    FROM {rung} b "
            f"JOIN {granted} e ON e.history = b.history AND e.place > b.upto\n    GROUP BY b.place",
        )
        ends = build.ends(step.limit, "b")
        in_time = "g.moment <= b.until"
        rung = build.step(
            "rung",
            f"SELECT b.place, b.history, b.moment, b.{build.day}, "
            f"CASE WHEN {in_time} THEN g.at_place END AS upto,\n"
            f"    CASE WHEN {in_time} THEN {ends.ends} ELSE b.ends END AS ends,\n"
            f"    CASE WHEN {in_time} THEN {_last(ends.ends, step.limit.inclusive)} ELSE b.until END AS until,\n"
            f"    CASE WHEN {in_time} THEN {ends.unsure} ELSE b.unsure END AS unsure\n"
            f"    FROM {rung} b {ends.join} LEFT JOIN {by} g ON g.place = b.place",
        )
    return rung


def _last(ends: str, inclusive: bool) -> str:
    return ends if inclusive else f"{ends} - 1"


def silence(build: Building, form: f.Silence, begun: str) -> str:
    """No two acts further apart than the limit, from the trigger to the end or to now."""
    acts, end = build.found("act", form.target), build.next_after(begun, form.until, "until")
    ended = f"LEFT JOIN {end} u ON u.place = b.place" if end else ""
    until = "u.at_place" if end else "CAST(NULL AS BIGINT)"
    points = [f"SELECT b.place, b.place AS point, b.moment, b.{build.day} FROM {begun} b"]
    points.append(
        f"SELECT b.place, e.place, e.moment, e.{build.day} FROM {begun} b {ended}\n    JOIN {acts} e "
        f"ON e.history = b.history AND e.place > b.place AND ({until} IS NULL OR e.place < {until})"
    )
    if end:
        points.append(f"SELECT u.place, u.at_place, u.moment, u.{build.day} FROM {end} u")
    point = build.step("point", "\n    UNION ALL ".join(points))
    ends = build.ends(form.limit, "p")
    span = build.step(
        "span",
        f"SELECT p.place, p.point, p.moment, {ends.ends} AS ends, {ends.unsure} AS unsure,\n"
        "    lead(p.moment) OVER (PARTITION BY p.place ORDER BY p.point) AS following,\n"
        "    count(*) OVER (PARTITION BY p.place) AS points,\n"
        "    row_number() OVER (PARTITION BY p.place ORDER BY p.point) AS number\n"
        f"    FROM {point} p {ends.join}",
    )
    kept = keeps("s.following", "s.ends", inclusive=form.limit.inclusive)
    # The span that decides: the first that is too long, else the last that is whole, else the one that still runs.
    chosen = build.step(
        "chosen",
        f"SELECT s.place, min(CASE WHEN NOT ({kept}) THEN s.number END) AS broken,\n"
        f"    max(s.points) AS points FROM {span} s GROUP BY s.place",
    )
    return _silent(build, form, begun, span, chosen, end)


def _silent(build: Building, form: f.Silence, begun: str, span: str, chosen: str, end: str | None) -> str:
    whole = "u.place IS NOT NULL" if end else "FALSE"
    last = f"CASE WHEN {whole} THEN c.points - 1 ELSE c.points END"
    ends = Ends("", "s.ends", "", "s.unsure")
    cases = [f"WHEN c.broken IS NOT NULL THEN {decided(v.BROKEN_LATE, ends.unsure)}"]
    cases.append(f"WHEN {whole} THEN {decided(v.FINE, ends.unsure)}")
    cases += _waiting(form.warn, "s", ends, form.limit.inclusive, ends.ends)
    return build.step(
        "judged",
        f"SELECT b.place, b.history, {_last(ends.ends, form.limit.inclusive)} AS until,\n"
        f"    CASE {'\n        '.join(cases)} END AS verdict\n"
        f"    FROM {begun} b JOIN {chosen} c ON c.place = b.place\n"
        f"    {f'LEFT JOIN {end} u ON u.place = b.place' if end else ''}\n"
        f"    JOIN {span} s ON s.place = b.place AND s.number = COALESCE(c.broken, {last})",
    )
