# SPDX-License-Identifier: Apache-2.0
"""The findings desk: who sees which findings, what a page says, and that nothing asks for an officer."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from tests.signed_in import Signed, person, signed_in
from tests.world import AT, journal_size

from callbox.access.actions import named_id
from callbox.access.models import PersonalRead
from callbox.findings import answering
from callbox.findings.actions import note_verdicts
from callbox.findings.desk import words
from callbox.findings.desk.list_views import ASKED, PAGE
from callbox.findings.desk.moves import LABELS, RUN
from callbox.findings.domain import OUTCOMES, RECIPIENTS, STATES, WORKFLOW
from callbox.findings.models import Finding
from callbox.findings.retention import erase_expired
from callbox.findings.tests.desk_scene import CODE, SECRET, found_item, looked_at
from callbox.findings.tests.scene import ENGINE, finding, judged, legal, officer, unit
from callbox.oversight.desk.words import GRADES
from callbox.oversight.domain import verdicts as v

pytestmark = pytest.mark.django_db
LIST = "/desk/findings"
CHINESE = {"accept-language": "zh-hans"}


def client(role: str, *keys: str, name: str = "") -> Signed:
    return signed_in(person(name or role, role, keys=keys))


def page_of(who: Signed, each: UUID, chinese: bool = False) -> str:
    answer = who.get(f"{LIST}/{each}", headers=CHINESE if chinese else {})
    assert answer.status_code == 200
    return answer.content.decode()


def shown(page: str) -> list[str]:
    return re.findall(r'data-row="([0-9a-f-]+)"', page)


def moves_on(page: str) -> set[str]:
    """The steps that are offered, without writing, which leaves a finding where it stands."""
    return set(re.findall(r'data-move="(\w+)"', page)) - {"reply"}


def test_a_unit_sees_its_own_findings_and_the_legal_officer_all() -> None:
    key = unit()
    mine, other = judged(case="C1", unit=key), judged(case="C2", unit="agency:other")
    note_verdicts([mine, other], by=ENGINE, at=AT)
    for role in ("agency_desk", "unit_lead"):
        of_unit = client(role, key)
        page = of_unit.get(LIST).content.decode()
        assert shown(page) == [str(mine.id)]
        assert 'name="unit"' not in page
        assert of_unit.get(f"{LIST}/{mine.id}").status_code == 200
        assert of_unit.get(f"{LIST}/{other.id}").status_code == 404
        asked = of_unit.get(f"{LIST}?unit=agency:other").content.decode()
        assert str(other.id) not in asked
    everything = client("legal_officer").get(LIST).content.decode()
    assert set(shown(everything)) == {str(mine.id), str(other.id)}
    assert 'name="unit"' in everything


@pytest.mark.parametrize("role", ["call_taker", "dispatcher", "crew", "administrator"])
def test_other_roles_see_nothing_of_it(role: str) -> None:
    each = judged()
    note_verdicts([each], by=ENGINE, at=AT)
    who, size = client(role), journal_size()
    assert who.get(LIST).status_code == 403
    assert who.get(f"{LIST}/{each.id}").status_code == 403
    assert who.post(f"{LIST}/{each.id}/acknowledge").status_code == 403
    assert signed_in(None).get(LIST).status_code == 302
    assert journal_size() == size


def test_the_list_goes_by_state_grade_unit_and_model() -> None:
    key = unit()
    blue = judged(case="C1", grade="blue", unit=key)
    late = judged(v.WARNED, case="C2", share=50)
    note_verdicts([blue, late], by=ENGINE, at=AT)
    of_law = found_item("T9", unit=key)
    who = client("legal_officer")

    def found(query: str) -> set[str]:
        return set(shown(who.get(f"{LIST}?{query}").content.decode()))

    assert found("grade=blue") == {str(blue.id)}
    assert found("state=warned") == {str(late.id)}
    assert found(f"unit={key}") == {str(blue.id), str(of_law.id)}
    assert found(f"rule={CODE}") == {str(of_law.id)}
    assert found("state=closed") == set()
    everything = {str(blue.id), str(late.id), str(of_law.id)}
    # What is no state, no grade, no unit, or no page is not asked for.
    assert found("state=x&grade=%00&unit=y&after=z") == everything
    assert found("officer=1&person=2&actor=3&by=4&handler=5&sort=officer") == everything


def test_page_after_page_shows_each_once_and_counts_nothing() -> None:
    many = [judged(case=f"C{number}") for number in range(PAGE + 3)]
    note_verdicts(many, by=ENGINE, at=AT)
    Finding.objects.filter(pk__in=[each.id for each in many[:2]]).update(due_at=None)
    who = client("legal_officer")
    first = who.get(LIST).content.decode()
    more = re.search(r'href="([^"]*after=[^"]*)"', first)
    assert more
    second = who.get(more[1].replace("&amp;", "&")).content.decode()
    assert len(shown(first)) == PAGE
    assert sorted(shown(first) + shown(second)) == sorted(str(each.id) for each in many)
    assert "oversight-more" not in second
    assert "data-follow" in first
    assert "data-follow" not in second
    rows = who.get(f"{LIST}?rows=1").content.decode()
    assert "<html" not in rows
    assert len(shown(rows)) == PAGE


def test_the_list_names_no_case_and_the_page_notes_who_read() -> None:
    each = found_item("T4711", unit=unit())
    who = client("legal_officer")
    assert "T4711" not in who.get(LIST).content.decode()
    assert not PersonalRead.objects.filter(subject="finding").exists()
    assert "T4711" in page_of(who, each.id)
    noted = PersonalRead.objects.filter(purpose="look").order_by("subject")
    assert [(row.subject, row.subject_id) for row in noted] == [
        ("finding", each.id),
        ("history", named_id("history", "T4711")),
    ]
    chief = client("supervisor")
    for asked in (str(each.id), "T4711"):
        told = chief.post("/desk/reads", {"asked": asked}, headers=CHINESE).content.decode()
        assert "查看监督问题" in told
        assert "法制员" in told


def test_the_page_says_rule_article_evidence_and_arithmetic() -> None:
    each = found_item("T3", 50, unit())
    page = page_of(client("legal_officer"), each.id)
    row = finding(each)
    assert row.evidence["source"] in page
    assert "2026-03-02: not counted, the day of the start." in page
    assert "oversight-drawing" in page
    assert 'data-curable="no"' in page
    assert "It cannot be put right" in page
    assert f"/desk/oversight/models/{CODE}" in page
    assert "item.returned" in page
    assert "the unit, the head of the unit" in page  # to whom it was sent
    assert "Without an answer it is told next on 2026-11-02 11:00: the legal officer." in page


def test_a_limit_that_is_not_law_is_marked_on_list_and_page() -> None:
    each = judged()
    note_verdicts([each], by=ENGINE, at=AT)
    who = client("legal_officer")
    assert "oversight-unsure" not in who.get(LIST).content.decode()
    assert "data-unsure" not in page_of(who, each.id)
    Finding.objects.update(certainty="unconfirmed")
    assert "oversight-unsure" in who.get(LIST).content.decode()
    assert "data-unsure" in page_of(who, each.id)


def test_a_unit_sees_the_acts_of_its_case_and_not_what_they_say() -> None:
    key = unit()
    each = found_item("T5", unit=key, more=looked_at("T5"))
    of_unit = page_of(client("agency_desk", key), each.id)
    assert "item.looked_after" in of_unit
    assert SECRET not in of_unit
    assert re.findall(r'<option value="([^"]*T5-\d)">', of_unit) == [
        "file:desk/T5-9"
    ]  # what began it cannot have put it right
    assert "/desk/oversight/" not in of_unit
    assert SECRET in page_of(client("legal_officer"), each.id)


def test_a_case_that_the_live_log_does_not_know_is_shown_by_its_ids() -> None:
    key = unit()
    each = judged(unit=key, more="C1/7")
    note_verdicts([each], by=ENGINE, at=AT)
    page = page_of(client("legal_officer"), each.id)
    assert "C1/7" in page
    assert "oversight-drawing" not in page
    answering_page = page_of(client("agency_desk", key), each.id)
    assert 'name="event"' not in answering_page  # raised, and not sent yet
    assert moves_on(answering_page) == set()


def test_an_erased_finding_still_has_a_page() -> None:
    key = unit()
    each = found_item("T6", unit=key)
    answering.explain(each.id, "emergency", by=officer(key), at=AT)
    answering.confirm(each.id, by=legal(), at=AT)
    Finding.objects.update(retain_until=AT)
    assert erase_expired(by=ENGINE, at=AT + timedelta(days=1)) == 1
    page = page_of(client("legal_officer"), each.id)
    assert "case and evidence were erased" in page
    assert "T6-1" not in page


def test_the_page_in_chinese() -> None:
    each = found_item("T7", unit=unit())
    page = page_of(client("legal_officer"), each.id, chinese=True)
    assert "规则内容" in page
    assert "仍应办理" in page
    assert "监督问题" in client("supervisor").get(LIST, headers=CHINESE).content.decode()


def test_everything_that_a_finding_can_be_has_a_name() -> None:
    assert set(words.STATES) == set(words.SIGNS) == set(STATES)
    assert set(words.OUTCOMES) == set(OUTCOMES)
    assert set(words.RECIPIENTS) == set(RECIPIENTS)
    moves = {step.name for step in WORKFLOW.moves}
    assert set(words.STEPS) == moves | {"open"}
    assert set(LABELS) == set(RUN) <= moves


def test_the_list_is_asked_with_nothing_but_these() -> None:
    assert ASKED == ("state", "grade", "unit", "rule")
    assert set(GRADES) == {"red", "yellow", "blue"}


@pytest.mark.parametrize(
    ("role", "home"), [("unit_lead", LIST), ("legal_officer", LIST), ("agency_desk", "/desk/requests")]
)
def test_each_role_has_its_home_and_the_desk_in_its_header(role: str, home: str) -> None:
    from callbox.access.coming_in import HOMES

    assert HOMES[role] == home
    assert f'href="{LIST}"' in client(role, unit()).get(home).content.decode()
