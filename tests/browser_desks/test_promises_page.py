# SPDX-License-Identifier: Apache-2.0
"""An administrator tries other promises, sees what would move, puts them in force, and keeps an agency's address."""

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from callbox.access.actions import agency_id
from callbox.matters.models import LadderEdition, PromiseEdition
from callbox.matters.tests.test_ladders_loading import FIRST, HALF
from callbox.matters.tests.test_ladders_loading import TEXT as LADDERS
from callbox.matters.tests.test_terms_loading import OLD, SEVEN, TEXT
from callbox.messages.models import Reach
from callbox.requests.actions import accept_request
from callbox.requests.tests.scene import desk_of, request, town
from tests.axe import check_axe
from tests.browser import shot
from tests.live import PHONE, Live
from tests.signed_in import person, signed_in

pytestmark = pytest.mark.browser
ADMIN = "admin"
LOW = 90  # px of a row of a table: four lines


def opened(site: Live, browser: Browser, path: str, language: str, **more: Any) -> Page:
    if ADMIN not in site.people:
        site.people[ADMIN] = signed_in(person(ADMIN, "administrator"))
    page = site.open(browser, ADMIN, path, language=language, **more)
    expect(page.locator("html")).to_have_attribute("lang", language)
    return page


@pytest.fixture(autouse=True)
def _nobody_yet(site: Live) -> None:
    site.people.pop(ADMIN, None)  # the database is a fresh one


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_promises_are_tried_and_put_in_force(site: Live, browser: Browser, language: str) -> None:
    town()
    accept_request(request().pk, by=desk_of("roads"), at=timezone.now())
    page = opened(site, browser, "/desk/promises", language, size=PHONE)
    expect(page.locator("[data-years]")).to_have_text("2024, 2025, 2026")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    check_axe(page)
    shot(page, f"promises-phone-{language}", full=True)
    page.set_viewport_size({"width": 1600, "height": 1000})
    page.locator("a[href='/desk/promises/terms']").click()
    assert page.locator("#id_text").input_value() == TEXT
    page.locator("#id_text").fill(TEXT.replace(OLD, SEVEN))
    page.locator("form.stack button.button--primary").click()
    expect(page.locator("[data-shift]")).to_have_count(1)
    expect(page.locator("[data-shift]")).to_contain_text("+")
    check_axe(page)
    shot(page, f"promises-moves-{language}", full=True)
    assert PromiseEdition.objects.count() == 0
    page.locator("#load").click()
    expect(page.locator(".is-armed")).to_have_count(1)
    page.wait_for_timeout(300)  # a double click is one press
    page.locator(".is-armed").click()
    said = {"en": "7 working days · the start day is not counted", "zh-hans": "7 个工作日 · 起始日不计"}
    expect(page.locator("td", has_text=said[language])).to_have_count(1)
    assert PromiseEdition.objects.get().text == TEXT.replace(OLD, SEVEN)


def fits(page: Page, name: str, language: str) -> None:
    """The page is as wide as the screen and sound by axe; a screenshot is kept."""
    shot(page, f"ladders-{name}-phone-{language}", full=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    check_axe(page)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_ladders_are_tried_and_put_in_force_on_a_phone(site: Live, browser: Browser, language: str) -> None:
    town()
    accept_request(request().pk, by=desk_of("roads"), at=timezone.now())
    page = opened(site, browser, "/desk/promises", language, size=PHONE)
    page.locator("a[href='/desk/promises/ladders']").click()
    expect(page.locator("#id_text")).to_have_value(LADDERS)
    fits(page, "as-they-are", language)
    page.locator("#id_text").fill(LADDERS.replace(FIRST, HALF))
    page.locator("form.stack button.button--primary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-moves]")).to_be_visible()
    expect(page.locator("table", has_text="50%")).to_be_visible()
    for at in page.locator(".promises-when").all():
        assert at.evaluate("(each) => each.getClientRects().length") == 1, "no date is broken"
    fits(page, "moves", language)
    assert LadderEdition.objects.count() == 0
    page.locator("#load").click()
    expect(page.locator(".is-armed")).to_have_count(1)
    page.wait_for_timeout(300)  # a double click is one press
    page.locator(".is-armed").click()
    expect(page.locator("table", has_text="50%")).to_be_visible()
    expect(page.locator("#load")).to_have_count(0)
    assert LadderEdition.objects.get().text == LADDERS.replace(FIRST, HALF)
    rows = page.locator("tr", has=page.locator(".promises-long"))
    assert max(row.bounding_box()["height"] for row in rows.all()) < LOW  # type: ignore[index]  # they are drawn
    fits(page, "in-force", language)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_agencys_address_is_kept(site: Live, browser: Browser, language: str) -> None:
    town()
    page = opened(site, browser, "/desk/agencies/reached", language, size=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    check_axe(page)
    page.locator(f"a[href$='/{agency_id('roads')}']").click()
    page.locator("#id_email").fill("a!b@city.example")  # a browser lets it pass
    page.locator("form.stack button.button--primary").click()
    expect(page.locator("#id_email_error")).to_be_visible()
    check_axe(page)
    page.locator("#id_email").fill("roads@city.example")
    page.locator("form.stack button.button--primary").click()
    expect(page.locator("[data-agency='roads']")).to_be_visible()
    assert Reach.objects.filter(holder=f"agency:{agency_id('roads')}", sealed__isnull=False).count() == 1
    shot(page, f"agencies-reached-{language}")
