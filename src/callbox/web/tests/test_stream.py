# SPDX-License-Identifier: Apache-2.0
"""Live changes: a screen that is stale says so, goes on where it was, and ends with the sign-out."""

import re

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
    page.clock.install()
    page.goto("/live")
    page.evaluate(HEAR)
    DOOR.say("horizon")
    expect(page.locator("[data-connection-text]")).to_have_text("Live")
    return page


def wait_until_asked(page: Page, times: int) -> None:
    """Let the page's clock run until it has asked the door so many times."""
    for _ in range(100):
        if len(DOOR.asked) >= times:
            return
        page.clock.run_for(500)
    raise AssertionError(f"the door was asked {len(DOOR.asked)} times only")


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


def test_it_goes_on_after_the_last_entry_with_a_fresh_ticket(live: Page) -> None:
    DOOR.say("entry", '{"n": 1}', "11")
    DOOR.say("entry", '{"n": 2}', "12")
    until(live, "window.heard.length === 2")
    DOOR.drop()
    wait_until_asked(live, 2)
    assert DOOR.asked[1] == {"ticket": "ticket-2", "after": "12"}
    DOOR.say("entry", '{"n": 3}', "13")
    until(live, "window.heard.length === 3")
    assert live.evaluate("window.heard") == [1, 2, 3]


def test_a_frozen_door_is_given_up(live: Page) -> None:
    wait_until_asked(live, 2)
    assert DOOR.asked[1]["ticket"] == "ticket-2"


def test_it_leaves_when_the_sign_in_has_ended(live: Page) -> None:
    DOOR.say("bye", '{"reason": "signed-out"}')
    live.wait_for_url(re.compile(r"/sign-in\?next=%2Flive$"))


def test_it_leaves_when_no_ticket_is_given_any_more(page: Page, watched: Watched) -> None:
    DOOR.signed_in = False
    page.goto("/live")
    page.wait_for_url(re.compile(r"/sign-in"))
    watched.faults.clear()  # the browser logs the 401, which is meant here


def test_a_door_that_closes_is_tried_again(live: Page) -> None:
    DOOR.say("bye", '{"reason": "closing"}')
    wait_until_asked(live, 2)
    assert live.url.endswith("/live")
