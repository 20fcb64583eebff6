# SPDX-License-Identifier: Apache-2.0
"""The moves of a finding on its page: each person is offered what they may do, and what is refused changes nothing."""

import re
from typing import Any
from uuid import UUID

import pytest
from tests.signed_in import Signed
from tests.world import AT, journal_size

from callbox.findings import answering, queries
from callbox.findings.actions import note_verdicts
from callbox.findings.models import Finding
from callbox.findings.sending import tell_findings
from callbox.findings.tests.desk_scene import found_item, looked_at
from callbox.findings.tests.scene import ENGINE, finding, judged, lead, officer, unit
from callbox.findings.tests.test_desk_pages import CHINESE, LIST, client, moves_on, page_of
from callbox.oversight.domain import verdicts as v

pytestmark = pytest.mark.django_db
ANSWERS = {"acknowledge", "rectify", "explain", "dispute"}


def take(who: Signed, each: UUID, move: str, **said: str) -> Any:
    """As the page's own form sends it."""
    seen = re.search(r'name="seen" value="(\d+)"', page_of(who, each))
    return who.post(f"{LIST}/{each}/{move}", {"seen": seen[1] if seen else "", **said})


def refused(who: Signed, each: UUID, move: str, status: int, text: str = "", **said: str) -> None:
    """The move is refused on the page itself, says why, and changes nothing."""
    page_of(who, each)
    before = journal_size(), list(Finding.objects.order_by("pk").values())
    answer = who.post(f"{LIST}/{each}/{move}", said)
    assert answer.status_code == status
    assert (journal_size(), list(Finding.objects.order_by("pk").values())) == before
    if text:
        page = answer.content.decode()
        assert "Nothing was changed." in page
        assert text in page.replace("&#x27;", "'")


def test_an_officer_answers_and_the_head_confirms() -> None:
    key = unit()
    each = found_item("T1", unit=key, more=looked_at("T1"))
    of_unit, head = client("agency_desk", key), client("unit_lead", key)
    assert moves_on(page_of(of_unit, each.id)) == ANSWERS
    assert moves_on(page_of(head, each.id)) == ANSWERS | {"ask_suppression"}
    answer = take(of_unit, each.id, "acknowledge")
    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}/{each.id}")
    assert "Done: Took note." in page_of(of_unit, each.id)
    assert take(of_unit, each.id, "rectify", event="file:desk/T1-9").status_code == 302
    assert moves_on(page_of(of_unit, each.id)) == set()
    assert moves_on(page_of(head, each.id)) == {"confirm", "turn_back", "ask_suppression"}
    assert "file:desk/T1-9" in page_of(head, each.id)
    assert take(head, each.id, "confirm").status_code == 302
    row = finding(each)
    assert (row.state, row.outcome) == ("closed", "rectified")
    page = page_of(head, each.id)
    assert 'data-outcome="rectified"' in page
    assert "New evidence that the rule was broken opens it again." in page
    assert moves_on(page) == set()


def test_a_head_who_answered_does_not_confirm() -> None:
    key = unit()
    each = found_item("T1", 50, key)
    head = client("unit_lead", key)
    assert moves_on(page_of(head, each.id)) == {"acknowledge", "explain", "dispute", "ask_suppression"}
    take(head, each.id, "explain", reason="no_capacity")
    page = page_of(head, each.id)
    assert moves_on(page) == {"ask_suppression"}
    assert "data-barred" in page
    refused(head, each.id, "confirm", 403, "Somebody else has to decide this")
    other = client("unit_lead", key, name="other")
    assert "data-barred" not in page_of(other, each.id)
    assert take(other, each.id, "turn_back", reason="no_proof").status_code == 302
    assert finding(each).state == "acknowledged"


def test_a_dispute_goes_to_the_legal_officer() -> None:
    key = unit()
    each = found_item("T1", 50, key)
    of_unit, head, legal = client("agency_desk", key), client("unit_lead", key), client("legal_officer")
    take(of_unit, each.id, "dispute", reason="wrong_record")
    assert moves_on(page_of(head, each.id)) == {"ask_suppression"}
    refused(head, each.id, "uphold", 403, reason="wrong_record")
    assert moves_on(page_of(legal, each.id)) == {"uphold", "turn_down", "ask_suppression"}
    assert take(legal, each.id, "uphold", reason="wrong_record").status_code == 302
    assert (finding(each).state, finding(each).outcome) == ("closed", "upheld")


def test_suppressing_takes_two() -> None:
    each = found_item("T1", unit=unit())
    first, second = client("legal_officer", name="first"), client("legal_officer", name="second")
    refused(first, each.id, "suppress", 409, "Nobody has asked to suppress this.")
    take(first, each.id, "ask_suppression", reason="test_case")
    page = page_of(first, each.id)
    assert "Somebody has asked to suppress it: Not a real case." in page
    assert "Suppression asked for" in first.get(LIST).content.decode()
    assert moves_on(page) == {"refuse_suppression"}
    refused(first, each.id, "suppress", 403, "Somebody else has to decide this")
    refused(second, each.id, "ask_suppression", 409, "Somebody has asked already", reason="test_case")
    assert moves_on(page_of(second, each.id)) == {"suppress", "refuse_suppression"}
    take(second, each.id, "suppress")
    assert finding(each).state == "suppressed"
    told = page_of(second, each.id)
    assert "Not a real case" in told
    assert "Name of first" in told
    assert "Name of second" in told


def test_what_is_refused_changes_nothing_and_says_why() -> None:
    key = unit()
    each = found_item("T1", 50, key)
    of_unit = client("agency_desk", key)
    refused(of_unit, each.id, "explain", 422, "There is no reason “x” for this step.", reason="x")
    refused(of_unit, each.id, "rectify", 422, "Nothing is owed any more", event="file:desk/T1-2")
    refused(of_unit, each.id, "uphold", 403, reason="wrong_record")
    refused(of_unit, each.id, "made_up", 404)
    refused(of_unit, each.id, "reopen", 404)
    refused(of_unit, each.id, "lift", 404)
    other = client("agency_desk", "agency:00000000-0000-0000-0000-000000000001", name="other")
    size = journal_size()
    assert other.post(f"{LIST}/{each.id}/acknowledge").status_code == 404
    assert of_unit.get(f"{LIST}/{each.id}/acknowledge").status_code == 405
    assert journal_size() == size
    owed = found_item("T2", unit=key, more=looked_at("T2"))
    refused(of_unit, owed.id, "rectify", 422, "Name the event that put it right")
    refused(of_unit, owed.id, "rectify", 422, "has no event of that id", event="file:desk/T1-2")
    refused(of_unit, owed.id, "rectify", 422, "what the finding is about", event="T2-1")


def test_who_looked_at_something_older_looks_again() -> None:
    key = unit()
    each = found_item("T1", unit=key)
    of_unit = client("agency_desk", key)
    seen = finding(each).matter.version
    take(client("unit_lead", key), each.id, "acknowledge")
    refused(of_unit, each.id, "explain", 409, "Somebody else changed this", reason="omitted", seen=str(seen))
    page = of_unit.post(
        f"{LIST}/{each.id}/explain", {"reason": "omitted", "seen": str(seen)}
    ).content.decode()
    assert '<option value="omitted" selected>' in page  # what was chosen is kept
    assert take(of_unit, each.id, "explain", reason="omitted").status_code == 302
    answering.confirm(each.id, by=lead(key), at=AT)
    told = "“Explain it” cannot be done: this is already “Finding closed”."
    refused(of_unit, each.id, "explain", 409, told, reason="omitted")


def test_a_supervisor_looks_and_moves_nothing() -> None:
    each = found_item("T1", unit=unit())
    chief = client("supervisor")
    assert moves_on(page_of(chief, each.id)) == set()
    refused(chief, each.id, "acknowledge", 403, "Your role does not allow this.")


def test_a_refusal_in_chinese_is_in_chinese() -> None:
    key = unit()
    each = found_item("T1", 50, key)
    answer = client("agency_desk", key).post(f"{LIST}/{each.id}/rectify", {"event": "x"}, headers=CHINESE)
    assert "已无可补办的事项" in answer.content.decode()


def test_a_finding_that_came_back_shows_its_rounds() -> None:
    key = unit()
    each = judged(v.OVERDUE, unit=key)
    note_verdicts([each], by=ENGINE, at=AT)
    tell_findings(by=ENGINE, at=AT)
    answering.explain(each.id, "omitted", by=officer(key), at=AT)
    answering.confirm(each.id, by=lead(key), at=AT)
    note_verdicts([judged(v.OVERDUE, unit=key, more="C1/5")], by=ENGINE, at=AT)
    page = page_of(client("legal_officer"), each.id)
    assert page.count("round 2") == 2
    assert "Opened again by new evidence" in page
    assert len(queries.steps_of(finding(each))) == page.count("data-step=")
