# SPDX-License-Identifier: Apache-2.0
"""The page of states: who sees it, in both languages and sizes, and that it goes on without database and pages."""

import os

import psycopg
import pytest
from playwright.sync_api import Browser, expect

from callbox.host.config import load
from callbox.host.lastbackup import NAME
from tests.browser import shot
from tests.live import CHIEF, DESKTOP, PHONE, SENDER, Live

pytestmark = pytest.mark.browser
LOOKS = [
    ("en", DESKTOP, "Database"),
    ("zh-hans", PHONE, "数据库"),
    ("en", PHONE, "Database"),
    ("zh-hans", DESKTOP, "数据库"),
]


@pytest.mark.parametrize(("language", "size", "database"), LOOKS)
def test_each_part_says_how_it_is_and_what_to_do(
    site: Live, browser: Browser, language: str, size: dict[str, int], database: str
) -> None:
    (load().home / NAME).unlink(missing_ok=True)  # another test may have backed up
    page = site.open(browser, CHIEF, "/state", language=language, size=size)
    row = page.locator("[data-part=database]")
    expect(row).to_contain_text(database)
    expect(row).to_have_attribute("data-level", "ok")
    expect(page.locator("[data-part=worker]")).to_have_attribute("data-level", "ok")
    expect(page.locator("[data-part=backup]")).to_contain_text("callbox backup")
    expect(page.locator("#as-of")).not_to_be_empty()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(page, f"state-{language}-{size['width']}")


def test_a_dispatcher_is_refused(site: Live, browser: Browser) -> None:
    page = site.open(browser, SENDER, "/state")
    expect(page.locator("#states")).to_have_count(0)
    expect(page.get_by_text("Your role does not allow this")).to_be_visible()


def test_it_goes_on_when_the_pages_are_gone(site: Live, browser: Browser) -> None:
    page = site.open(browser, CHIEF, "/state")
    expect(page.locator("[data-part=web]")).to_have_attribute("data-level", "ok")
    web = site.process("web")
    web.stop()
    expect(page.locator("[data-part=web]")).to_have_attribute("data-level", "bad")
    expect(page.locator("#summary")).to_contain_text("need somebody")
    site.stand_up()
    expect(page.locator("[data-part=web]")).to_have_attribute("data-level", "ok")


def test_whoever_signed_out_sees_no_more(site: Live, browser: Browser) -> None:
    page = site.open(browser, CHIEF, "/state")
    expect(page.locator("[data-part=web]")).to_have_attribute("data-level", "ok")
    with psycopg.connect(os.environ["CALLBOX_OWNER_URL"]) as link:
        link.execute("UPDATE access_signin SET ended_at = now() WHERE ended_at IS NULL")
    expect(page.locator("#lost")).to_contain_text("sign-in has ended")


def test_when_the_door_is_gone_it_says_how_old_it_is(site: Live, browser: Browser) -> None:
    page = site.open(browser, CHIEF, "/state")
    expect(page.locator("[data-part=web]")).to_have_attribute("data-level", "ok")
    site.process("door").stop()
    expect(page.locator("#lost")).to_contain_text("what stands here is old")
    expect(page.locator(".states--old")).to_be_visible()
    site.stand_up()
