# SPDX-License-Identifier: Apache-2.0
"""The answering desk beside the critical path, the supervisor's page, phones, and who may open what."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect

from callbox.journal.models import Entry
from callbox.matters.actions import fire_due_clocks
from tests.browser import shot
from tests.browser_desks.steps import ask, board, caught_up, contact, do, incident, offers, row_of, until
from tests.live import CHIEF, PHONE, SENDER, TAKER, Live
from tests.world import CLOCKS

pytestmark = pytest.mark.browser


def held_back(page: Page, path: str) -> list[Route]:
    """Requests to a path wait until the test lets them go."""
    held: list[Route] = []
    page.route(path, lambda route: held.append(route))
    return held


def let_go(page: Page, held: list[Route]) -> None:
    for _ in range(100):
        if held:
            return held.pop().continue_()
        page.wait_for_timeout(100)
    raise AssertionError("nothing was asked for")


def moves(call: str) -> list[str]:
    return list(Entry.objects.filter(chain=call).order_by("number").values_list("move", flat=True))


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
    held = held_back(page, "**/try-back")
    page.keyboard.press("q")
    expect(page.locator("#lost-number")).to_contain_text("000 0002")
    shot(page, "desk-answer-lost")
    for key in "224":  # faster than the server answers: the same again is nothing, another waits its turn
        page.keyboard.press(key)
    let_go(page, held)
    expect(page.locator("#queue [data-row]")).to_have_count(0)
    assert moves(call)[-2:] == ["try_back", "wrap_up"]
    assert moves(call).count("try_back") == 1


def test_a_step_that_waits_is_dropped_when_another_call_is_chosen(site: Live, browser: Browser) -> None:
    for number in ("000 0003", "000 0004"):
        contact(site, "made-up: help", number=number)
    page = site.open(browser, TAKER, "/desk/answer")
    expect(page.locator("#queue [data-row]")).to_have_count(2)
    first, second = (each["id"] for each in ask(site, "queue")["calls"])
    for call in (first, second):
        do(site, f"calls/{call}/lose", name=TAKER)
    caught_up(page)
    held = held_back(page, "**/try-back")
    row_of(page, {"id": first}).click()
    expect(page.locator("#lost-number")).to_contain_text("000 0003")
    page.keyboard.press("2")
    page.keyboard.press("4")
    row_of(page, {"id": second}).click()
    expect(page.locator("#lost-number")).to_contain_text("000 0004")
    let_go(page, held)
    page.keyboard.press("4")
    expect(row_of(page, {"id": second})).to_have_count(0)
    assert moves(first)[-1] == "try_back"
    assert moves(second)[-1] == "wrap_up"


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
