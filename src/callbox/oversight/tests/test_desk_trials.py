# SPDX-License-Identifier: Apache-2.0
"""Trying a rule before it takes effect, and a case of the live log on its page."""

import html
from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import gettext, override
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.signed_in import Signed, person, signed_in
from tests.world import AT, journal_size

from callbox.access.actions import named_id
from callbox.access.domain import system_actor
from callbox.access.models import PersonalRead
from callbox.kernel.tables import TableError
from callbox.oversight.actions import append_events
from callbox.oversight.desk.drafts import DEEPEST, LONGEST, MOST, read_draft
from callbox.oversight.domain.events import Event
from callbox.oversight.library import MODELS

TRY, CASE, CASES = "/desk/oversight/try", "/desk/oversight/case", "/desk/oversight/cases"
CHINESE = {"accept-language": "zh-hans"}
CODE = "d07_seizure_30_60_days"
TEXT = (MODELS / CODE / "rule.yaml").read_text(encoding="utf-8")
SHORTER = TEXT.replace("30 days next_day rolls", "10 days next_day rolls")
BEGUN = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
def chief() -> Signed:
    return signed_in(person("chief", "supervisor"))


def seized(key: str, days: int) -> tuple[Event, Event]:
    """Seized, and given back so many days later."""
    of = (("item", key),)
    return (
        Event(f"{key}-1", "item.seized_administrative", BEGUN, objects=of),
        Event(f"{key}-2", "item.returned", BEGUN + timedelta(days=days), objects=of),
    )


def told(*events: Event) -> None:
    append_events("file:desk", events, (), by=system_actor("oversight"), at=AT)


@pytest.mark.django_db
def test_a_changed_limit_is_tried_and_changes_nothing(chief: Signed) -> None:
    told(*seized("T1", 5), *seized("T2", 20), *seized("T3", 50))
    size = journal_size()
    same = chief.post(
        TRY, {"model": CODE, "text": TEXT.replace("\n", "\r\n"), "day": "2026-10-31"}
    ).content.decode()
    assert "3 histories told of last" in same
    assert "0 verdicts would be others" in same
    assert "data-example" not in same
    page = chief.post(TRY, {"model": CODE, "text": SHORTER, "day": "2026-10-31"}).content.decode()
    assert page.count("data-change") == 1
    assert "key=T2" in page
    assert "data-example" in page  # done at day 30 is no longer in time
    assert journal_size() == size
    noted = PersonalRead.objects.filter(subject="history", purpose="try_rule")
    assert [row.subject_id for row in noted] == [named_id("history", "T2")]  # only what the page tells of


@pytest.mark.django_db
def test_what_comes_after_the_day_is_not_seen(chief: Signed) -> None:
    told(*seized("T2", 20))
    page = chief.post(TRY, {"model": CODE, "text": SHORTER, "day": "2026-03-08"}).content.decode()
    assert "0 verdicts would be others" not in page  # half of ten days has passed: due soon
    assert "Due soon" in page
    address = f"{CASE}?kind=item&key=T2"
    assert "1 later events are left out" in chief.get(f"{address}&day=2026-03-08").content.decode()
    assert "later events" not in chief.get(address).content.decode()


@pytest.mark.django_db
def test_an_administrator_sees_no_history_but_tries_the_examples() -> None:
    told(*seized("T2", 20))
    admin = signed_in(person("admin", "administrator"))
    page = admin.post(TRY, {"model": CODE, "text": SHORTER, "day": ""}).content.decode()
    assert "data-example" in page
    assert "key=T2" not in page
    assert ">T2<" not in page
    assert admin.get(f"{CASE}?kind=item&key=T2").status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the rule: keys with values are wanted"),
        ("form: [", "line 1"),
        (TEXT.replace("30 days", "30 dayz"), "no such unit"),
        (TEXT.replace("certainty: law", "certainty: surely"), "certainty"),
        (TEXT.replace("over: item", "over: officer"), "over"),
        ("a: &x [1]\nb: *x", "references"),
    ],
)
def test_what_cannot_be_read_is_said_and_kept_on_the_page(chief: Signed, text: str, said: str) -> None:
    answer = chief.post(TRY, {"model": CODE, "text": text})
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert said in page
    assert text in page
    assert "无法读取" in chief.post(TRY, {"model": CODE, "text": text}, headers=CHINESE).content.decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("form: [", "第 1 行：不是 YAML 文本"),
        (TEXT.replace("30 days", "30 dayz"), "limit：没有该单位：'dayz'；可用的有"),
        (TEXT.replace("certainty: law", "certainty: surely"), "certainty 为 'surely'，应为下列之一"),
        (TEXT.replace("over: item", "over: officer"), "draft：over 为 'officer'，应为下列之一"),
        ("a: &x [1]\nb: *x", "第 2 行：不接受引用"),
    ],
)
def test_what_is_wrong_with_a_draft_is_told_in_chinese(text: str, said: str) -> None:
    with pytest.raises(TableError) as refused:
        read_draft(text)
    with override("zh-hans"):
        assert said in refused.value.told(gettext)


@pytest.mark.parametrize(
    "text", ["[" * (DEEPEST + 1), "a" * (MOST + 1), f"a: {'b' * (LONGEST + 1)}", "form: [within]", "a: 1\na"]
)
def test_a_text_that_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(TableError):
        read_draft(text)


PIECES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 99), st.text(max_size=8), st.dates()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_whatever_stands_in_a_rule_it_is_read_or_refused(data: st.DataObject) -> None:
    import yaml

    said = yaml.safe_load(TEXT)
    version = said["versions"][0]
    for part in (said, version):
        for key in data.draw(st.sets(st.sampled_from(sorted(part)), max_size=2)):
            part[key] = data.draw(PIECES)
    try:
        read_draft(yaml.safe_dump(said, allow_unicode=True))
    except TableError:
        return


@pytest.mark.django_db
@pytest.mark.parametrize("language", [{}, CHINESE], ids=["en", "zh"])
def test_a_case_shows_its_events_limits_and_verdicts(chief: Signed, language: dict[str, str]) -> None:
    told(*seized("T3", 50))
    page = chief.get(f"{CASE}?kind=item&key=T3", headers=language).content.decode()
    assert 'data-verdict="broken_late"' in page
    assert "tl-late" in page
    assert "2026-04-01 24:00" in page
    assert page.count("item.returned") >= 2  # as an event, and as the evidence


@pytest.mark.django_db
def test_histories_are_listed_by_key_page_after_page(chief: Signed) -> None:
    told(*(event for n in range(60) for event in seized(f"K{n:03}", 5)))
    first = chief.get(f"{CASES}?kind=item").content.decode()
    assert first.count("data-case") == 50
    assert "after=K049" in first
    second = chief.get(f"{CASES}?kind=item&after=K049").content.decode()
    assert (second.count("data-case"), "Further histories" in second) == (10, False)
    assert "No history here yet." in chief.get(f"{CASES}?kind=place").content.decode()
    assert chief.get(CASES).content.decode().count("data-case") == 50  # the kind that has any


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", [f"{CASE}?kind=item&key=none", f"{CASE}?kind=officer&key=T1", f"{TRY}?model=none"]
)
def test_what_is_not_there_is_not_found(chief: Signed, address: str) -> None:
    assert chief.get(address).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["call_taker", "dispatcher", "crew", "agency_desk"])
def test_other_roles_see_and_try_nothing(role: str) -> None:
    client = signed_in(person("other", role))
    assert [client.get(each).status_code for each in (TRY, CASES, f"{CASE}?kind=item&key=T1")] == [403] * 3
    assert client.post(TRY, {"text": TEXT}).status_code == 403
