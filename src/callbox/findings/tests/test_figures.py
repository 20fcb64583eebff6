# SPDX-License-Identifier: Apache-2.0
"""Monthly figures equal the journal read entry by entry; no small group can be seen in them, nor reckoned."""

import re
from dataclasses import fields
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.signed_in import person, signed_in
from tests.world import AT, journal_size, supervisor

from callbox.findings import answering
from callbox.findings.actions import note_verdicts
from callbox.findings.counting import ALL, RULE, UNIT, figures_counted_anew, figures_for, figures_told
from callbox.findings.figures import SIZES, Tally, hidden_among, hidden_figures
from callbox.findings.judging import LIVE, note_judged
from callbox.findings.sending import tell_findings
from callbox.findings.tests.scene import DAY, ENGINE, judged, lead, legal, officer, told, unit
from callbox.findings.tests.test_answering import STEPS, _do
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotAllowed, Refusal
from callbox.matters.queries import calendar_in_force
from callbox.oversight.domain import verdicts as v

LEAST = 5
FIRST, UNTIL = date(2026, 1, 1), date(2028, 1, 1)
PAGE = "/desk/findings/figures"
OTHER = f"agency:{UUID(int=7)}"


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(0, 12), max_size=9))
def test_no_small_group_is_shown_nor_what_is_left_when_all_shown_are_taken_from_the_whole(
    sizes: dict[str, int],
) -> None:
    hidden = hidden_among(sizes, LEAST)
    shown = {name for name, size in sizes.items() if size and name not in hidden}
    assert all(sizes[name] >= LEAST for name in shown)
    rest = sum(sizes.values()) - sum(sizes[name] for name in shown)
    if hidden and shown:
        assert rest >= LEAST
        assert len(hidden) > 1
    if not any(0 < size < LEAST for size in sizes.values()):
        assert not hidden


def test_a_second_group_is_hidden_beside_a_small_one_and_the_smallest_does() -> None:
    assert hidden_among({"a": 1, "b": 9, "c": 7}, LEAST) == {"a", "c"}
    assert hidden_among({"a": 1, "b": 2, "c": 7}, LEAST) == {"a", "b", "c"}
    assert hidden_among({"a": 3, "b": 4, "c": 7}, LEAST) == {"a", "b"}
    assert hidden_among({"a": 3, "b": 0}, LEAST) == {"a"}


def test_each_size_is_hidden_for_itself() -> None:
    groups = {"a": Tally(raised=9, disputed=1), "b": Tally(raised=9, disputed=9)}
    assert hidden_figures(groups, LEAST) == {("a", "disputed"), ("b", "disputed")}
    assert {each.name for each in fields(Tally)} > set(SIZES)


@pytest.mark.django_db
def test_a_month_of_findings_comes_to_what_was_done() -> None:
    zone, key = calendar_in_force().zone, unit()
    for number in range(6):
        told(f"C{number}/9", case=f"C{number}")
        note_verdicts([judged(case=f"C{number}", unit=key)], by=ENGINE, at=AT)
        note_verdicts([judged(v.WARNED, f"W{number}", share=50, unit=key)], by=ENGINE, at=AT)
    tell_findings(by=ENGINE, at=AT)
    for number in range(5):
        each = judged(case=f"C{number}")
        answering.rectify(each.id, f"C{number}/9", by=officer(key), at=AT + number * DAY)
        answering.confirm(each.id, by=lead(key), at=AT + 30 * DAY)
        note_verdicts([judged(v.FINE, f"W{number}", unit=key)], by=ENGINE, at=AT + DAY)
    answering.dispute(judged(case="C5").id, "wrong_record", by=officer(key), at=AT + DAY)
    note_verdicts([judged(v.OVERDUE, "W5", unit=key)], by=ENGINE, at=AT + DAY)
    note_judged({"made_up": (10, 9)}, AT.date(), by=ENGINE, at=AT)
    note_judged({"made_up": (10, 4), "other": (0, 0)}, AT.date(), by=ENGINE, at=AT + DAY)
    for counts in (
        (9, 9),
        (3, 1),
    ):  # histories of another log are counted beside, those of the same in their place
        note_judged({"made_up": counts}, AT.date(), LIVE, by=ENGINE, at=AT + DAY)
    month = f"{AT.astimezone(zone):%Y-%m}"
    found = figures_told(FIRST, UNTIL, zone)
    whole = Tally(7, 6, 5, 5, 2 * DAY.total_seconds(), 1, 0, 13, 5)
    assert found[month, ALL, ""] == found[month, RULE, "made_up"] == whole
    assert found[month, UNIT, key].rectified == 5
    shown = {(each.by, each.code): each for each in figures_for(legal(), FIRST, UNTIL, zone, AT)}
    assert shown[ALL, ""].tally == Tally(7, 6, 5, 5, 2 * DAY.total_seconds(), 0, 0, 13, 5)
    assert shown[ALL, ""].hidden == {"disputed"}


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(STEPS, st.integers(0, 3), st.sampled_from(v.VERDICTS)), max_size=30))
@pytest.mark.django_db
def test_the_database_counts_what_the_journal_says(walk: list[tuple[str, int, str]]) -> None:
    with transaction.atomic():
        _walk(walk)
        transaction.set_rollback(True)


def _walk(walk: list[tuple[str, int, str]]) -> None:
    """What happens to one finding over the months, beside one of another unit and one that no unit is known of."""
    zone, key = calendar_in_force().zone, unit()
    people: list[Actor] = [officer(key), lead(key), legal(), legal("b")]
    told("C1/9")
    note_verdicts([judged()], by=ENGINE, at=AT)
    note_verdicts([judged(case="C2", unit=OTHER), judged(v.WARNED, "C3")], by=ENGINE, at=AT)
    for number, (name, who, verdict) in enumerate(walk):
        at: Any = AT + number * 11 * DAY
        try:
            with transaction.atomic():
                _do(name, people[who], verdict, at, key)
        except Refusal:
            pass
    note_judged({"made_up": (7, 2)}, AT.date(), by=ENGINE, at=AT)
    found = figures_told(FIRST, UNTIL, zone)
    assert found == figures_counted_anew(FIRST, UNTIL, zone)
    assert found
    october = f"{AT.astimezone(zone):%Y-%m}"
    one = {key: each for key, each in found.items() if key[0] == october}
    begins = AT.astimezone(zone).date().replace(day=1)
    assert figures_told(begins, (begins + 32 * DAY).replace(day=1), zone) == one


@pytest.mark.django_db
def test_other_people_get_no_figures_and_count_nothing() -> None:
    zone, before = calendar_in_force().zone, journal_size()
    with pytest.raises(NotAllowed):
        figures_for(officer("agency:x"), FIRST, UNTIL, zone, AT)
    with pytest.raises(NotAllowed), transaction.atomic():
        note_judged({"made_up": (1, 1)}, AT.date(), by=supervisor(), at=AT)
    note_judged({"made_up": (0, 0)}, AT.date(), by=ENGINE, at=AT)
    assert journal_size() == before


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_page_shows_denominators_and_no_small_group(language: str) -> None:
    key, now = unit(), timezone.now()
    many = [judged(case=f"C{number}", unit=key) for number in range(11)]
    note_verdicts([*many, judged(case="X1", unit=OTHER), judged(case="X2")], by=ENGINE, at=now)
    note_judged({"made_up": (40, 10)}, now.date(), by=ENGINE, at=now)
    answer = signed_in(person("law", "legal_officer")).get(PAGE, headers={"accept-language": language})
    page = answer.content.decode()
    rows = dict(re.findall(r'<tr data-group="([^"]*)">(.*?)</tr>', page, re.S))
    month = f"{now.astimezone(calendar_in_force().zone):%Y-%m}"
    assert ">13<" in rows[month]
    assert "25.0 %" in rows[month]
    assert "10/40" in rows[month]
    hidden = {"en": "not shown", "zh-hans": "不予显示"}[language]
    assert [hidden in rows[each] for each in (key, OTHER, "made_up")] == [True, True, False]
    assert ">11<" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["call_taker", "dispatcher", "crew", "agency_desk", "unit_lead"])
def test_other_roles_see_nothing_of_the_page(role: str) -> None:
    client = signed_in(person("other", role))
    assert client.get(PAGE).status_code == 403
    assert PAGE not in client.get("/").content.decode()


@pytest.mark.django_db
def test_a_month_that_is_none_shows_the_last_one() -> None:
    client = signed_in(person("law", "legal_officer"))
    note_verdicts([judged()], by=ENGINE, at=timezone.now() - timedelta(seconds=1))
    page = client.get(f"{PAGE}?month=canary").content.decode()
    month = f"{timezone.now().astimezone(calendar_in_force().zone):%Y-%m}"
    assert f'<a href="?month={month}" aria-current="true">' in page
