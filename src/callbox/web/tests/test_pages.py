# SPDX-License-Identifier: Apache-2.0
"""The components as people use them, in Chromium."""

import pytest
from playwright.sync_api import Page, expect
from tests.browser import PHONE, shot

from callbox.web.tests.watch import Watched

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_components_are_shown_in_both_languages_and_sizes(page: Page, site: str, language: str) -> None:
    page.context.add_cookies([{"name": "callbox_language", "value": language, "url": site}])
    page.goto("/design")
    expect(page.locator("html")).to_have_attribute("lang", language)
    shot(page, f"design-{language}-desktop", full=True)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a plain dict will do
    shot(page, f"design-{language}-phone", full=True)
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0


def test_the_language_is_changed_in_place(page: Page) -> None:
    page.goto("/design?tab=2")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    assert page.url.endswith("/design?tab=2")


def test_every_field_and_button_has_a_name(page: Page) -> None:
    page.goto("/design")
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('input:not([type=hidden]), textarea, select')]
        .filter((field) => !field.labels?.length && !field.getAttribute('aria-label')).map((field) => field.name)"""
    )
    assert unnamed == []


def test_tab_reaches_the_skip_link_first(page: Page) -> None:
    page.goto("/map")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_key_presses_its_button_but_is_typed_in_a_field(page: Page) -> None:
    page.goto("/design")
    page.evaluate(
        "document.querySelector('[data-key=s]').addEventListener('click', () => {"
        "  window.sent = 1 + (window.sent ?? 0) })"
    )
    page.locator("main").focus()
    page.keyboard.press("s")
    assert page.evaluate("window.sent") == 1
    page.keyboard.press("p")
    expect(page.locator("#id_dark_place")).to_be_focused()
    page.keyboard.type("sss")
    expect(page.locator("#id_dark_place")).to_have_value("sss")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    assert page.evaluate("window.sent") == 2


def test_single_keys_can_be_switched_off(page: Page) -> None:
    page.goto("/design")
    page.locator("main").focus()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("Send")
    shot(page, "keys")
    page.get_by_role("checkbox", name="Single keys act").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    expect(page.locator("#id_dark_place")).not_to_be_focused()


def test_a_guarded_button_acts_on_its_second_press(page: Page) -> None:
    page.clock.install(time=0)
    page.goto("/design")
    page.clock.pause_at(3_600)  # from here on, time passes when we say so
    button = page.locator("#dark [data-confirm]")
    page.evaluate(
        "document.querySelector('#dark [data-confirm]').addEventListener('click', () => { window.done = true })"
    )
    button.click()
    assert page.evaluate("window.done") is None
    expect(button).to_contain_text("Press again to cancel")
    expect(page.locator("#status [role=status]")).to_have_text("Press again to cancel")
    button.click()  # no time has passed: a double click
    assert page.evaluate("window.done") is None
    page.clock.run_for(300)
    button.click()
    assert page.evaluate("window.done") is True
    expect(button).to_contain_text("Cancel the incident")


def test_a_guarded_button_forgets_when_left(page: Page) -> None:
    page.goto("/design")
    button = page.locator("#dark [data-confirm]")
    button.click()
    page.locator("#id_dark_place").focus()
    expect(button).to_contain_text("Cancel the incident")


def test_a_choice_is_typed_and_taken_with_enter(page: Page) -> None:
    page.goto("/design")
    field = page.locator("#id_dark_type")
    field.press_sequentially("med")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("option", name="Medical")).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    expect(field).to_have_value("Medical")
    expect(page.locator("input[name=dark_type]")).to_have_value("medical")
    expect(page.locator("#id_dark_type_list")).to_be_hidden()


def test_half_typed_text_does_not_look_chosen(page: Page) -> None:
    page.goto("/design")
    page.locator("#id_dark_type").press_sequentially("zzz")
    expect(page.locator("#id_dark_type_list")).to_contain_text("Nothing matches")
    page.locator("#id_dark_place").focus()
    expect(page.locator("#id_dark_type")).to_have_value("")


def test_the_palette_finds_and_does(page: Page) -> None:
    page.goto("/design")
    page.evaluate(
        "document.querySelector('[data-key=h]').addEventListener('click', () => { window.held = true })"
    )
    page.keyboard.press("Control+k")
    page.keyboard.type("hol")
    shot(page, "palette")
    page.keyboard.press("Enter")
    expect(page.locator("#palette")).to_be_hidden()
    assert page.evaluate("window.held") is True


def test_rows_are_walked_by_keys(page: Page) -> None:
    page.goto("/design")
    page.evaluate("document.addEventListener('row:open', (event) => { window.opened = event.detail })")
    page.evaluate("import('/static/web/js/rows.js')")
    first = page.locator("#dark [data-row='1']")
    expect(first).to_have_attribute("tabindex", "0")
    first.focus()
    page.keyboard.press("j")
    second = page.locator("#dark [data-row='2']")
    expect(second).to_be_focused()
    assert "is-changed" not in (second.get_attribute("class") or "")
    page.keyboard.press("Enter")
    assert page.evaluate("window.opened") == "2"


def test_ages_count_by_the_clock_of_the_server(page: Page) -> None:
    page.clock.install()
    page.goto("/design")
    age = page.locator("#dark time[data-since]").first
    expect(age).to_have_text("0:47")
    page.clock.run_for(15_000)
    expect(age).to_have_text("1:02")
    late = page.locator("#dark .due").nth(1)
    expect(late).to_have_class("due is-late")
    expect(late).to_contain_text("0:05 late")


def test_a_refusal_is_said_in_the_status_line(page: Page, watched: Watched) -> None:
    page.goto("/design")
    page.route(
        "**/api/x",
        lambda route: route.fulfill(
            status=409,
            content_type="application/problem+json",
            body='{"detail": "Unit 7 has just been sent by somebody else."}',
        ),
    )
    said = page.evaluate(
        "import('/static/web/js/api.js').then((api) => api.post('/api/x').catch((problem) => problem.status))"
    )
    assert said == 409
    expect(page.locator("#status")).to_contain_text("Unit 7 has just been sent by somebody else.")
    expect(page.locator("#status")).to_have_class("status-line is-wrong")
    shot(page, "refused")
    watched.faults.clear()  # the browser logs the 409, which is meant here


SPOKEN = """async (zone) => {
  document.documentElement.dataset.zone = zone;
  const { clockTime, onDayOf } = await import(`/static/web/js/clock.js?${zone}`);
  return [
    clockTime("2026-03-29T00:59:59Z"),
    clockTime("2026-03-29T01:00:00Z"),
    clockTime(null),
    onDayOf("2026-03-29T12:00:00Z", 0, 30, 0),
    onDayOf("2026-03-29T00:30:00Z", 4, 0, 7),
    onDayOf("2026-11-22T23:10:00Z", 0, 5, 0),
  ];
}"""
SAID = {
    "Europe/Helsinki": [
        "02:59:59",
        "04:00:00",
        "–",
        "2026-03-28T22:30",
        "2026-03-29T01:00:07",
        "2026-11-22T22:05",
    ],
    "Asia/Shanghai": [
        "08:59:59",
        "09:00:00",
        "–",
        "2026-03-28T16:30",
        "2026-03-28T20:00:07",
        "2026-11-22T16:05",
    ],
    "Asia/Kolkata": [
        "06:29:59",
        "06:30:00",
        "–",
        "2026-03-28T19:00",
        "2026-03-28T22:30:07",
        "2026-11-22T18:35",
    ],
}


@pytest.mark.parametrize("zone", SAID)
def test_scripts_write_and_read_the_time_of_day_of_the_city(page: Page, zone: str) -> None:
    """Also where the clocks are put forward on the day: Helsinki's 03:00 of 2026-03-29 is 04:00."""
    page.goto("/design")
    said = page.evaluate(SPOKEN, zone)
    assert [text.removesuffix(".000Z").removesuffix(":00") if "T" in text else text for text in said] == SAID[
        zone
    ]
