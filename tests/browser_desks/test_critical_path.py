# SPDX-License-Identifier: Apache-2.0
"""From a call to a closed incident with the keyboard alone, in both languages."""

import pytest
from playwright.sync_api import Browser, Page, expect

from callbox.journal.queries import verify
from tests.browser import shot
from tests.browser_desks.steps import board, caught_up, contact, until
from tests.live import SENDER, TAKER, Live

pytestmark = pytest.mark.browser
TYPED = {"en": "chest pain", "zh-hans": "胸痛"}


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name ?? document.activeElement.id"))


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_from_a_call_to_a_closed_incident(site: Live, browser: Browser, language: str) -> None:
    answer(site, browser, language)
    dispatch(site, browser, language)
    assert verify().ok


def answer(site: Live, browser: Browser, language: str) -> None:
    page = site.open(browser, TAKER, "/desk/answer", language=language)
    expect(page.locator("[data-connection]")).to_have_attribute("data-state", "live")
    contact(site, "made-up: pain in the chest, third floor")
    expect(page.locator("#queue [data-row]")).to_have_count(1)
    page.keyboard.press("a")
    words = page.locator("#id_words")
    expect(words).to_be_focused()
    expect(words).to_have_value("made-up: pain in the chest, third floor")

    page.keyboard.press("Tab")
    page.keyboard.type(TYPED[language])
    expect(page.locator("#id_type_list .option").first).to_contain_text("MED.CHEST")
    page.keyboard.press("Enter")
    until(page, "() => document.activeElement.name?.startsWith('answer_')")
    while focused(page).startswith("answer_"):
        page.keyboard.press("1")
    expect(page.locator("#priority .priority")).to_be_visible()

    assert focused(page) == "place_text"
    page.keyboard.type("100 larkin")
    expect(page.locator("#id_place_list .option").first).to_contain_text("100 Larkin St")
    shot(page, f"desk-answer-typing-{language}")
    page.keyboard.press("Enter")
    expect(page.locator("#id_place")).to_have_value("100 Larkin St")
    shot(page, f"desk-answer-{language}")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#finish")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#no-call")).to_be_visible()
    expect(page.locator("#queue [data-row]")).to_have_count(0)


def dispatch(site: Live, browser: Browser, language: str) -> None:
    page = board(site, browser, SENDER, language=language)
    row = page.locator("#incidents [data-row]")
    expect(row).to_be_focused()
    expect(row).to_contain_text("100 Larkin St")
    expect(page.locator(".offer").first).to_be_visible()
    shot(page, f"desk-dispatch-offered-{language}")
    page.keyboard.press("Enter")
    expect(page.locator("[data-action='send-all']")).to_have_count(0)
    crews = page.locator("#detail [data-assignment]")
    expect(crews.first).to_be_visible()
    expect(page.locator("#status")).to_have_class("status-line is-done")
    count = crews.count()
    shot(page, f"desk-dispatch-sent-{language}")
    for at in range(count):
        by_radio(page, last=at == count - 1)
    shot(page, f"desk-dispatch-clear-{language}")
    expect(crews).to_have_count(0)

    page.keyboard.press("z")
    expect(page.locator("#id_disposition")).to_be_focused()
    page.keyboard.type("transported")
    expect(page.locator("#id_disposition_list .option").first).to_be_visible()
    press(page, "Enter Enter")
    expect(page.locator("#incidents [data-row]")).to_have_count(0)
    caught_up(page)
    shot(page, f"desk-dispatch-closed-{language}")


def by_radio(page: Page, *, last: bool) -> None:
    """Each milestone of the chosen crew, as it tells them."""
    expect(page.locator(".radio:not(.is-settling)")).to_be_visible()
    name = page.locator(".radio strong").inner_text()
    for key, step in (("q", "go"), ("w", "arrive"), ("e", "clear")):
        page.keyboard.press(key)
        expect(page.locator(f".radio .button--primary[data-step='{step}']")).to_be_visible()
    page.keyboard.press("r")
    if last:
        expect(page.locator(".radio")).to_have_count(0)
    else:
        expect(page.locator(".radio strong")).not_to_have_text(name)
