# SPDX-License-Identifier: Apache-2.0
"""The plain evaluator, form by form: what each says when all is well, when it is broken, and when nobody can know."""

import pytest

from callbox.oversight.domain.verdicts import VERDICTS
from callbox.oversight.tests.histories import judged, rule, verdicts

BEGUN = "begun 2026-01-05T09:00"  # a Monday
DAY = "24 hours at_once"

WITHIN = rule("within", limit=DAY, target="done", waived_by="excused", cured_by="amends")
STRICT = rule("within", limit=DAY, target="done")
UP_TO = rule("within", limit=f"{DAY} inclusive", target="done")
FIRST = rule("within", limit=DAY, target="done", pairing="first")
LAST = rule("within", limit=DAY, target="done", pairing="last")
GRAVE = rule("within", limit=DAY, target="done", trigger={"act": "begun", "where": "level >= 3"})
NAMED = rule("within", limit="deadline", target="done")
PAUSED = rule("within", limit=DAY, target="done", paused_by="paused", resumed_by="resumed")
ANEW = rule("within", limit=DAY, target="done", restarted_by="anew")
LADDER = rule(
    "ladder",
    limit="12 hours at_once",
    target="done",
    steps=[
        {"by": {"act": "extended", "where": "level >= 2"}, "limit": "24 hours at_once"},
        {"by": {"act": "extended", "where": "level >= 3"}, "limit": "48 hours at_once"},
    ],
)
AT_MOST = rule("at_most", limit="37 days next_day", target="released")
PRESENT = rule("present", limit="1 days next_day", target="done")
PRECEDE = rule("precede", required=["told", "heard"], waived_by="excused", cured_by="amends")
APPROVAL = rule("approval", required=[{"act": "approved", "where": "level >= 3"}])
NOT_BEFORE = rule("not_before", limit="5 working_days next_day", anchor="told")
NOT_AFTER = rule("not_after", limit="3 days next_day rolls", anchor="told")
FROM_FIRST = rule("not_after", limit="3 days next_day", anchor="told", from_anchor="first")
BY_NAME = rule("not_after", limit="deadline")
HOLDS = rule("holds", condition=["officers >= 2", {"any": ["place = 'inside'", "reason known"]}])
AGREE = rule("agree", values=["case.listed", "case.registered"])
DISTINCT = rule("distinct", values=["handler", "reviewer", "approver"])
ABSENT = rule("absent", target="never")
COUNT = rule("count", counted="begun", most=2, window="7 days next_day")
SILENCE = rule("silence", limit="30 days next_day", target="step", until="ended")
GAP = rule("gap", limit="12 hours at_once", following="again")
OVERLAP = rule("overlap", end="left", same="room", span="visit")
SIMILAR = rule("similar", hashes="hashes", share=0.8)
BOTH = rule(
    "both",
    parts=[
        {"form": "within", "limit": DAY, "target": "heard"},
        {"form": "within", "limit": DAY, "target": "told"},
    ],
)


@pytest.mark.parametrize(
    ("of", "lines", "expected"),
    [
        (WITHIN, [BEGUN, "done 2026-01-06T08:59"], "fine"),
        (WITHIN, [BEGUN, "done 2026-01-06T09:01"], "broken_late"),
        (WITHIN, [BEGUN], "overdue"),
        (WITHIN, ["done 2026-01-05T08:00", BEGUN], "overdue"),  # what came before was not for this
        (WITHIN, [BEGUN, "excused 2026-01-05T10:00"], "waived"),
        (WITHIN, [BEGUN, "excused 2026-01-07T10:00"], "broken_late"),
        (WITHIN, [BEGUN, "done 2026-01-07T10:00", "amends 2026-01-08"], "cured"),
        (WITHIN, [BEGUN, "amends 2026-01-05T10:00"], "overdue"),  # nothing was broken yet
        (WITHIN, [BEGUN, "done -"], "unknown"),
        (WITHIN, ["begun -", "done 2026-01-06"], "unknown"),
        (WITHIN, [BEGUN, "done 2026-01-06", "done -"], "fine"),
        (STRICT, [BEGUN, "done 2026-01-06T09:00"], "broken_late"),
        (UP_TO, [BEGUN, "done 2026-01-06T09:00"], "fine"),
        (FIRST, [BEGUN, "begun 2026-01-06T00:00", "done 2026-01-06T12:00"], "broken_late"),
        (LAST, [BEGUN, "begun 2026-01-06T00:00", "done 2026-01-06T12:00"], "fine"),
        (GRAVE, [BEGUN + " level=3", "done 2026-01-05T10:00"], "fine"),
        (GRAVE, [BEGUN], "unknown"),  # whether the rule applies is not known
        (NAMED, [BEGUN + " deadline=@2026-01-06T09:00", "done 2026-01-06T08:00"], "fine"),
        (NAMED, [BEGUN + " deadline=@2026-01-06T09:00", "done 2026-01-06T10:00"], "broken_late"),
        (NAMED, [BEGUN, "done 2026-01-06T10:00"], "unknown"),
        (
            PAUSED,
            [BEGUN, "paused 2026-01-05T10:00", "resumed 2026-01-08T10:00", "done 2026-01-09T08:00"],
            "fine",
        ),
        (PAUSED, [BEGUN, "paused 2026-01-05T10:00"], "running"),
        (PAUSED, [BEGUN, "paused -", "done 2026-01-09T08:00"], "unknown"),
        (ANEW, [BEGUN, "anew 2026-01-06T08:00", "done 2026-01-07T07:00"], "fine"),
        (ANEW, [BEGUN, "anew 2026-01-06T10:00", "done 2026-01-07T07:00"], "broken_late"),  # heals nothing
        (LADDER, [BEGUN, "done 2026-01-05T20:00"], "fine"),
        (LADDER, [BEGUN, "extended 2026-01-05T20:00 level=2", "done 2026-01-06T08:00"], "fine"),
        (LADDER, [BEGUN, "extended 2026-01-05T20:00 level=1", "done 2026-01-06T08:00"], "broken_late"),
        (LADDER, [BEGUN, "extended 2026-01-05T21:30 level=2", "done 2026-01-06T08:00"], "broken_late"),
        (LADDER, [BEGUN, "extended 2026-01-05T20:00", "done 2026-01-06T08:00"], "unknown"),
        (AT_MOST, [BEGUN, "released 2026-02-11T23:59"], "fine"),  # day 37, to its end
        (AT_MOST, [BEGUN, "released 2026-02-12T00:00"], "broken_late"),
        (PRESENT, [BEGUN, "done 2026-03-06"], "fine"),
        (PRESENT, [BEGUN], "overdue"),
        (PRECEDE, ["told 2026-01-01", "heard 2026-01-02", BEGUN], "fine"),
        (PRECEDE, ["told 2026-01-01", BEGUN, "heard 2026-01-06"], "broken_late"),
        (PRECEDE, ["excused 2026-01-01", BEGUN], "waived"),
        (PRECEDE, ["told 2026-01-01", BEGUN, "amends 2026-01-06"], "cured"),
        (PRECEDE, ["told 2026-01-01", BEGUN, "heard -"], "unknown"),
        (APPROVAL, ["approved 2026-01-01 level=3", BEGUN], "fine"),
        (APPROVAL, ["approved 2026-01-01 level=2", BEGUN], "broken_late"),
        (APPROVAL, ["approved 2026-01-01", BEGUN], "unknown"),
        (NOT_BEFORE, ["told 2026-01-04", "begun 2026-01-10T00:00"], "fine"),  # the 4th is a make-up Sunday
        (NOT_BEFORE, ["told 2026-01-04", "begun 2026-01-09T23:59"], "broken_late"),
        (NOT_BEFORE, [BEGUN], "unknown"),
        (NOT_BEFORE, ["told 2019-01-04", BEGUN], "unknown"),  # no calendar of that year
        (NOT_AFTER, ["told 2026-01-07", "begun 2026-01-12T20:00"], "fine"),  # the 10th is a Saturday
        (NOT_AFTER, ["told 2026-01-07", "begun 2026-01-13T00:00"], "broken_late"),
        (FROM_FIRST, ["told 2026-01-01", "told 2026-01-04", BEGUN], "broken_late"),
        (BY_NAME, [BEGUN + " deadline=@2026-01-05T09:00"], "fine"),
        (BY_NAME, [BEGUN + " deadline=@2026-01-05T08:59"], "broken_late"),
        (HOLDS, [BEGUN + " officers=2 place=inside"], "fine"),
        (HOLDS, [BEGUN + " officers=2 place=outside reason=illness"], "fine"),
        (HOLDS, [BEGUN + " officers=2 place=outside"], "broken_late"),
        (HOLDS, [BEGUN + " officers=1"], "broken_late"),  # one officer is too few wherever it was
        (HOLDS, [BEGUN + " officers=2"], "unknown"),
        (AGREE, ["step 2026-01-01 listed=a", "step 2026-01-02 registered=a", BEGUN], "fine"),
        (AGREE, ["step 2026-01-01 listed=a", "step 2026-01-02 registered=b", BEGUN], "broken_late"),
        (AGREE, ["step 2026-01-01 listed=a", BEGUN], "unknown"),
        (DISTINCT, [BEGUN + " handler=a reviewer=b approver=c"], "fine"),
        (DISTINCT, [BEGUN + " handler=a reviewer=a"], "broken_late"),
        (DISTINCT, [BEGUN + " handler=a reviewer=b"], "unknown"),
        (ABSENT, ["never 2026-01-01", BEGUN], "fine"),
        (ABSENT, [BEGUN, "never 2026-01-06"], "broken_late"),
        (ABSENT, [BEGUN, "never -"], "unknown"),
        (SILENCE, [BEGUN, "step 2026-02-04", "ended 2026-03-01"], "fine"),
        (SILENCE, [BEGUN, "step 2026-02-05", "ended 2026-03-01"], "broken_late"),
        (SILENCE, [BEGUN, "step 2026-02-04"], "overdue"),
        (SILENCE, [BEGUN, "step 2026-02-04", "step -"], "unknown"),
        (GAP, [BEGUN, "again 2026-01-05T21:00"], "fine"),
        (GAP, [BEGUN, "again 2026-01-05T20:59"], "broken_late"),
        (GAP, [BEGUN], "fine"),
        (BOTH, [BEGUN, "heard 2026-01-05T10:00", "told 2026-01-05T10:00"], "fine"),
        (BOTH, [BEGUN, "heard 2026-01-05T10:00", "told 2026-01-07T10:00"], "broken_late"),
        (BOTH, [BEGUN, "told 2026-01-07T10:00"], "overdue"),
    ],
)
def test_what_a_form_says(of: object, lines: list[str], expected: str) -> None:
    assert verdicts(of, *lines) == [expected]  # type: ignore[arg-type]  # a table of rules


@pytest.mark.parametrize(
    ("of", "lines", "expected"),
    [
        (COUNT, [BEGUN, "begun 2026-01-06"], ["fine", "fine"]),
        (COUNT, [BEGUN, "begun 2026-01-06", "begun 2026-01-12T23:00"], ["broken_late", "fine", "fine"]),
        (COUNT, [BEGUN, "begun 2026-01-06", "begun 2026-01-13"], ["fine", "fine", "fine"]),
        (
            OVERLAP,
            [
                BEGUN + " room=1 visit=a",
                "begun 2026-01-05T10:00 room=1 visit=b",
                "left 2026-01-05T11:00 visit=a",
            ],
            ["fine", "broken_late"],
        ),
        (
            OVERLAP,
            [
                BEGUN + " room=1 visit=a",
                "left 2026-01-05T10:00 visit=a",
                "begun 2026-01-05T10:00 room=1 visit=b",
            ],
            ["fine", "fine"],
        ),
        (OVERLAP, [BEGUN + " room=1 visit=a", "begun 2026-01-05T10:00 room=2 visit=b"], ["fine", "fine"]),
        (
            SIMILAR,
            [BEGUN + " hashes=[a,b,c,d]", "begun 2026-01-06 hashes=[a,b,c,d,e]", "begun 2026-01-07"],
            ["fine", "broken_late", "unknown"],
        ),
        (STRICT, [BEGUN, "begun 2026-01-07", "done 2026-01-07T08:00"], ["broken_late", "fine"]),
    ],
)
def test_what_a_form_says_of_several(of: object, lines: list[str], expected: list[str]) -> None:
    assert verdicts(of, *lines) == expected  # type: ignore[arg-type]  # a table of rules


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-01-05T20:59", "running"),
        ("2026-01-05T21:00", "warned"),  # half of it
        ("2026-01-06T08:59", "warned"),
        ("2026-01-06T09:00", "overdue"),
        ("2026-01-04", None),  # it had not begun
    ],
)
def test_what_is_not_done_yet_runs_is_warned_of_and_is_owed(as_of: str, expected: str | None) -> None:
    assert verdicts(STRICT, BEGUN, "done 2026-01-09", as_of=as_of) == [expected] * (expected is not None)


def test_the_evidence_can_be_added_up_by_hand() -> None:
    (found,) = judged(LADDER, BEGUN, "extended 2026-01-05T20:00 level=2", "done 2026-01-06T08:00")
    assert found.activation == "e1"
    assert found.outcome.events == {"answer": "e3"}
    assert (found.source, found.certainty) == ("article 1", "law")
    limit = found.outcome.limit
    assert limit is not None
    assert (limit.step, limit.extended) == (1, ("e2",))
    (found,) = judged(NOT_BEFORE, "told 2026-01-04", "begun 2026-01-10T00:00")
    assert found.outcome.limit is not None
    assert found.outcome.limit.reckoned is not None
    days = [(day.day.day, day.number, day.why) for day in found.outcome.limit.reckoned.days]
    assert days == [(4, 0, "start_day"), (5, 1, ""), (6, 2, ""), (7, 3, ""), (8, 4, ""), (9, 5, "")]


def test_every_verdict_is_reached_here() -> None:
    reached = {
        *(verdicts(WITHIN, BEGUN, as_of="2026-01-05T10:00")),
        *(verdicts(WITHIN, BEGUN, as_of="2026-01-06T08:00")),
        *(verdicts(WITHIN, BEGUN)),
        *(verdicts(WITHIN, BEGUN, "done 2026-01-05T10:00")),
        *(verdicts(WITHIN, BEGUN, "done 2026-01-07")),
        *(verdicts(WITHIN, BEGUN, "done 2026-01-07", "amends 2026-01-08")),
        *(verdicts(WITHIN, BEGUN, "excused 2026-01-05T10:00")),
        *(verdicts(WITHIN, BEGUN, "done -")),
    }
    assert reached == set(VERDICTS)
