# SPDX-License-Identifier: Apache-2.0
"""An officer of a unit answers a finding, the head confirms it, legal officers suppress another, by keyboard."""

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from callbox.findings.tests.desk_scene import found_item, looked_at
from callbox.findings.tests.scene import finding, unit
from tests.axe import check_axe
from tests.browser import shot
from tests.live import DESKTOP, PHONE, Live
from tests.signed_in import person, signed_in

pytestmark = pytest.mark.browser
LIST = "/desk/findings"
SIZES = {"desktop": DESKTOP, "phone": PHONE}


def looked_at_well(page: Page, name: str) -> None:
    """At both sizes, unfolded: nothing stands out of the page, and axe finds nothing."""
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
    for size, view in SIZES.items():
        page.set_viewport_size(view)  # type: ignore[arg-type]  # Playwright's own typed dict
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, size)
        check_axe(page)
        shot(page, f"findings-{name}-{size}", full=True)
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]  # the same


def come_in(site: Live, key: str) -> None:
    roles = {
        "of-unit": "agency_desk",
        "head": "unit_lead",
        "legal": "legal_officer",
        "second": "legal_officer",
    }
    for name, role in roles.items():
        keys = (key,) if role in ("agency_desk", "unit_lead") else ()
        site.people[name] = signed_in(person(name, role, keys=keys))


def choose(page: Page, move: str, value: str) -> None:
    """The form of a move by keyboard alone: its list, past its words, then its button."""
    page.locator(f"#id_{move}").focus()
    page.locator(f"#id_{move}").select_option(value)
    page.keyboard.press("Tab")
    expect(page.locator(f"#id_{move}_words")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_finding_is_answered_confirmed_and_another_suppressed(
    site: Live, browser: Browser, language: str
) -> None:
    key, now = (
        unit(),
        timezone.now(),
    )  # found just now: the worker that runs has nothing to climb, or to find late
    owed = found_item("T1", unit=key, more=looked_at("T1"), at=now)
    late = found_item("T2", 50, key, at=now)
    come_in(site, key)

    officer = site.open(browser, "of-unit", LIST, language=language)
    expect(officer.locator("html")).to_have_attribute("lang", language)
    expect(officer.locator("tr[data-row]")).to_have_count(2)
    looked_at_well(officer, f"list-{language}")
    officer.keyboard.press("j")  # from row to row, and into one
    expect(officer.locator("tr[data-row] a").first).to_be_focused()
    officer.locator(f"[data-row='{owed.id}'] a").press("Enter")
    expect(officer.locator("[data-curable='yes']")).to_be_visible()
    looked_at_well(officer, f"owed-{language}")
    officer.keyboard.press("a")
    expect(officer.locator("[data-step='acknowledge']")).to_have_count(1)
    choose(officer, "rectify", "file:desk/T1-9")
    expect(officer.locator("[data-step='rectify']")).to_have_count(1)
    expect(officer.locator("[data-move]:not([data-move='reply'])")).to_have_count(0)

    head = site.open(browser, "head", f"{LIST}/{owed.id}", language=language)
    stale = site.open(browser, "legal", f"{LIST}/{owed.id}", language=language)
    head.keyboard.press("a")
    expect(head.locator("[data-outcome='rectified']")).to_be_visible()
    looked_at_well(head, f"closed-{language}")
    stale.keyboard.press("a")  # somebody else was first: nothing is changed, and the page says so
    expect(stale.locator(".error-summary")).to_be_focused()
    looked_at_well(stale, f"refused-{language}")
    assert finding(owed).state == "closed"

    officer.goto(f"{site.address}{LIST}/{late.id}")
    expect(officer.locator("[data-curable='no']")).to_be_visible()
    expect(officer.locator("[data-move='rectify']")).to_have_count(0)
    looked_at_well(officer, f"late-{language}")

    legal = site.open(browser, "legal", LIST, language=language)
    looked_at_well(legal, f"list-legal-{language}")
    legal.locator(f"[data-row='{late.id}'] a").press("Enter")
    choose(legal, "ask_suppression", "test_case")
    expect(legal.locator("[data-suppression]")).to_be_visible()
    expect(legal.locator("[data-move='suppress']")).to_have_count(0)
    expect(legal.locator("[data-barred]")).to_be_visible()
    second = site.open(browser, "second", f"{LIST}/{late.id}", language=language)
    looked_at_well(second, f"suppress-{language}")
    second.keyboard.press("s")
    expect(second.locator("button.is-armed")).to_be_visible()
    second.wait_for_timeout(300)  # two presses at once would be one slip
    second.keyboard.press("s")
    expect(second.locator("[data-outcome='suppressed']")).to_be_visible()
    assert finding(late).state == "suppressed"
    legal.goto(f"{site.address}{LIST}")
    expect(legal.locator("tr[data-row]")).to_have_count(0)
    looked_at_well(legal, f"empty-{language}")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_unit_and_the_legal_officer_say_it_in_words(site: Live, browser: Browser, language: str) -> None:
    key, now = unit(), timezone.now()
    each = found_item("T1", 50, key, at=now)
    come_in(site, key)
    words = "The owner was abroad\n当事人在境外"

    officer = site.open(browser, "of-unit", f"{LIST}/{each.id}", language=language)
    officer.keyboard.press("w")  # to the words; from there on keys are letters
    expect(officer.locator("#id_reply_words")).to_be_focused()
    officer.keyboard.type("...")
    officer.keyboard.press("Tab")
    officer.keyboard.press("Enter")
    expect(officer.locator(".error-summary")).to_be_focused()
    expect(officer.locator("#id_reply_words")).to_have_value("...")
    looked_at_well(officer, f"words-refused-{language}")
    officer.locator("#id_reply_words").fill(words)
    officer.keyboard.press("Tab")
    officer.keyboard.press("Enter")
    expect(officer.locator("[data-step='reply'] [data-said]")).to_have_text(words, use_inner_text=True)
    officer.locator("#id_dispute_words").fill("x" * 1200)  # no more goes in
    expect(officer.locator("#id_dispute_words")).to_have_value("x" * 1000)
    officer.locator("#id_dispute_words").fill("Page 3 of the file shows it")
    choose(officer, "dispute", "wrong_record")
    expect(officer.locator("[data-step='dispute'] [data-said]")).to_have_text("Page 3 of the file shows it")
    officer.reload()  # without the line at the foot that says what was done
    looked_at_well(officer, f"words-said-{language}")

    legal = site.open(browser, "legal", f"{LIST}/{each.id}", language=language)
    expect(legal.locator("[data-said]")).to_have_count(2)
    legal.set_viewport_size(PHONE)  # type: ignore[arg-type]  # Playwright's own typed dict
    legal.locator("#id_uphold_words").fill("It does")
    choose(legal, "uphold", "wrong_record")
    expect(legal.locator("[data-outcome='upheld']")).to_be_visible()
    expect(legal.locator("[data-said]")).to_have_count(3)
    legal.reload()  # without the line at the foot that says what was done
    looked_at_well(legal, f"words-upheld-{language}")
    legal.goto(f"{site.address}{LIST}?state=closed")
    expect(legal.locator(f"[data-row='{each.id}']")).to_be_visible()
    expect(legal.locator("main")).not_to_contain_text("Page 3")
