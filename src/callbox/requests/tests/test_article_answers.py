# SPDX-License-Identifier: Apache-2.0
"""An article answers a request that is open: by the desk, by the agency, each in one step or not at all."""

from datetime import timedelta
from typing import Any

import pytest
from tests.request_scenes import DESK_KEYS
from tests.signed_in import Signed, person, signed_in
from tests.world import AT, LATER, SETUP, call_taker, journal_size, moves_in_between

from callbox.journal import queries as journal
from callbox.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from callbox.matters.models import Clock
from callbox.messages.models import Message
from callbox.messages.queries import letter_of
from callbox.requests import actions, answering
from callbox.requests.answering import answer_at_once, close_with_article, feed_back_article, load_articles
from callbox.requests.articles import SHIPPED, read_articles
from callbox.requests.asking import may_say, note_said
from callbox.requests.models import Request
from callbox.requests.own import status_of
from callbox.requests.personal import Contact
from callbox.requests.taking import Report
from callbox.requests.telling import tell_residents
from callbox.requests.tests.scene import desk_of, now, request, town

ARTICLE = ("street-light", 1)
ZH = Contact("Made-up Name", "made-up@city.example", "zh-hans")


@pytest.fixture(autouse=True)
def in_town(committed: None) -> None:
    """Agencies with rules, and the articles that come with Callbox."""
    town()
    load_articles(read_articles(SHIPPED), by=SETUP, at=AT)


def returned(**said: Any) -> Request:
    """What the agency has given back: the desk has it, and no promise of an agency runs."""
    row = request(**said)
    actions.return_request(row.pk, "not_ours", by=desk_of("roads"), at=LATER)
    return row


def letters(row: Request) -> list[str]:
    while tell_residents(at=LATER):
        pass
    rows = Message.objects.filter(matter_id=row.pk)
    in_order = sorted(rows, key=lambda each: int(each.key.rpartition("/")[2]))
    return [each.letter.removeprefix("requests.") for each in in_order]


def words(row: Request, letter: str) -> str:
    found = letter_of(Message.objects.get(matter_id=row.pk, letter=f"requests.{letter}"))
    assert found is not None
    return f"{found.subject} {found.body}"


def test_the_desk_answers_what_no_agency_has_and_the_resident_may_still_disagree() -> None:
    row = returned()
    moved = close_with_article(row.pk, *ARTICLE, by=call_taker(), at=LATER)
    row = now(row)
    assert (moved.state, row.open, row.disposition) == ("closed", False, "answered_by_article")
    last = journal.history(row.pk)[-1]
    assert (last.move, last.facts["article"], last.facts["article_version"]) == ("close", *ARTICLE)
    assert not Clock.objects.filter(matter=row.pk, stopped_at=None).exists()
    assert letters(row) == ["received_by", "returned", "article"]
    told = words(row, "article")
    assert "number of the pole" in told or "pole" in told
    assert "within" in told
    assert "unsatisfied" in may_say(row, LATER)
    note_said(row.pk, "unsatisfied", by=call_taker(), at=LATER)
    assert now(row).matter.state == "supervised"
    assert status_of(row.pk, at=LATER).article is None


def test_the_agency_answers_in_one_breath_and_the_resident_is_asked_as_after_any_answer() -> None:
    row = request(contact=ZH)
    moved = feed_back_article(row.pk, *ARTICLE, by=desk_of("roads"), at=LATER)
    assert (moved.state, now(row).result, now(row).open) == ("answered", "answered_by_article", True)
    assert [entry.move for entry in journal.history(row.pk)] == ["open", "assign", "accept", "feed_back"]
    running = Clock.objects.filter(matter=row.pk, stopped_at=None)
    assert list(running.values_list("name", flat=True)) == ["call_back"]
    assert letters(row) == ["received_by", "article_question"], "one letter, not one for each entry"
    assert "路灯" in words(row, "article_question")
    note_said(row.pk, "satisfied", by=call_taker(), at=LATER)
    assert (now(row).matter.state, now(row).disposition) == ("closed", "answered_by_article")
    assert letters(row)[-1] == "closed"
    shown = status_of(row.pk, at=LATER).article
    assert shown is not None
    assert "路灯" in shown[0].zh


def test_what_it_has_signed_for_already_it_feeds_back_alone() -> None:
    row = request()
    actions.accept_request(row.pk, by=desk_of("roads"), at=LATER)
    feed_back_article(row.pk, *ARTICLE, by=desk_of("roads"), at=LATER)
    assert [entry.move for entry in journal.history(row.pk)][-2:] == ["accept", "feed_back"]
    assert letters(row) == ["received_by", "accepted", "article_question"]


def test_what_is_answered_when_it_is_taken_is_sent_in_writing_too() -> None:
    report = Report("waste.bulk", words="made-up", contact=Contact("", "+15550100"))
    row = answer_at_once(report, "bulky-waste", 1, by=call_taker(), at=AT)
    assert letters(row) == ["received", "article"]
    assert "by appointment" in words(row, "article")


REFUSED: dict[str, tuple[type[Refusal], Any]] = {
    "the desk, while an agency has it": (
        Conflict,
        lambda row: close_with_article(row.pk, *ARTICLE, by=call_taker(), at=LATER),
    ),
    "an agency that does not lead": (
        NotFound,
        lambda row: feed_back_article(row.pk, *ARTICLE, by=desk_of("water"), at=LATER),
    ),
    "an agency that assists": (
        NotAllowed,
        lambda row: feed_back_article(row.pk, *ARTICLE, by=desk_of("power"), at=LATER),
    ),
    "the desk in the agency's place": (
        NotAllowed,
        lambda row: feed_back_article(row.pk, *ARTICLE, by=call_taker(), at=LATER),
    ),
    "an agency that closes": (
        NotAllowed,
        lambda row: close_with_article(row.pk, *ARTICLE, by=desk_of("roads"), at=LATER),
    ),
    "a version that is not told today": (
        NotFound,
        lambda row: feed_back_article(row.pk, "street-light", 2, by=desk_of("roads"), at=LATER),
    ),
    "no such article": (
        NotFound,
        lambda row: feed_back_article(row.pk, "none", 1, by=desk_of("roads"), at=LATER),
    ),
    "an article before its day": (
        NotFound,
        lambda row: feed_back_article(row.pk, *ARTICLE, by=desk_of("roads"), at=AT - timedelta(days=2_000)),
    ),
    "who looked at an older state": (
        Conflict,
        lambda row: feed_back_article(row.pk, *ARTICLE, seen=1, by=desk_of("roads"), at=LATER),
    ),
    "the disposition without an article": (
        Invalid,
        lambda row: actions.close_request(row.pk, "answered_by_article", by=call_taker(), at=LATER),
    ),
}


@pytest.mark.parametrize("who", REFUSED)
def test_a_refusal_changes_nothing(who: str) -> None:
    row = request()
    letters(row)
    before = (journal_size(), Request.objects.values().get(pk=row.pk), Message.objects.count())
    refusal, attempt = REFUSED[who]
    with pytest.raises(refusal):
        attempt(row)
    letters(row)
    assert (journal_size(), Request.objects.values().get(pk=row.pk), Message.objects.count()) == before


def test_signed_for_and_answered_are_one_step_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    row = request()
    before = journal_size()

    def fails(*_said: object, **_more: object) -> None:
        raise Conflict

    monkeypatch.setattr(answering, "feed_back", fails)
    with pytest.raises(Conflict):
        feed_back_article(row.pk, *ARTICLE, by=desk_of("roads"), at=LATER)
    assert (journal_size(), now(row).matter.state) == (before, "assigned")


def test_of_two_at_once_one_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    row = returned()
    moves_in_between(
        monkeypatch,
        answering,
        "article_of",
        lambda: actions.assign_request(row.pk, "water", by=call_taker("second"), at=LATER),
    )
    with pytest.raises(Conflict):
        close_with_article(row.pk, *ARTICLE, by=call_taker(), at=LATER)
    assert (now(row).matter.state, now(row).disposition) == ("assigned", "")


@pytest.fixture
def roads() -> Signed:
    """Somebody at the desk of the agency that leads."""
    return signed_in(person("roads", "agency_desk", keys=DESK_KEYS))


def test_the_page_offers_the_article_of_the_category_to_who_may_answer(roads: Signed) -> None:
    row = request("road.light_out", answers={})
    address = f"/desk/requests/{row.pk}"
    page = roads.get(address).content.decode()
    assert f"{address}/step/article" in page
    assert 'value="street-light/1"' in page
    desk = signed_in(person("taker", "call_taker"))
    assert f"{address}/step/article" not in desk.get(address).content.decode()
    answer = roads.post(f"{address}/step/article", {"article": "street-light/1"})
    assert (answer.status_code, now(row).matter.state) == (302, "answered")
    assert "street-light" in desk.get(address).content.decode(), "the history names it"


@pytest.mark.parametrize(("said", "status"), [("", 422), ("street-light/9", 404), ("x/y", 422)])
def test_a_form_without_an_article_answers_nothing(roads: Signed, said: str, status: int) -> None:
    row = request()
    before = journal_size()
    answer = roads.post(f"/desk/requests/{row.pk}/step/article", {"article": said})
    assert (answer.status_code, journal_size()) == (status, before)


def test_articles_over_the_api(roads: Signed) -> None:
    found = roads.get("/api/articles").json()
    assert [each["code"] for each in found] == sorted(each["code"] for each in found)
    assert len(found) == 7
    sought = roads.get("/api/articles?words=sofa").json()
    assert [each["code"] for each in sought] == ["bulky-waste"]
    one = roads.get("/api/articles/street-light").json()
    assert (one["code"], one["version"]) == ARTICLE
    assert one["text"]
    assert roads.get("/api/articles/none").status_code == 404
    row = request()
    said = {"article": "street-light", "version": 1}
    answer = roads.post_json(f"/api/requests/{row.pk}/feed-back-article", said)
    assert (answer.status_code, answer.json()["state"]) == (200, "answered")
