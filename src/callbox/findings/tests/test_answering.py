# SPDX-License-Identifier: Apache-2.0
"""From raised to closed: who may do what, what needs a second person, and each refusal changes nothing."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.world import AT, LATER, journal_size, supervisor

from callbox.access.models import PersonalRead
from callbox.findings import answering, domain, queries
from callbox.findings.actions import note_verdicts, read_finding
from callbox.findings.models import Finding
from callbox.findings.queries import Wanted, findings_page
from callbox.findings.retention import erase_expired
from callbox.findings.sending import tell_findings
from callbox.findings.tests.scene import (
    DAY,
    DUE,
    ENGINE,
    SOURCE,
    finding,
    judged,
    lead,
    legal,
    officer,
    told,
    unit,
)
from callbox.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from callbox.messages.models import Message
from callbox.oversight.domain import verdicts as v
from callbox.oversight.domain.verdicts import Limit, Outcome, Verdict

pytestmark = pytest.mark.django_db


def refused(kind: type[Refusal], step: Callable[[], object]) -> None:
    """The step is refused, and changes nothing."""
    before = journal_size(), list(Finding.objects.order_by("pk").values()), Message.objects.count()
    with pytest.raises(kind), transaction.atomic():
        step()
    assert (journal_size(), list(Finding.objects.order_by("pk").values()), Message.objects.count()) == before


def sent(**said: Any) -> tuple[domain.Judged, str]:
    """A finding that its unit has."""
    key = unit()
    each = judged(unit=key, **said)
    note_verdicts([each], by=ENGINE, at=AT)
    tell_findings(by=ENGINE, at=AT)
    assert finding(each).state == "sent"
    return each, key


def test_it_is_put_right_and_somebody_else_confirms_it() -> None:
    each, key = sent()
    told("C1/9")
    answering.acknowledge(each.id, by=officer(key), at=AT)
    answering.rectify(each.id, "C1/9", by=lead(key), at=LATER)
    refused(NotAllowed, lambda: answering.confirm(each.id, by=lead(key), at=LATER))
    refused(NotAllowed, lambda: answering.confirm(each.id, by=officer(key, "other"), at=LATER))
    refused(NotAllowed, lambda: answering.confirm(each.id, by=supervisor(), at=LATER))
    answering.confirm(each.id, by=lead(key, "other"), at=LATER)
    row = finding(each)
    assert (row.state, row.outcome, row.event, row.tell_at) == ("closed", "rectified", f"{SOURCE}/C1/9", None)


def test_what_put_it_right_is_an_event_of_the_history_of_its_own_case() -> None:
    each, key = sent()
    told("C1/9", "C1/8")
    told("C2/9", case="C2")
    told("C1/8", source="file:other")
    for name in ("C1/7", "C2/9", f"{SOURCE}/C2/9", "C1/8", "9", "", " "):
        refused(Invalid, lambda said=name: answering.rectify(each.id, said, by=officer(key), at=LATER))  # type: ignore[misc]
    answering.rectify(each.id, f" {SOURCE}/C1/8 ", by=officer(key), at=LATER)
    assert (finding(each).state, finding(each).event) == ("rectified", f"{SOURCE}/C1/8")


def test_what_it_is_about_did_not_put_it_right() -> None:
    key = unit()
    told("1")
    outcome = Outcome(v.OVERDUE, {"trigger": f"{SOURCE}/1"}, Limit(DUE))
    each = domain.Judged(
        Verdict("made_up", date(2026, 1, 1), "C1", f"{SOURCE}/1", outcome, "Made up", "law"),
        "case",
        "yellow",
        0,
        key,
    )
    note_verdicts([each], by=ENGINE, at=AT)
    tell_findings(by=ENGINE, at=AT)
    refused(Invalid, lambda: answering.rectify(each.id, "1", by=officer(key), at=LATER))


def test_what_cannot_be_put_right_is_said_to_be_so_and_can_only_be_explained() -> None:
    each, key = sent(verdict=v.BROKEN_LATE)
    refused(Invalid, lambda: answering.rectify(each.id, "C1/9", by=officer(key), at=LATER))
    refused(Invalid, lambda: answering.explain(each.id, "made_up", by=officer(key), at=LATER))
    answering.explain(each.id, "no_capacity", by=officer(key), at=LATER)
    answering.turn_back(each.id, "no_proof", by=legal(), at=LATER)
    assert finding(each).state == "acknowledged"
    answering.explain(each.id, "emergency", by=officer(key), at=LATER)
    answering.confirm(each.id, by=legal(), at=LATER)
    assert finding(each).outcome == "explained"


def test_a_dispute_is_the_legal_officers_to_decide_and_holds_the_climbing() -> None:
    each, key = sent(grade="red")
    answering.dispute(each.id, "wrong_record", by=officer(key), at=LATER)
    assert tell_findings(by=ENGINE, at=AT + 9 * DAY) == 0
    refused(NotAllowed, lambda: answering.uphold(each.id, "wrong_record", by=lead(key), at=LATER))
    refused(NotAllowed, lambda: answering.turn_down(each.id, "no_proof", by=lead(key), at=LATER))
    answering.turn_down(each.id, "no_proof", by=legal(), at=AT + 9 * DAY)
    assert tell_findings(by=ENGINE, at=AT + 9 * DAY) == 1
    answering.dispute(each.id, "wrong_record", by=officer(key), at=AT + 9 * DAY)
    answering.uphold(each.id, "wrong_record", by=legal(), at=AT + 10 * DAY)
    assert (finding(each).state, finding(each).outcome) == ("closed", "upheld")
    assert note_verdicts([each], by=ENGINE, at=AT + 11 * DAY) == 0


def test_suppressing_needs_a_reason_and_a_second_person() -> None:
    each, key = sent()
    refused(Conflict, lambda: answering.suppress(each.id, by=legal(), at=LATER))
    refused(Invalid, lambda: answering.ask_suppression(each.id, "", by=legal(), at=LATER))
    refused(NotAllowed, lambda: answering.ask_suppression(each.id, "test_case", by=officer(key), at=LATER))
    answering.ask_suppression(each.id, "test_case", by=legal(), at=LATER)
    refused(Conflict, lambda: answering.ask_suppression(each.id, "test_case", by=legal("b"), at=LATER))
    refused(NotAllowed, lambda: answering.suppress(each.id, by=legal(), at=LATER))
    answering.suppress(each.id, by=legal("b"), at=LATER)
    assert (finding(each).state, finding(each).outcome) == ("suppressed", "suppressed")
    last = queries.steps_of(finding(each))[-1]
    assert (last.move, last.facts["reason"]) == ("suppress", "test_case")


def test_another_unit_does_not_see_it() -> None:
    each, _key = sent()
    refused(NotFound, lambda: answering.acknowledge(each.id, by=officer("agency:other"), at=LATER))
    refused(NotFound, lambda: read_finding(each.id, by=officer("agency:other"), at=LATER))
    assert not findings_page(officer("agency:other"))


def test_each_read_is_noted() -> None:
    each, _key = sent()
    read_finding(each.id, by=legal(), at=LATER)
    assert PersonalRead.objects.filter(actor=legal().id, subject="finding", subject_id=each.id).count() == 1


def test_the_list_goes_by_limit_and_page_after_page_shows_each_once() -> None:
    key = unit()
    many = [judged(case=f"C{number}", unit=key) for number in range(7)]
    note_verdicts([*many, judged(case="B1", grade="red")], by=ENGINE, at=AT)
    seen, last = [], None
    while page := findings_page(legal(), after=last, most=3):
        seen += [row.pk for row in page]
        last = page[-1].due_at, page[-1].pk
    assert sorted(seen) == sorted([each.id for each in many] + [judged(case="B1").id])
    assert [row.key for row in findings_page(legal(), Wanted(grade="red"))] == ["B1"]
    assert len(findings_page(officer(key))) == 7


def test_who_is_told_goes_by_grade_and_age_and_each_once() -> None:
    each, key = sent(grade="yellow")
    for _again in range(2):
        tell_findings(by=ENGINE, at=AT)
        tell_findings(by=ENGINE, at=AT + 3 * DAY)
        tell_findings(by=ENGINE, at=AT + 7 * DAY)
        tell_findings(by=ENGINE, at=AT + 90 * DAY)
    told = [entry.move for entry in queries.steps_of(finding(each))]
    assert told == ["open", "send", "climb", "climb"]
    keys = list(Message.objects.order_by("queued_at").values_list("key", flat=True))
    assert keys == [
        f"finding/{each.id}/1/step/0/{key}",
        f"finding/{each.id}/1/step/1",  # the unit has no head: that it reaches nobody is put into view
        f"finding/{each.id}/1/step/2",
    ]


def test_a_warning_is_told_once_for_each_share() -> None:
    key = unit()
    for share in (50, 50, 80, 80):
        note_verdicts([judged(v.WARNED, share=share, unit=key)], by=ENGINE, at=AT)
        tell_findings(by=ENGINE, at=AT)
        tell_findings(by=ENGINE, at=AT)
    keys = sorted(Message.objects.values_list("key", flat=True))
    assert keys == [f"finding/{judged().id}/1/warn/{share}/{key}" for share in (50, 80)]


def test_at_its_date_a_finding_forgets_the_case_and_is_not_raised_again() -> None:
    each = judged()
    note_verdicts([each], by=ENGINE, at=AT)
    note_verdicts([judged(v.FINE, more="C1/2")], by=ENGINE, at=AT)
    until = finding(each).retain_until
    assert until is not None
    assert erase_expired(by=ENGINE, at=until - timedelta(seconds=1)) == 0
    assert erase_expired(by=ENGINE, at=until) == 1
    row = finding(each)
    assert (row.key, row.activation, row.evidence, row.rule) == (str(each.id), str(each.id), {}, "made_up")
    assert note_verdicts([each], by=ENGINE, at=until) == 0
    assert erase_expired(by=ENGINE, at=until) == 0


STEPS = st.sampled_from(
    [
        "verdict",
        "tell",
        "acknowledge",
        "explain",
        "rectify",
        "dispute",
        "confirm",
        "turn_back",
        "uphold",
        "turn_down",
        "ask_suppression",
        "suppress",
        "refuse_suppression",
        "reply",
    ]
)


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(STEPS, st.integers(0, 3), st.sampled_from(v.VERDICTS)), max_size=25))
def test_a_random_walk_keeps_what_always_holds(walk: list[tuple[str, int, str]]) -> None:
    with transaction.atomic():
        _walk(walk)
        transaction.set_rollback(True)


def _walk(walk: list[tuple[str, int, str]]) -> None:
    key = unit()
    people = [officer(key), lead(key), legal(), legal("b")]
    told("C1/9")
    note_verdicts([judged(unit=key)], by=ENGINE, at=AT)
    for number, (name, who, verdict) in enumerate(walk):
        at, before = AT + number * DAY, (journal_size(), finding(judged()).state)
        try:
            with transaction.atomic():
                _do(name, people[who], verdict, at, key)
        except Refusal:
            assert (journal_size(), finding(judged()).state) == before
        row = finding(judged())
        assert row.state == row.matter.state
        assert (row.state in domain.ENDED) == bool(row.outcome) == bool(row.retain_until) == row.matter.final
        assert row.tell_at is None or row.state in domain.UNANSWERED
        keys = list(Message.objects.values_list("key", flat=True))
        assert len(keys) == len(set(keys))
        _four_eyes(row)


def _do(name: str, by: Any, verdict: str, at: Any, key: str) -> None:
    if name == "verdict":
        note_verdicts([judged(verdict, share=50, more=f"C1/{at.day}", unit=key)], by=ENGINE, at=at)
    elif name == "tell":
        tell_findings(by=ENGINE, at=at)
    else:
        reasons = list(domain.load_reasons(name.removeprefix("ask_").replace("suppression", "suppress")))
        said = ["C1/9"] if name == "rectify" else reasons[:1] if name not in ("confirm", "suppress") else []
        said = ["made-up words"] if name == "reply" else said
        getattr(answering, name)(judged().id, *said, by=by, at=at)


def _four_eyes(row: Finding) -> None:
    """Whoever answered in a round never confirmed in it; whoever asked to suppress never did."""
    for decides, asked in answering.FOUR_EYES.items():
        steps = queries.steps_of(row)
        decided = {(each.round, each.actor) for each in steps if each.move == decides}
        assert not decided & {(each.round, each.actor) for each in steps if each.move in asked}
