# SPDX-License-Identifier: Apache-2.0
"""The forms of the dispatch board: what is typed before the server answers lands where it was meant to."""

import pytest
from playwright.sync_api import APIResponse, Browser, Locator, Page, Route, expect

from tests.browser_desks.steps import board, caught_up, incident, row_of
from tests.live import SENDER, Live

pytestmark = pytest.mark.browser
REFUSED = {"title": "Refused", "status": 409, "detail": "made-up: not now", "code": "conflict"}


def on_board(site: Live, browser: Browser, made: dict[str, str]) -> Page:
    page = board(site, browser, SENDER, path=f"/desk/dispatch?incident={made['id']}")
    expect(page.locator(".offer").first).to_be_visible()
    return page


def form(page: Page, name: str) -> Locator:
    return page.locator(f'[data-drawer="{name}"]')


type Held = list[tuple[Route, APIResponse]]


def late(page: Page, path: str) -> Held:
    """What the server has done for a path already, while its answer is still on the way."""
    held: Held = []
    page.route(path, lambda route: held.append((route, route.fetch())))
    return held


def answered(page: Page, held: Held) -> tuple[Route, APIResponse]:
    """The one answer that is held back; the board may have heard of the change before the answer is here."""
    for _ in range(200):
        if held:
            break
        page.wait_for_timeout(50)
    [one] = held
    return one


def test_the_next_step_is_typed_before_the_last_one_was_answered(site: Live, browser: Browser) -> None:
    page = on_board(site, browser, incident(site))
    held = late(page, "**/raise-alarm")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.locator("#detail-head")).to_contain_text("Alarm level 2")
    page.keyboard.press("n")
    page.keyboard.type("made-up: gate")
    route, answer = answered(page, held)
    route.fulfill(response=answer)
    expect(page.locator("#status")).to_contain_text("Alarm level raised")
    page.keyboard.type(" is open")
    page.keyboard.press("Enter")
    expect(page.locator(".story")).to_contain_text("made-up: gate is open")
    expect(page.locator("[data-assignment]")).to_have_count(0)


def test_a_form_that_is_refused_comes_back_with_its_words(site: Live, browser: Browser) -> None:
    page = on_board(site, browser, incident(site))
    held: list[Route] = []
    page.route("**/remark", lambda route: held.append(route))
    page.keyboard.press("n")
    page.keyboard.type("made-up: two floors")
    page.keyboard.press("Enter")
    expect(form(page, "remark")).to_be_hidden()
    page.keyboard.press("a")
    expect(form(page, "alarm")).to_be_visible()
    held.pop().fulfill(status=409, json=REFUSED, content_type="application/problem+json")
    expect(page.locator("#status")).to_contain_text("made-up: not now")
    expect(form(page, "alarm")).to_be_visible()
    page.unroute("**/remark")
    page.keyboard.press("Escape")
    expect(form(page, "remark").locator("input[name=text]")).to_be_focused()
    expect(form(page, "remark").locator("input[name=text]")).to_have_value("made-up: two floors")
    page.keyboard.press("Enter")
    expect(page.locator(".story")).to_contain_text("made-up: two floors")


def test_words_about_one_incident_are_never_said_about_another(site: Live, browser: Browser) -> None:
    made, other = incident(site), incident(site, "MED.FALL")
    page = on_board(site, browser, made)
    held: list[Route] = []
    page.route("**/remark", lambda route: held.append(route))
    page.keyboard.press("n")
    page.keyboard.type("made-up: two floors")
    page.keyboard.press("Enter")
    expect(form(page, "remark")).to_be_hidden()
    row_of(page, other).click()
    expect(page.locator("#detail-head")).to_contain_text(str(other["number"]))
    held.pop().fulfill(status=409, json=REFUSED, content_type="application/problem+json")
    expect(page.locator("#status")).to_contain_text("made-up: not now")
    expect(form(page, "remark")).to_be_hidden()
    page.keyboard.press("n")
    expect(form(page, "remark").locator("input[name=text]")).to_have_value("")
    row_of(page, made).click()
    expect(form(page, "remark")).to_be_hidden()


def test_a_digit_chooses_in_the_form_and_sends_nobody(site: Live, browser: Browser) -> None:
    page = on_board(site, browser, incident(site))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    page.keyboard.press("a")
    page.keyboard.press("2")
    expect(form(page, "alarm").locator("input[value='3']")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator("#detail-head")).to_contain_text("Alarm level 3")
    caught_up(page)
    assert not [each for each in sent if each.startswith("POST") and each.endswith("/api/assignments")]
    expect(page.locator("[data-assignment]")).to_have_count(0)
