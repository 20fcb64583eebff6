# SPDX-License-Identifier: Apache-2.0
"""The answering desk beside the critical path, the supervisor's page, phones, and who may open what."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from callbox.matters.actions import fire_due_clocks
from tests.browser import shot
from tests.browser_desks.steps import ask, board, contact, do, incident, offers, until
from tests.live import CHIEF, PHONE, SENDER, TAKER, Live
from tests.world import CLOCKS

pytestmark = pytest.mark.browser
TRIED_BACK = """async (id) => {
  const answer = await fetch(`/api/calls/${id}`);
  const { history } = await answer.json();
  return history.some(({ move }) => move === "try_back");
}"""


def test_a_call_joins_an_incident_by_one_key(site: Live, browser: Browser) -> None:
    known = incident(site)
    page = site.open(browser, TAKER, "/desk/answer")
    expect(page.locator("[data-connection]")).to_have_attribute("data-state", "live")
    page.keyboard.press("n")
    expect(page.locator("#id_words")).to_be_focused()
    page.keyboard.type("made-up: it burns here")
    page.locator("#id_place").fill("100 larkin")
    page.locator("#id_place_list .option").first.click()
    expect(page.locator("[data-join]")).to_contain_text(str(known["number"]))
    shot(page, "desk-answer-similar")
    page.keyboard.press("Alt+1")
    expect(page.locator("#call-about")).to_contain_text(str(known["number"]))
    assert ask(site, f"incidents/{known['id']}/row")["call_count"] == 1
    page.keyboard.press("Control+Enter")
    expect(page.locator("#no-call")).to_be_visible()


def test_a_lost_call_is_rung_back(site: Live, browser: Browser) -> None:
    contact(site, "made-up: help", number="000 0002")
    page = site.open(browser, TAKER, "/desk/answer")
    expect(page.locator("#queue [data-row]")).to_have_count(1)
    call = ask(site, "queue")["calls"][0]["id"]
    do(site, f"calls/{call}/lose", name=TAKER)
    expect(page.locator(".queue-title", has_text="Lost")).to_be_visible()
    page.keyboard.press("q")
    expect(page.locator("#lost-number")).to_contain_text("000 0002")
    shot(page, "desk-answer-lost")
    page.keyboard.press("2")
    until(page, TRIED_BACK, arg=call)
    page.keyboard.press("4")
    expect(page.locator("#queue [data-row]")).to_have_count(0)


def test_the_supervisor_sees_what_is_late_and_why_and_reopens(site: Live, browser: Browser) -> None:
    made = incident(site)
    unit = offers(site, made["id"])[0]
    sent = do(site, "assignments", {"incident": made["id"], "unit": unit["unit"]})
    fire_due_clocks(by=CLOCKS, at=timezone.now() + timedelta(minutes=3))
    page = site.open(browser, CHIEF, f"/desk/supervisor?incident={made['id']}")
    late = page.locator("#late [data-row]").first
    expect(late).to_contain_text(f"{unit['callsign']}: incident {made['number']} not acknowledged")
    expect(page.locator("#counts")).to_contain_text("Dispatched")
    expect(page.locator("#story")).to_contain_text(unit["callsign"])
    shot(page, "desk-supervisor")
    do(site, f"assignments/{sent['id']}/recall", {"reason": "no_answer"})
    do(site, f"incidents/{made['id']}/close", {"disposition": "false_alarm"})
    page.keyboard.press("c")
    expect(page.locator("#incidents [data-row]")).to_have_count(1)
    expect(page.locator("#reopen")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    expect(page.locator("#story")).to_contain_text("Reopened")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    ("name", "path"),
    [(TAKER, "/desk/answer"), (SENDER, "/desk/dispatch"), (CHIEF, "/desk/supervisor")],
)
def test_desks_fit_a_phone_too(site: Live, browser: Browser, name: str, path: str, language: str) -> None:
    made = incident(site)
    do(site, "assignments", {"incident": made["id"], "unit": offers(site, made["id"])[0]["unit"]})
    contact(site, "made-up: smoke")
    page = site.open(browser, name, path, size=PHONE, language=language)
    expect(page.locator("[data-connection]")).to_have_attribute("data-state", "live")
    until(page, "() => document.documentElement.dataset.settled === 'true'")
    shot(page, f"{path[1:].replace('/', '-')}-phone-{language}", full=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_call_taker_opens_no_board_and_a_stranger_signs_in(site: Live) -> None:
    from tests.signed_in import signed_in

    assert site.people[TAKER].get("/desk/dispatch").status_code == 403
    assert site.people[SENDER].get("/desk/supervisor").status_code == 200
    stranger = signed_in(None).get("/desk/answer?call=1")
    assert (stranger.status_code, stranger["Location"]) == (302, "/sign-in?next=%2Fdesk%2Fanswer%3Fcall%3D1")


def test_a_board_is_drawn_at_night_in_chinese(site: Live, browser: Browser) -> None:
    for code in ("FIRE.BUILDING", "MED.CHEST", "TRA.INJURY"):
        made = incident(site, code)
        for each in offers(site, made["id"])[:2]:
            do(site, "assignments", {"incident": made["id"], "unit": each["unit"]})
    fire_due_clocks(by=CLOCKS, at=timezone.now() + timedelta(minutes=3))
    page = board(site, browser, SENDER, language="zh-hans")
    expect(page.locator(".strip--late").first).to_be_visible()
    expect(page.locator(".offer, .offers .notice").first).to_be_visible()
    shot(page, "desk-dispatch-night-zh")
