# SPDX-License-Identifier: Apache-2.0
"""Verdicts become findings: one for each activation, whoever brings them, in whatever order, however often."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.db.utils import IntegrityError
from hypothesis import given
from hypothesis import strategies as st
from tests.world import AT, LATER, journal_size, supervisor

from callbox.findings import actions, domain
from callbox.findings.actions import note_verdicts
from callbox.findings.domain import Known, decide_verdict
from callbox.findings.models import Finding
from callbox.findings.sending import tell_findings
from callbox.findings.tests.scene import DAY, DUE, ENGINE, finding, judged, unit
from callbox.journal import queries as journal
from callbox.kernel.errors import NotAllowed
from callbox.messages.models import Message
from callbox.oversight.domain import verdicts as v


def moves(each: domain.Judged) -> list[str]:
    return [entry.move for entry in journal.history(each.id)]


@pytest.mark.django_db
def test_what_is_broken_is_raised_once() -> None:
    each = judged(unit=unit())
    assert note_verdicts([each, each], by=ENGINE, at=AT) == 1
    before = journal_size()
    assert note_verdicts([each], by=ENGINE, at=LATER) == 0
    assert journal_size() == before
    row = finding(each)
    assert (row.state, row.verdict, row.due_at, row.curable) == ("raised", "overdue", DUE, True)
    assert (row.matter.owner, row.raised_at) == (each.unit, AT)
    assert row.evidence["source"] == "Made-up Act, art. 1"


@pytest.mark.django_db
@pytest.mark.parametrize("verdict", [v.FINE, v.RUNNING, v.WAIVED, v.UNKNOWN])
def test_what_is_not_broken_is_no_finding(verdict: str) -> None:
    assert note_verdicts([judged(verdict)], by=ENGINE, at=AT) == 0
    assert not Finding.objects.exists()


@pytest.mark.django_db
def test_a_warning_goes_out_once_for_each_share_and_ends_as_heeded() -> None:
    for share in (50, 50, 80, 80, 50):
        note_verdicts([judged(v.WARNED, share=share)], by=ENGINE, at=AT)
    assert moves(judged()) == ["open", "warn"]
    note_verdicts([judged(v.FINE, more="C1/2")], by=ENGINE, at=LATER)
    row = finding(judged())
    assert (row.state, row.outcome, row.tell_at) == ("heeded", "heeded", None)
    assert row.retain_until == LATER + timedelta(days=1827)


@pytest.mark.django_db
def test_a_warning_that_nobody_heeds_becomes_a_finding() -> None:
    note_verdicts([judged(v.WARNED, share=80)], by=ENGINE, at=AT)
    note_verdicts([judged(v.OVERDUE)], by=ENGINE, at=AT + DAY)
    assert (finding(judged()).state, finding(judged()).raised_at) == ("raised", AT + DAY)
    assert moves(judged()) == ["open", "break"]


@pytest.mark.django_db
def test_what_the_history_cures_waits_for_somebody_to_confirm_it() -> None:
    note_verdicts([judged()], by=ENGINE, at=AT)
    note_verdicts([judged(v.CURED, more="C1/2")], by=ENGINE, at=LATER)
    assert finding(judged()).state == "rectified"
    note_verdicts([judged(v.CURED, "C2")], by=ENGINE, at=LATER)
    assert moves(judged(case="C2")) == ["open", "cure"]


@pytest.mark.django_db
def test_later_evidence_lifts_it_and_further_evidence_opens_it_again() -> None:
    note_verdicts([judged()], by=ENGINE, at=AT)
    note_verdicts([judged(v.FINE, more="C1/2")], by=ENGINE, at=LATER)
    assert (finding(judged()).state, finding(judged()).outcome) == ("closed", "lifted")
    note_verdicts([judged(v.FINE, more="C1/2")], by=ENGINE, at=LATER)
    note_verdicts([judged(v.BROKEN_LATE, more="C1/3")], by=ENGINE, at=LATER + DAY)
    row = finding(judged())
    assert (row.state, row.matter.round, row.curable, row.outcome) == ("raised", 2, False, "")
    assert moves(judged()) == ["open", "lift", "reopen"]


@pytest.mark.django_db
def test_unknown_moves_nothing() -> None:
    note_verdicts([judged()], by=ENGINE, at=AT)
    before = journal_size()
    assert note_verdicts([judged(v.UNKNOWN)], by=ENGINE, at=LATER) == 0
    assert (journal_size(), finding(judged()).state) == (before, "raised")


@pytest.mark.django_db
@pytest.mark.parametrize("first", [v.OVERDUE, v.WARNED])
def test_a_unit_that_becomes_known_takes_it_over_and_is_told(first: str) -> None:
    key = unit()
    note_verdicts([judged(first, share=50)], by=ENGINE, at=AT)
    tell_findings(by=ENGINE, at=AT)
    before = Message.objects.count()
    assert note_verdicts([judged(first, share=50, unit=key)], by=ENGINE, at=LATER) == 1
    row = finding(judged())
    assert (row.unit, row.matter.owner, key in row.matter.scope) == (key, key, True)
    tell_findings(by=ENGINE, at=LATER)
    keys = Message.objects.values_list("key", flat=True)
    assert [each.endswith(f"/{key}") for each in keys[before:]] == [True]
    entry = journal.history(judged().id)[-1 if first == v.WARNED else -2]
    assert (entry.move, entry.facts["unit"], key in entry.scope) == ("route", key, True)
    size = journal_size()
    assert note_verdicts([judged(first, share=50, unit=key)], by=ENGINE, at=LATER) == 0
    assert note_verdicts([judged(first, share=50, unit="agency:other")], by=ENGINE, at=LATER) == 0
    assert (journal_size(), finding(judged()).unit) == (size, key)


@pytest.mark.django_db
def test_what_has_ended_goes_to_no_unit() -> None:
    key = unit()
    note_verdicts([judged()], by=ENGINE, at=AT)
    note_verdicts([judged(v.FINE, more="C1/2")], by=ENGINE, at=AT)
    size = journal_size()
    assert note_verdicts([judged(v.FINE, more="C1/2", unit=key)], by=ENGINE, at=LATER) == 0
    assert (journal_size() - size, finding(judged()).unit) == (0, "")


@pytest.mark.django_db
def test_people_raise_nothing() -> None:
    before = journal_size()
    with pytest.raises(NotAllowed), transaction.atomic():
        note_verdicts([judged()], by=supervisor(), at=AT)
    assert (journal_size(), Finding.objects.count()) == (before, 0)


@pytest.mark.django_db
def test_the_database_itself_holds_one_for_each_activation() -> None:
    note_verdicts([judged(), judged(case="C2")], by=ENGINE, at=AT)
    with pytest.raises(IntegrityError, match="findings_finding_once"), transaction.atomic():
        Finding.objects.filter(key="C2").update(key="C1", activation="C1/1")


@pytest.mark.usefixtures("committed")
def test_two_engines_that_find_the_same_at_once_raise_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second comes while the first is between reading and writing."""
    note = actions._new
    others: list[threading.Thread] = []

    def second() -> None:
        try:
            note_verdicts([judged()], by=ENGINE, at=LATER)
        finally:
            connections.close_all()

    def meanwhile(*said: object) -> Finding:
        if not others:
            others.append(threading.Thread(target=second))
            others[0].start()
            others[0].join(0.3)  # it waits for the lock; without the lock it would have written by now
        return note(*said)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(actions, "_new", meanwhile)
    assert note_verdicts([judged()], by=ENGINE, at=AT) == 1
    others[0].join()
    assert (Finding.objects.count(), moves(judged())) == (1, ["open"])


@given(
    st.sampled_from(domain.STATES),
    st.sampled_from(v.VERDICTS),
    st.sampled_from(v.VERDICTS),
    st.booleans(),
    st.sampled_from(["", *domain.OUTCOMES]),
    st.sampled_from([0, 50, 80]),
    st.sampled_from([0, 50, 80]),
)
def test_each_move_that_a_verdict_makes_is_one_of_the_state(
    state: str, was: str, verdict: str, same: bool, outcome: str, told: int, share: int
) -> None:
    known = Known(state, was, "d", outcome, told)
    for name in decide_verdict(known, verdict, "d" if same else "e", share):
        step = domain.WORKFLOW.by_name[name]
        assert state in step.sources
        state = step.to or state
    again = Known(state, verdict, "d" if same else "e", outcome, max(told, share))
    if state in domain.OPEN and verdict not in (v.FINE, v.WAIVED, v.RUNNING, v.WARNED):
        assert decide_verdict(again, verdict, again.digest, share) == ()
