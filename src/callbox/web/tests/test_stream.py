# SPDX-License-Identifier: Apache-2.0
"""Live changes: a screen that is stale says so, goes on where it was, and ends with the sign-out."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser import shot

from callbox.web.tests.fakes import DOOR
from callbox.web.tests.watch import Watched, until

pytestmark = pytest.mark.browser
HEAR = """import('/static/web/js/stream.js').then((stream) => {
  window.heard = [];
  stream.on('entry', (entry) => window.heard.push(entry.n));
})"""


@pytest.fixture
def live(page: Page) -> Page:
    page.clock.install(time=0)
    page.clock.pause_at(3_600)  # from here on, time passes when we say so
    page.goto("/live")
    page.evaluate(HEAR)
    DOOR.say("horizon")
    expect(page.locator("[data-connection-text]")).to_have_text("Live")
    return page


def run_until(page: Page, happened: Callable[[], bool]) -> None:
    """Let the page's clock run, not so fast that a door which answers slowly is given up again and again."""
    for _ in range(100):
        if happened():
            return
        page.clock.run_for(500)
        page.wait_for_timeout(100)
    raise AssertionError(f"it never happened; the door was asked {len(DOOR.asked)} times")


def wait_until_asked(page: Page, times: int) -> None:
    run_until(page, lambda: len(DOOR.asked) >= times)


def test_changes_arrive(live: Page) -> None:
    DOOR.say("entry", '{"n": 1}', "11")
    until(live, "window.heard.length === 1")


def test_a_screen_without_heartbeat_says_how_stale_it_is(live: Page) -> None:
    expect(live.locator("[data-stale]")).to_be_hidden()
    live.clock.run_for(3600)
    expect(live.locator("[data-stale]")).to_be_visible()
    expect(live.locator("[data-stale] [role=alert]")).to_contain_text("Live changes have stopped")
    expect(live.locator("[data-stale-age]")).to_have_text("0:03")
    expect(live.locator("[data-connection-text]")).to_have_text("Not live")
    shot(live, "stale")
    live.clock.run_for(2000)
    expect(live.locator("[data-stale-age]")).to_have_text("0:05")
    DOOR.say("horizon")
    expect(live.locator("[data-stale]")).to_be_hidden()
    expect(live.locator("#status [role=status]")).to_have_text("Live again. Nothing was missed.")


def heard(page: Page, position: str, age_s: float, up_s: float | None = None) -> None:
    """The door says where it stands, and the page has heard it."""
    up = f', "up_s": {up_s}' if up_s is not None else ""
    DOOR.say("horizon", f'{{"position": "{position}", "age_s": {age_s}{up}}}')
    until(page, f"document.documentElement.dataset.position === '{position}'")


def test_a_screen_whose_door_cannot_read_what_is_new_says_so(live: Page) -> None:
    heard(live, "1.1", age_s=4.2)
    live.clock.run_for(600)
    expect(live.locator("[data-stale-age]")).to_have_text("0:04")
    expect(live.locator("[data-connection-text]")).to_have_text("Not live")
    heard(live, "1.2", age_s=0.1)
    expect(live.locator("[data-stale]")).to_be_hidden()


def test_a_screen_whose_line_brings_everything_late_says_so(live: Page) -> None:
    """Something comes every second, each time 0.8 s later than before."""
    heard(live, "1.1", age_s=0, up_s=50)
    for number in range(1, 6):
        live.clock.run_for(1000)
        heard(live, f"1.{number + 1}", age_s=0, up_s=50 + 0.2 * number)
    live.clock.run_for(600)
    expect(live.locator("[data-stale-age]")).to_have_text("0:04")
    heard(live, "1.9", age_s=0, up_s=60)
    expect(live.locator("[data-stale]")).to_be_hidden()


def test_it_goes_on_after_the_last_entry_with_a_fresh_ticket(live: Page) -> None:
    DOOR.say("entry", '{"n": 1}', "11")
    DOOR.say("entry", '{"n": 2}', "12")
    until(live, "window.heard.length === 2")
    DOOR.drop()
    wait_until_asked(live, 2)
    assert DOOR.asked[1] == {"ticket": "ticket-2", "after": "12"}
    DOOR.say("entry", '{"n": 3}', "13")
    run_until(live, lambda: live.evaluate("window.heard.length === 3"))
    assert live.evaluate("window.heard") == [1, 2, 3]


def test_a_frozen_door_is_given_up(live: Page) -> None:
    wait_until_asked(live, 2)
    assert DOOR.asked[1]["ticket"] == "ticket-2"


def test_it_leaves_when_the_sign_in_has_ended(live: Page) -> None:
    DOOR.say("bye", '{"reason": "signed-out"}')
    live.wait_for_url(re.compile(r"/sign-in\?next=%2Flive&ended=1$"))


def test_it_leaves_when_no_ticket_is_given_any_more(page: Page, watched: Watched) -> None:
    DOOR.signed_in = False
    page.goto("/live")
    page.wait_for_url(re.compile(r"/sign-in"))
    watched.faults.clear()  # the browser logs the 401, which is meant here


def test_a_door_that_closes_is_tried_again(live: Page) -> None:
    DOOR.say("bye", '{"reason": "closing"}')
    wait_until_asked(live, 2)
    assert live.url.endswith("/live")
