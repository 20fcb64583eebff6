# SPDX-License-Identifier: Apache-2.0
"""The dispatch board: collisions, crews that do not answer, danger, taking back, choosing otherwise."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from callbox.matters.actions import fire_due_clocks
from tests.browser import shot
from tests.browser_desks.steps import board, caught_up, do, incident, offers, row_of, until
from tests.live import OTHER_SENDER, SENDER, Live
from tests.world import CLOCKS

pytestmark = pytest.mark.browser


def offered(page: Page) -> None:
    expect(page.locator(".offer").first).to_be_visible()


def test_who_comes_second_sees_what_the_other_did(site: Live, browser: Browser) -> None:
    fire, chest = incident(site), incident(site, "MED.CHEST")
    page = board(site, browser, SENDER, path=f"/desk/dispatch?incident={fire['id']}")
    offered(page)
    first = offers(site, fire["id"])[0]
    page.context.route("**/door/stream*", lambda route: route.abort())
    page.evaluate("window.stop()")
    do(site, "assignments", {"incident": chest["id"], "unit": first["unit"]})
    page.keyboard.press("1")
    expect(page.locator("#status")).to_contain_text(
        f"{first['callsign']} was sent to incident {chest['number']}"
    )
    expect(row_of(page, {"id": first["unit"]})).to_have_class("plate plate--assigned is-clashed")
    expect(row_of(page, fire)).to_contain_text("Somebody was first")
    shot(page, "desk-dispatch-collision")


def test_a_sending_is_taken_back_by_u(site: Live, browser: Browser) -> None:
    made = incident(site)
    page = board(site, browser, SENDER)
    offered(page)
    page.keyboard.press("1")
    expect(page.locator("[data-assignment]")).to_have_count(1)
    page.keyboard.press("u")
    expect(page.locator("[data-assignment]")).to_have_count(0)
    expect(row_of(page, made)).to_contain_text("Nobody sent")


def test_a_crew_that_does_not_answer_alarms_and_the_next_unit_is_offered(
    site: Live, browser: Browser
) -> None:
    made = incident(site, "MED.CHEST")
    page = board(site, browser, SENDER)
    first = offers(site, made["id"])[0]
    do(site, "assignments", {"incident": made["id"], "unit": first["unit"]})
    fire_due_clocks(by=CLOCKS, at=timezone.now() + timedelta(minutes=3))
    strip = page.locator(".strip--late")
    expect(strip).to_contain_text(f"Incident {made['number']} not acknowledged by {first['callsign']}")
    button = strip.locator("[data-send-next]")
    expect(button).to_be_visible()
    following = offers(site, made["id"])[0]["callsign"]
    expect(button).to_contain_text(following)
    shot(page, "desk-dispatch-no-answer")
    page.keyboard.press("f")
    expect(page.locator("#detail")).to_contain_text(following)
    expect(page.locator("[data-assignment]")).to_have_count(2)
    page.locator("[data-assignment]", has_text=first["callsign"]).click()
    page.keyboard.press("q")
    expect(strip).to_have_count(0)


def test_danger_cannot_be_overlooked_and_is_cleared_with_a_reason(site: Live, browser: Browser) -> None:
    made = incident(site)
    unit = offers(site, made["id"])[0]["unit"]
    do(site, "assignments", {"incident": made["id"], "unit": unit})
    page = board(site, browser, SENDER)
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    danger = page.locator(".strip--wrong")
    expect(danger).to_contain_text(str(made["number"]))
    assert page.title().startswith("(1!)")
    shot(page, "desk-dispatch-danger")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    expect(page.locator('[data-drawer="safety-clear"]')).to_be_visible()
    page.keyboard.press("Enter")
    expect(danger).to_have_count(0)


def test_choosing_another_unit_asks_why(site: Live, browser: Browser) -> None:
    made = incident(site, "MED.FALL")
    page = board(site, browser, SENDER)
    offered(page)
    number = len(offers(site, made["id"])) + 1
    page.keyboard.press(str(number))
    form = page.locator('[data-drawer="other"]')
    expect(form).to_be_visible()
    until(page, "() => document.activeElement.name === 'reason'")
    expect(form.get_by_role("button", name="Do it")).to_be_in_viewport()
    shot(page, "desk-dispatch-other-unit")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(form).to_be_hidden()
    expect(page.locator("[data-assignment]")).to_have_count(1)
    [sent] = site.people[OTHER_SENDER].get("/api/board").json()["assignments"]
    from callbox.journal.models import Entry

    assert Entry.objects.get(chain=sent["id"], move="open").facts["reason"] == "crew_skills"


def test_what_changed_since_i_looked_is_marked_until_i_look(site: Live, browser: Browser) -> None:
    mine, other = incident(site), incident(site, "MED.FALL")
    page = board(site, browser, SENDER, path=f"/desk/dispatch?incident={mine['id']}")
    row = row_of(page, other)
    do(site, f"incidents/{other['id']}/remark", {"text": "made-up: third floor"})
    caught_up(page)
    assert "is-changed" in str(row.get_attribute("class"))
    page.reload()
    caught_up(page)
    assert "is-changed" in str(row.get_attribute("class"))
    row.click()
    expect(row).not_to_have_class("incident is-changed")
    expect(page.locator(".story")).to_contain_text("made-up: third floor")
    page.reload()
    expect(page.locator("#detail-head")).to_contain_text(str(other["number"]))


def test_every_daily_step_has_a_form_and_a_key(site: Live, browser: Browser) -> None:
    made, twin = incident(site), incident(site)
    page = board(site, browser, SENDER, path=f"/desk/dispatch?incident={made['id']}")
    offered(page)

    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.locator("#detail-head")).to_contain_text("Alarm level 2")
    page.keyboard.press("n")
    page.keyboard.type("made-up: gate is open")
    page.keyboard.press("Enter")
    expect(page.locator(".story")).to_contain_text("made-up: gate is open")
    page.keyboard.press("c")
    page.keyboard.type("MED.CHEST")
    page.keyboard.press("Enter")
    expect(page.locator('[data-drawer="classify"] [data-question]').first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#detail-head")).to_contain_text("Chest pain")
    page.keyboard.press("p")
    page.keyboard.press("Control+a")
    page.keyboard.type("1 market st")
    expect(page.locator('[data-drawer="place"] .option').first).to_be_visible()
    shot(page, "desk-dispatch-place")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".detail-place")).to_contain_text("1 Market St")

    caught_up(page)
    expect(page.locator(".offer-name").first).to_have_text(offers(site, made["id"])[0]["callsign"])
    expect(page.locator(".offer-list:not(.is-settling)")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator("[data-assignment]")).to_have_count(1)
    page.keyboard.press("w")
    expect(page.locator('[data-step="arrive"]')).to_be_visible()
    page.keyboard.press("y")
    expect(page.locator('[data-drawer="correct"]')).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    page.keyboard.type(str(twin["number"]))
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("[data-assignment]")).to_have_count(0)
    expect(row_of(page, twin)).not_to_contain_text("Nobody sent")

    page.keyboard.press("m")
    page.keyboard.type(str(twin["number"]))
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(row_of(page, made)).to_have_count(0)


def test_a_unit_goes_out_of_service_and_comes_back(site: Live, browser: Browser) -> None:
    page = board(site, browser, SENDER)
    page.keyboard.press("l")
    page.keyboard.press("ArrowRight")
    unit = page.locator("#units [aria-selected='true']")
    expect(unit).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator('[data-drawer="unit"]')).to_be_visible()
    page.keyboard.press("Enter")
    expect(unit).to_have_class("plate plate--unavailable")
    page.keyboard.press("g")
    page.keyboard.press("Enter")
    expect(unit).to_have_class("plate plate--available")
