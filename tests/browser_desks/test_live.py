# SPDX-License-Identifier: Apache-2.0
"""Old board + entries = new board; a board that lost its stream says so and catches up without a reload."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from callbox.dispatch.units import report_position
from callbox.matters.actions import fire_due_clocks
from tests.browser import shot
from tests.browser_desks.steps import (
    LARKIN,
    ask,
    board,
    caught_up,
    contact,
    do,
    incident,
    offers,
    row_of,
    shown,
    until,
)
from tests.live import OTHER_SENDER, SENDER, TAKER, Live
from tests.world import CLOCKS, crew_of

pytestmark = pytest.mark.browser
OUT_OF_ORDER = """async ([before, after]) => {
  const { apply, fromSnapshot, put } = await import("/static/dispatch/board_state.js");
  const fresh = fromSnapshot(after);
  let late = fresh;
  for (const row of before.incidents) late = put(late, "incident", row);
  for (const row of before.units) late = put(late, "unit", row);
  const [held] = after.assignments.filter((each) => each.active);
  const over = {
    kind: "assignment", matter: held.id, number: 99, move: "clear", becomes: "clear",
    at: "2026-11-22T00:00:00Z", facts: { unit: held.unit },
  };
  const gone = apply(apply(fresh, over).state, over).state;
  const back = put(gone, "assignment", held);
  return {
    same: JSON.stringify(late) === JSON.stringify(fresh),
    back: held.id in back.assignments,
    free: back.units[held.unit].assignment,
  };
}"""


def busy_hour(site: Live) -> None:
    """Every kind of change that a board shows, as others make it."""
    fire, chest, crash, fall = (
        incident(site, code) for code in ("FIRE.BUILDING", "MED.CHEST", "TRA.INJURY", "MED.FALL")
    )
    unclear = do(site, "incidents", LARKIN)
    units = [each["unit"] for each in offers(site, fire["id"])]
    sent = [do(site, "assignments", {"incident": fire["id"], "unit": unit}) for unit in units]
    first, second, third = (each["id"] for each in sent[:3])
    do(site, f"assignments/{first}/acknowledge", {"radio": True})
    do(site, f"assignments/{first}/go", {"radio": True})
    do(site, f"assignments/{first}/arrive", {"radio": True})
    do(site, f"assignments/{second}/go", {"radio": True})
    correct = {"milestone": "en_route_at", "now": timezone.now().isoformat(), "reason": "told_late"}
    do(site, f"assignments/{second}/correct", correct)
    do(site, f"assignments/{third}/recall", {"reason": "not_needed"})
    do(site, f"assignments/{second}/divert", {"to": chest["id"]})
    stacked = {"incident": crash["id"], "unit": units[0], "stack": True}
    do(site, "assignments", stacked)
    do(site, f"incidents/{unclear['id']}/classify", {"type": "MED.FALL"})
    do(site, f"incidents/{chest['id']}/classify", {"type": "MED.CHEST", "priority": 2, "reason": "calmer"})
    do(site, f"incidents/{fire['id']}/raise-alarm", {"level": 2})
    do(site, f"incidents/{fire['id']}/remark", {"text": "made-up: gate is open"})
    do(site, f"incidents/{fire['id']}/safety-alarm", {"unit": units[0]})
    do(site, f"incidents/{crash['id']}/relocate", {**LARKIN, "address": "made-up corner"})
    do(site, f"incidents/{fall['id']}/merge", {"into": crash["id"]})
    do(site, f"incidents/{unclear['id']}/close", {"disposition": "false_alarm"})
    do(site, f"incidents/{unclear['id']}/reopen", {"reason": "called_again"})
    free = next(unit for unit in ask(site, "board")["units"] if unit["id"] not in units)
    do(site, f"units/{free['id']}/availability", {"move": "set_unavailable", "reason": "vehicle_fault"})
    do(site, f"units/{units[-1]}/availability", {"move": "set_conditional", "reason": "refuelling"})
    do(site, f"assignments/{first}/clear", {"radio": True})
    fire_due_clocks(by=CLOCKS, at=timezone.now() + timedelta(minutes=3))


def test_an_old_board_and_its_entries_are_the_new_board(site: Live, browser: Browser) -> None:
    old = board(site, browser, SENDER)
    busy_hour(site)
    caught_up(old)
    until(old, "() => !document.querySelector('#strips').innerText.includes('One moment')")
    new = board(site, browser, OTHER_SENDER, path=old.url.removeprefix(site.address))
    until(new, "() => !document.querySelector('#strips').innerText.includes('One moment')")
    shot(old, "desk-dispatch-busy")
    assert shown(old) == shown(new)
    expect(old.locator("#incidents [data-row]")).to_have_count(4)


def test_entries_in_any_order_and_twice_never_bring_back_what_is_over(site: Live, browser: Browser) -> None:
    page = board(site, browser, SENDER)
    before = ask(site, "board")
    busy_hour(site)
    after = ask(site, "board")
    told = page.evaluate(
        OUT_OF_ORDER,
        [before, after],
    )
    assert told == {"same": True, "back": False, "free": None}


def kill_door(site: Live) -> None:
    import os
    import signal

    pid = site.process("door").pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def start_door(site: Live, page: Page) -> None:
    """The household notices that it died, and starts it again."""
    door = site.process("door")
    died = door.pid
    while door.pid in (died, None):
        door.look()
        page.wait_for_timeout(50)
    site.stand_up()


def test_a_board_without_a_stream_says_so_and_catches_up_without_a_reload(
    site: Live, browser: Browser
) -> None:
    page = board(site, browser, SENDER)
    page.evaluate("window.stillTheSamePage = true")
    kill_door(site)
    banner = page.locator("[data-stale]")
    expect(banner).to_be_visible(timeout=30_000)
    expect(page.locator("[data-connection]")).to_have_attribute("data-state", "lost")
    shot(page, "desk-dispatch-stale")
    made = incident(site)
    start_door(site, page)
    expect(banner).to_be_hidden(timeout=30_000)
    expect(row_of(page, made)).to_be_visible()
    assert page.evaluate("window.stillTheSamePage")


def test_units_move_on_the_board_as_they_report(site: Live, browser: Browser) -> None:
    from callbox.dispatch.models import Unit

    page = board(site, browser, SENDER)
    unit = Unit.objects.select_related("matter").get(callsign="E01")
    row_of(page, {"id": unit.pk}).click()
    expect(page.locator("#unit-foot")).to_contain_text("no position")
    report_position(unit, -122.41, 37.78, by=crew_of(unit.pk), at=timezone.now())
    expect(page.locator("#unit-foot")).to_contain_text("seen")


def test_the_queue_follows_what_others_take(site: Live, browser: Browser) -> None:
    page = site.open(browser, TAKER, "/desk/answer")
    expect(page.locator("[data-connection]")).to_have_attribute("data-state", "live")
    for number in range(3):
        contact(site, f"made-up {number}")
    rows = page.locator("#queue [data-row]")
    expect(rows).to_have_count(3)
    taken = ask(site, "queue")["calls"][0]["id"]
    do(site, f"calls/{taken}/claim")
    expect(rows).to_have_count(2)
    do(site, f"calls/{taken}/release", {"reason": "put_back"})
    expect(rows).to_have_count(3)
    do(site, f"calls/{taken}/lose", name=TAKER)
    expect(page.locator(".queue-title", has_text="Lost")).to_be_visible()
    do(site, f"calls/{taken}/wrap-up", {"outcome": "not_reached"})
    expect(rows).to_have_count(2)
