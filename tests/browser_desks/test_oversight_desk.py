# SPDX-License-Identifier: Apache-2.0
"""A supervisor reads a model, follows a case on its time line and tries a shorter limit, by keyboard and on a phone."""

import pytest
from playwright.sync_api import Browser, Page, expect

from callbox.access.domain import system_actor
from callbox.oversight.actions import append_events
from callbox.oversight.tests.test_desk_trials import CODE, SHORTER, seized
from tests.axe import check_axe
from tests.browser import shot
from tests.live import CHIEF, DESKTOP, PHONE, Live
from tests.world import AT

pytestmark = pytest.mark.browser
SIZES = {"desktop": DESKTOP, "phone": PHONE}


def fits(page: Page) -> bool:
    """The page itself never scrolls sideways; what is wide scrolls in its own box."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def looked_at(page: Page, name: str) -> None:
    """At both sizes, with all that can be unfolded unfolded."""
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
    for size, view in SIZES.items():
        page.set_viewport_size(view)  # type: ignore[arg-type]  # Playwright's own typed dict
        assert fits(page), (name, size)
        check_axe(page)
        shot(page, f"oversight-{name}-{size}", full=True)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_case_is_followed_and_a_limit_is_tried(site: Live, browser: Browser, language: str) -> None:
    append_events(
        "file:x",
        [*seized("T1", 5), *seized("T2", 20), *seized("T3", 50)],
        (),
        by=system_actor("oversight"),
        at=AT,
    )
    page = site.open(browser, CHIEF, "/desk/oversight/models?over=item", language=language)
    expect(page.locator("html")).to_have_attribute("lang", language)
    looked_at(page, f"models-{language}")
    page.locator(f"[data-model='{CODE}'] a").press("Enter")
    expect(page.locator("figure.oversight-drawing svg")).not_to_have_count(0)
    looked_at(page, f"model-{language}")
    page.goto(f"{site.address}/desk/oversight/case?kind=item&key=T3")
    page.locator(".oversight-drawing").focus()  # what scrolls can be reached by keyboard
    page.locator("[data-verdict='broken_late'] summary").press("Enter")
    expect(page.locator("[data-verdict='broken_late'] [data-sums] li").first).to_be_visible()
    looked_at(page, f"case-{language}")
    page.goto(f"{site.address}/desk/oversight/try?model={CODE}")
    page.locator("#id_text").fill("form: [")
    page.locator("form.stack button.button--primary").press("Enter")
    expect(page.locator("#id_text_error")).to_be_visible()
    looked_at(page, f"try-wrong-{language}")
    page.locator("#id_text").fill(SHORTER)
    page.locator("form.stack button.button--primary").press("Enter")
    expect(page.locator("[data-change]")).to_have_count(1)
    looked_at(page, f"try-{language}")
    page.locator("[data-change] a").press("Enter")
    expect(page.locator("h1")).to_contain_text("T2")
    page.goto(f"{site.address}/desk/oversight/cases?kind=item")
    expect(page.locator("[data-case]")).to_have_count(3)
    looked_at(page, f"cases-{language}")
