# SPDX-License-Identifier: Apache-2.0
"""Messages to the civic line, articles and suggested categories: in both languages and sizes, by keys."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from callbox.access.domain import system_actor
from callbox.intake.actions import note_words, open_call, release_call
from callbox.intake.domain import CIVIC, Said
from callbox.requests import training
from callbox.requests.answering import load_articles
from callbox.requests.articles import SHIPPED, read_articles
from callbox.requests.models import Request
from callbox.requests.personal import Contact
from callbox.requests.suggesting import Ask
from callbox.requests.taking import Report, open_request, open_requests
from callbox.requests.tests.scene import WHERE, now, town
from callbox.requests.training import make_model
from tests.browser_desks.steps import check
from tests.browser_desks.test_requests_desk import EACH, ROADS, SIZES
from tests.live import TAKER, Live
from tests.request_scenes import DESK_KEYS
from tests.signed_in import person, signed_in
from tests.world import SETUP, call_taker

pytestmark = pytest.mark.browser
CLEAR = 4  # px between the title of an article and its text: what marks the focus lies there
SAID = {
    "road.light_out": ("the lamp is dark", "路灯不亮"),
    "noise.neighbours": ("loud music at night", "夜里音乐声大"),
    "labour.wages": ("my boss owes me salary", "老板拖欠工资"),
}
LIGHT = {"en": "the lamp before my house is dark", "zh-hans": "我家门口路灯不亮"}


@pytest.fixture
def city(site: Live) -> Live:
    """Agencies with rules, the articles that come with Callbox, and somebody at an agency's desk."""
    town()
    load_articles(read_articles(SHIPPED), by=SETUP, at=timezone.now())
    site.people[ROADS] = signed_in(person("roads-desk", "agency_desk", keys=DESK_KEYS))
    return site


def message(words: str) -> None:
    """What somebody has written to this line, and nobody has taken."""
    by, at = call_taker("reader"), timezone.now()
    call = open_call("civic", lane=CIVIC, by=by, at=at)
    note_words(call.pk, Said(words=words, number="+15550100"), by=by, at=at)
    release_call(call.pk, "made_up", by=by, at=at)


def learned(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model of a hundred made-up requests, whose words go with their categories."""
    ask = Ask(history_least=40, history_most=100, reporters_least=5, first_least=40)
    monkeypatch.setattr(training, "asked_on", lambda _day: ask)
    at, codes = timezone.now(), sorted(SAID)
    reports = []
    for each in range(100):
        category = codes[each % 3]
        words, contact = SAID[category][each // 3 % 2], Contact("Made-up Name", f"+1555{each:07d}")
        reports.append((Report(category, WHERE, words, contact=contact), at - timedelta(hours=101 - each)))
    open_requests(reports, by=call_taker())
    make_model(by=system_actor("suggestions"), at=at)


def typed(page: Page, words: str) -> None:
    """Type as a person does: what stands beside the form follows."""
    page.locator("#id_words").press_sequentially(words)


@EACH
def test_a_message_becomes_a_request_that_an_article_answers(
    city: Live, browser: Browser, language: str, size: str
) -> None:
    message(LIGHT[language])
    page = city.open(browser, TAKER, "/desk/requests/texts", language=language, size=SIZES[size])
    expect(page.locator("main")).not_to_contain_text(LIGHT[language])
    check(page, "texts", language, size)
    page.locator("form[action$='/take'] button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/desk/requests/new\?call="))
    expect(page.locator("#id_words")).to_have_value(LIGHT[language])
    article = page.locator(".requests-article").first
    expect(article).to_have_attribute("open", "")
    check(page, "text-taken", language, size)
    article.locator("button[name=answered]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/desk/requests/[0-9a-f-]{36}$"))
    row = Request.objects.get()
    assert (row.channel, row.category, row.disposition) == ("text", "road.light_out", "answered_at_once")
    page.goto(f"{city.address}/desk/requests/texts")
    expect(page.locator("form[action$='/take']")).to_have_count(0)
    check(page, "texts-none", language, size)


@EACH
def test_an_agency_answers_an_open_request_with_an_article(
    city: Live, browser: Browser, language: str, size: str
) -> None:
    contact = Contact("Made-up Name", "+15550100")
    report = Report("road.light_out", WHERE, LIGHT[language], contact=contact)
    row = open_request(report, by=call_taker(), at=timezone.now())
    page = city.open(browser, ROADS, f"/desk/requests/{row.pk}", language=language, size=SIZES[size])
    article = page.locator(".requests-article").first
    expect(article.locator("button")).to_be_hidden()
    article.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(article.locator("button")).to_be_visible()
    title, text = (article.locator(part).first.bounding_box() for part in ("summary", "p"))
    assert title
    assert text
    assert text["y"] >= title["y"] + title["height"] + CLEAR
    check(page, "article-open", language, size)
    page.keyboard.press("Tab")
    expect(article.locator("button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".requests-article")).to_have_count(0)
    assert (now(row).matter.state, now(row).result) == ("answered", "answered_by_article")
    check(page, "article-answered", language, size)


@EACH
def test_a_suggested_category_says_how_good_it_is_and_fills_the_field(
    city: Live, browser: Browser, monkeypatch: pytest.MonkeyPatch, language: str, size: str
) -> None:
    learned(monkeypatch)
    page = city.open(browser, TAKER, "/desk/requests/new", language=language, size=SIZES[size])
    typed(page, LIGHT[language])
    suggestion = page.locator("#hints button[name=take]").first
    expect(suggestion).to_have_attribute("value", "road.light_out")
    expect(page.locator("#hints")).to_contain_text("80")
    expect(page.locator("#hints")).to_contain_text(re.compile("100 ?%"))
    expect(page.locator("#id_category")).to_have_value("")
    check(page, "hints", language, size)
    suggestion.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#id_category")).to_be_focused()
    expect(page.locator("input[name=category]")).to_have_value("road.light_out")
    expect(page.locator("#hints button[name=take]")).to_have_count(0)
    check(page, "hints-taken", language, size)
    assert page.url.endswith("/desk/requests/new"), "no words in an address"
