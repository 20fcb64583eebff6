# SPDX-License-Identifier: Apache-2.0
"""Articles: read from files, loaded with a diff first, found by words in both languages, answered with at once."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client
from tests.request_scenes import DESK_KEYS
from tests.signed_in import person, signed_in
from tests.world import AT, SETUP, call_taker, journal_size

from callbox.journal import queries as journal
from callbox.kernel.errors import Invalid, NotAllowed, NotFound
from callbox.kernel.tables import TableError
from callbox.requests.answering import ARTICLES, answer_at_once, load_articles, plan_articles
from callbox.requests.article_rows import article_of, articles_in_force, articles_loaded, find_articles
from callbox.requests.articles import SHIPPED, Article, pairs_of, read_articles
from callbox.requests.editions import chain_of
from callbox.requests.models import Request
from callbox.requests.taking import Report
from callbox.requests.tests.scene import town

pytestmark = pytest.mark.django_db
TODAY = AT.date()
FILE = """
[[version]]
version = {version}
valid_from = {since}
{until}
agency = "{agency}"
categories = ["{category}"]
title_en = "{title}"
title_zh = "路灯不亮"
keywords_en = "lantern"
keywords_zh = "灯杆"
text_en = "Write down the number of the pole. Repairs take a week. {more}"
text_zh = "请记下杆号，一周内修复。{more}"
source = "made up"
"""


def written(**said: object) -> str:
    """One version as its file says it."""
    given = {"version": 1, "since": "2026-01-01", "until": "", "agency": "", "category": "road.light_out"}
    return FILE.format(**{**given, "title": "Dark lamps", "more": "", **said})


def articles(folder: Path, *versions: str, code: str = "lamp") -> list[Article]:
    """The versions as a folder's one article."""
    (folder / f"{code}.toml").write_text("".join(versions), encoding="utf-8")
    return read_articles(folder)


@pytest.fixture
def shipped() -> None:
    """The articles that come with Callbox."""
    load_articles(read_articles(SHIPPED), by=SETUP, at=AT)


def found(words: str, *, heads: bool = False) -> list[str]:
    return [each.code for each in find_articles(words, TODAY, heads=heads)]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("the LAMP posts are dark again", "street-light"),
        ("Furnitures", "bulky-waste"),
        ("我家楼下路灯坏了三天", "street-light"),
        ("老板拖欠工资三个月", "wages-unpaid"),
        ("家里停水了", "water-off"),
        ("旧沙发 sofa", "bulky-waste"),
    ],
)
@pytest.mark.usefixtures("shipped")
def test_an_article_is_found_by_words_of_either_language(words: str, code: str) -> None:
    assert found(words)[0] == found(words, heads=True)[0] == code


@pytest.mark.usefixtures("shipped")
def test_what_a_text_says_by_the_way_is_found_by_who_searches_and_offered_to_nobody() -> None:
    assert found("carriageway") == ["bulky-waste"]
    assert found("carriageway", heads=True) == []


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize(
    "words", ["", "水", "' | 'x' & \\ !", "':*", "<-> ()", "http://a?b=c&d|e", "%s %(x)s", "的"]
)
def test_words_that_say_nothing_find_nothing_and_break_nothing(words: str) -> None:
    assert found(words) == []


@pytest.mark.usefixtures("shipped")
def test_those_of_the_category_stand_first() -> None:
    codes = [each.code for each in find_articles("sofa 沙发", TODAY, category="animal.loose", heads=True)]
    assert codes == ["stray-dog", "bulky-waste"]


def test_a_version_holds_from_its_day_to_its_end(tmp_path: Path) -> None:
    versions = (
        written(until="valid_to = 2026-10-01"),
        written(version=2, since="2026-09-01", title="New lamps"),
        written(version=3, since="2027-01-01", title="Newest lamps"),
    )
    load_articles(articles(tmp_path, *versions), by=SETUP, at=AT)
    for day, version in {"2026-08-31": 1, "2026-09-01": 2, "2026-12-31": 2, "2027-01-01": 3}.items():
        (of_day,) = articles_in_force(date.fromisoformat(day))
        (by_words,) = find_articles("lamps", date.fromisoformat(day))
        assert of_day.version == by_words.version == version
    assert find_articles("lamps", date(2025, 12, 31)) == []
    with pytest.raises(NotFound):
        article_of("lamp", 1, day=TODAY)


def test_words_that_people_were_answered_with_are_not_altered(tmp_path: Path) -> None:
    load_articles(articles(tmp_path, written()), by=SETUP, at=AT)
    before = journal_size(), articles_loaded()
    with pytest.raises(TableError, match="next number"):
        load_articles(articles(tmp_path, written(more="Or two.")), by=SETUP, at=AT)
    assert (journal_size(), articles_loaded()) == before
    ended = articles(tmp_path, written(until="valid_to = 2026-06-01", category="road.signal"))
    (change,) = load_articles(ended, by=SETUP, at=AT)
    assert (change.kind, articles_in_force(TODAY)) == ("altered", [])
    assert plan_articles(ended, by=SETUP) == []


def test_loading_is_journalled_and_for_who_may_change_the_configuration(tmp_path: Path) -> None:
    town()
    new = articles(tmp_path, written(agency="roads"))
    with pytest.raises(NotAllowed):
        load_articles(new, by=call_taker(), at=AT)
    with pytest.raises(Invalid, match="nobody"):
        load_articles(articles(tmp_path, written(agency="nobody")), by=SETUP, at=AT)
    assert articles_loaded() == []
    load_articles(new, by=SETUP, at=AT)
    (entry,) = journal.history(chain_of(ARTICLES))
    assert (entry.facts["article"], entry.facts["version"], entry.facts["change"]) == ("lamp", 1, "new")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "version = 1",
        written(version=0),
        written(since='"2026-01-01"'),
        written(title=""),
        written() * 2,
        written() + 'more = "x"',
    ],
)
def test_a_file_that_cannot_be_meant_is_named(text: str, tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"lamp\.toml"):
        articles(tmp_path, text)


def test_a_code_is_fit_for_an_address(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="Lamp post"):
        articles(tmp_path, written(), code="Lamp post")
    with pytest.raises(TableError, match="no article"):
        read_articles(tmp_path / "..")


@pytest.mark.usefixtures("shipped")
def test_what_is_answered_at_once_is_closed_and_names_the_article() -> None:
    town()
    row = answer_at_once(Report("waste.bulk", words="made-up"), "bulky-waste", 1, by=call_taker(), at=AT)
    row = Request.objects.select_related("matter").get(pk=row.pk)
    assert (row.open, row.disposition, row.agency, row.matter.state) == (
        False,
        "answered_at_once",
        None,
        "closed",
    )
    opened, closed = journal.history(row.pk)
    assert (opened.move, closed.move) == ("open", "close")
    assert (closed.facts["article"], closed.facts["article_version"]) == ("bulky-waste", 1)


@pytest.mark.usefixtures("shipped")
def test_nothing_is_answered_with_an_article_that_may_not_be_told() -> None:
    before = journal_size()
    for code, version in (("bulky-waste", 2), ("none", 1)):
        with pytest.raises(NotFound):
            answer_at_once(Report("waste.bulk"), code, version, by=call_taker(), at=AT)
    assert (journal_size(), Request.objects.count()) == (before, 0)


@pytest.fixture
def taker() -> Client:
    """Somebody at the desk of requests, in a town with articles."""
    load_articles(read_articles(SHIPPED), by=SETUP, at=AT - timedelta(days=1))
    town()
    return signed_in(person("taker", "call_taker"))


def test_the_call_taker_sees_articles_beside_the_form_and_answers_with_one(taker: Client) -> None:
    said = {"words": "an old sofa", "category": "", "place": ""}
    panel = taker.post("/desk/requests/beside", said).content.decode()
    assert "Having bulky things collected" in panel
    assert "wages" not in panel
    without_script = taker.post("/desk/requests/new", {**said, "look": "1"})
    assert without_script.status_code == 200
    assert "Having bulky things collected" in without_script.content.decode()
    assert "an old sofa" in without_script.content.decode()
    assert Request.objects.count() == 0
    answer = taker.post("/desk/requests/new", {**said, "answered": "bulky-waste/1"})
    row = Request.objects.get()
    assert (answer.status_code, row.category, row.disposition) == (302, "waste.bulk", "answered_at_once")
    assert "bulky-waste" in taker.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("said", ["bulky-waste/2", "no-such/1"])
def test_a_button_of_an_article_that_is_gone_takes_nothing(taker: Client, said: str) -> None:
    answer = taker.post("/desk/requests/new", {"category": "waste.bulk", "answered": said})
    assert (answer.status_code, Request.objects.count()) == (404, 0)


def test_who_takes_no_requests_is_shown_no_panel(taker: Client) -> None:
    roads = signed_in(person("roads", "agency_desk", keys=DESK_KEYS))
    assert roads.post("/desk/requests/beside", {"words": "sofa"}).status_code == 403
    assert taker.get("/desk/requests/beside").status_code == 405


@pytest.mark.usefixtures("shipped")
def test_residents_find_an_answer_before_they_report(client: Client) -> None:
    assert "Noise at night" in client.get("/requests/answers").content.decode()
    page = client.post("/requests/answers", {"words": "loud music"}).content.decode()
    assert "Noise at night" in page
    assert "No water" not in page
    assert "A person answers" not in page
    part = client.post("/requests/answers", {"words": "loud music", "part": "1"}).content.decode()
    assert "<html" not in part
    assert "Noise at night" in part
    assert "Wash a bite" in client.get("/requests/answers/stray-dog").content.decode()
    assert client.get("/requests/answers/none").status_code == 404
    form = client.get("/requests/new/noise--neighbours").content.decode()
    assert "Noise at night" in form
    assert "loud" not in client.post("/requests/answers", {"words": "loud"}).headers.get("Location", "")


def test_chinese_is_parted_into_pairs_within_its_runs() -> None:
    assert pairs_of("路灯 坏了a一") == ["路灯", "坏了"]
