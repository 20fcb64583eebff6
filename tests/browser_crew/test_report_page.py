# SPDX-License-Identifier: Apache-2.0
"""The resident's page in a real browser, with script and without, against a running door."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from callbox.door.queries import contacts_after
from tests.browser import DESKTOP, shot
from tests.browser_crew.conftest import SMALL, Phones

pytestmark = pytest.mark.browser
UNLABELLED = """[...document.querySelectorAll('main input:not([type=hidden]), main textarea')]
  .filter((field) => !field.labels.length).length"""
PLACE = {"latitude": 37.7793, "longitude": -122.4192}


def open_form(phones: Phones, **more: object) -> Page:
    page = phones.open(**more).new_page()
    page.goto("/report")
    return page


def fill(page: Page, words: str = "Made-up: smoke from a window.") -> None:
    page.locator("#id_words").fill(words)
    page.locator("#id_place").fill("Made-up Street 5")
    page.locator("#id_number").fill("+1 555 0100")


def bodies() -> list[str]:
    return [row.body.decode() for row in contacts_after((0, 0), 100)]


def test_with_script(phones: Phones) -> None:
    page = open_form(phones, geolocation=PLACE, permissions=["geolocation"])
    fill(page)
    page.get_by_role("button", name="Add where I am now").click()
    expect(page.locator("[data-here-said]")).to_contain_text("Added: your place")
    shot(page, "report-filled-phone-en", full=True)
    page.get_by_role("button", name="Send the message").click()
    expect(page.get_by_role("heading", name="We have your message")).to_be_focused()
    expect(page.locator("[data-reference]")).to_have_text(re.compile(r"^[0-9A-F]{4} [0-9A-F]{4}$"))
    shot(page, "report-received-phone-en")
    assert len(bodies()) == 1
    assert "lon=-122.419200&lat=37.779300" in bodies()[0]


def test_a_lost_answer_and_a_double_press_count_once(phones: Phones) -> None:
    page = open_form(phones)
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        answer = route.fetch()
        if not lost:
            lost.append(answer.text())
            route.abort()
        else:
            route.fulfill(response=answer)

    page.route("**/door/contacts/web*", lose_the_first)
    fill(page)
    page.get_by_role("button", name="Send the message").dblclick()
    expect(page.get_by_role("heading", name="We have your message")).to_be_visible()
    assert len(lost) == len(bodies()) == 1


def test_not_accepted_says_so_and_keeps_the_words(phones: Phones) -> None:
    page = open_form(phones)
    page.route("**/door/contacts/web*", lambda route: route.fulfill(status=503, body="{}"))
    fill(page)
    page.get_by_role("button", name="Send the message").click()
    expect(page.get_by_role("heading", name="Your message was NOT accepted")).to_be_visible(timeout=10_000)
    shot(page, "report-refused-phone-en")
    page.unroute("**/door/contacts/web*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="We have your message")).to_be_visible()
    assert "smoke" in bodies()[0]


def test_an_empty_form_asks_for_something(phones: Phones) -> None:
    page = open_form(phones)
    page.get_by_role("button", name="Send the message").click()
    expect(page.locator("#id_words_error")).to_have_text("Say what happened, or where.")
    expect(page.locator("#id_words")).to_be_focused()
    assert bodies() == []


@pytest.mark.parametrize(
    ("locale", "title"), [("en-GB", "We have your message"), ("zh-CN", "已收到您的信息")]
)
def test_without_script(phones: Phones, locale: str, title: str) -> None:
    page = open_form(phones, locale=locale, java_script_enabled=False, viewport=SMALL)
    fill(page)
    page.locator("[data-send]").dblclick()
    expect(page.locator("h1").first).to_have_text(title)
    shot(page, f"report-door-320-{locale[:2]}", full=True)
    page.reload()
    expect(page.locator("h1").first).to_have_text(title)
    assert len(bodies()) == 1


@pytest.mark.parametrize(("name", "viewport"), [("320", SMALL), ("desktop", DESKTOP)])
@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_how_it_looks(phones: Phones, locale: str, name: str, viewport: dict[str, int]) -> None:
    page = open_form(phones, locale=locale, viewport=viewport)
    expect(page.locator("#id_words")).to_be_visible()
    shot(page, f"report-{name}-{locale[:2]}", full=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert page.evaluate(UNLABELLED) == 0
