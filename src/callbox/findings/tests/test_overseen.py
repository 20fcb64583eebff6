# SPDX-License-Identifier: Apache-2.0
"""Whoever oversees is overseen by the same models: findings as histories, and approvals of one minute as one act."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from tests.world import AT, LATER

from callbox.findings import answering
from callbox.findings.actions import note_verdicts
from callbox.findings.sending import tell_findings
from callbox.findings.tests.scene import ENGINE, judged, lead, officer, told, unit
from callbox.journal.domain import Written
from callbox.journal.queries import history
from callbox.oversight import own
from callbox.oversight.domain.events import histories
from callbox.oversight.domain.judging import judge
from callbox.oversight.library import shipped_rules


def confirmed(number: int, actor: str = "person:a", second: int = 0) -> Written:
    """The entry that an answer to a finding was confirmed."""
    at = AT.replace(second=second)
    chain = UUID(int=number)
    facts = {"over": "case"}
    return Written(
        1,
        1,
        chain,
        1,
        "finding",
        "confirm",
        "explained",
        "closed",
        1,
        actor,
        "unit_lead",
        at,
        at,
        facts,
        (),
        b"",
        b"",
    )


def test_approvals_of_one_minute_are_judged_as_one_act_and_of_no_more_than_that() -> None:
    rule = shipped_rules()["own_approvals_in_bulk"]
    many = [own.event_of(confirmed(number, second=number)) for number in range(6)]
    (batch,) = histories("batch", many).values()
    assert [each.verdict for each in judge(rule, batch, LATER)] == ["broken_late"]
    (few,) = histories("batch", many[:5]).values()
    assert [each.verdict for each in judge(rule, few, LATER)] == ["fine"]
    others = [confirmed(7, "person:b"), replace(confirmed(8), at=LATER)]
    assert len({own.batch_of(each) for each in (confirmed(1), *others)}) == 3
    assert "person" not in str(many)


@pytest.mark.django_db
def test_findings_are_overseen_by_the_same_models() -> None:
    """Confirmed in due form: both say fine. The same entries, had one person taken both steps: broken."""
    key = unit()
    told("C1/9")
    note_verdicts([judged(unit=key)], by=ENGINE, at=AT)
    tell_findings(by=ENGINE, at=AT)
    answering.rectify(judged().id, "C1/9", by=officer(key), at=LATER)
    answering.confirm(judged().id, by=lead(key), at=LATER)
    entries = [each for each in history(judged().id) if each.kind == "finding"]
    events = [own.event_of(each) for each in entries]
    (found,) = histories("finding", events).values()
    end = AT + timedelta(days=30)
    said = {
        code: [each.verdict for each in judge(shipped_rules()[code], found, end)]
        for code in ("own_finding_confirmed_by_another", "own_finding_answered")
    }
    assert set(map(tuple, said.values())) == {("fine",)}
    one = [own.event_of(replace(each, actor="person:one")) for each in entries]
    (found,) = histories("finding", one).values()
    rule = shipped_rules()["own_finding_confirmed_by_another"]
    assert [each.verdict for each in judge(rule, found, end)] == ["broken_late"]
    assert "person:" not in str(events)
