# SPDX-License-Identifier: Apache-2.0
"""Who calls residents back, and the supervisor's figures of requests: in both languages, by keys, on both sizes."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from callbox.requests.actions import accept_request, feed_back
from callbox.requests.asking import note_said
from callbox.requests.models import Request
from callbox.requests.tests.scene import desk_of, now, town
from tests.browser_desks.steps import check
from tests.browser_desks.test_requests_desk import request
from tests.live import CHIEF, DESKTOP, PHONE, TAKER, Live
from tests.world import call_taker

pytestmark = pytest.mark.browser
SIZES = {"desktop": DESKTOP, "phone": PHONE}
BOTH = pytest.mark.parametrize(("language", "size"), [("en", "phone"), ("zh-hans", "desktop")])


def answered() -> Request:
    """A request that the agency has answered just now."""
    row, at = request(), timezone.now()
    accept_request(row.pk, by=desk_of("roads"), at=at)
    feed_back(row.pk, "solved", "made-up: filled", by=desk_of("roads"), at=at)
    return row


@BOTH
def test_residents_are_called_back_one_after_the_other_by_keys(
    site: Live, browser: Browser, language: str, size: str
) -> None:
    town()
    first, second = answered(), answered()
    page = site.open(browser, TAKER, "/desk/requests?view=ask", language=language, size=SIZES[size])
    page.keyboard.press("b")
    page.wait_for_url(f"**/desk/requests/{first.pk}/call-back")
    expect(page.locator("a[href='tel:+15550100']")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    check(page, "call-back-wrong", language, size)
    page.keyboard.press("2")
    expect(page.locator("input[name=said][value=unsatisfied]")).to_be_checked()
    check(page, "call-back", language, size)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/desk/requests/{second.pk}/call-back")
    expect(page.locator("#status")).to_contain_text(str(first.number))
    assert (now(first).matter.state, now(first).matter.round) == ("assigned", 2)
    page.keyboard.press("4")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/desk/requests\?view=ask$"))
    assert (now(second).matter.state, now(second).said) == ("closed", "unreachable")


@BOTH
def test_a_supervisor_reads_the_figures_with_their_denominators(
    site: Live, browser: Browser, language: str, size: str
) -> None:
    town()
    for said in ("satisfied", "satisfied", "unreachable", "no_answer", "satisfied", "unsatisfied"):
        note_said(answered().pk, said, by=call_taker(), at=timezone.now())
    page = site.open(browser, CHIEF, "/desk/requests", language=language, size=SIZES[size])
    page.locator("a[href='/desk/requests/figures']").first.click()
    page.wait_for_url("**/desk/requests/figures")
    whole = page.locator("table").first
    expect(whole.locator("tbody tr").first).to_contain_text("3/3")
    expect(page.locator("table")).to_have_count(4)
    check(page, "figures", language, size)
    page.locator("nav a[href='?days=7'], .tabs a[href='?days=7']").first.click()
    page.wait_for_url("**/desk/requests/figures?days=7")
    expect(page.locator("[aria-current=page][href='?days=7']")).to_have_count(1)
