# SPDX-License-Identifier: Apache-2.0
"""What the tests of the desks do and look at again and again."""

import json
import time
import urllib.request
from typing import Any
from uuid import uuid4

from django.db import connection
from playwright.sync_api import Page, expect

from tests.axe import check_axe
from tests.browser import shot
from tests.live import OTHER_SENDER, TAKER, Live

LARKIN = {"lon": -122.4174, "lat": 37.7785, "address": "100 Larkin St"}
SHOWN = """() => {
  const parts = ["#incidents", "#units", "#strips", "#detail-head", "#unit-count", "#incident-count"];
  return parts.map((name) => {
    const copy = document.querySelector(name).cloneNode(true);
    for (const gone of copy.querySelectorAll("time, progress, .visually-hidden")) gone.remove();
    for (const each of copy.querySelectorAll("*")) each.classList.remove("is-changed", "is-clashed", "is-soon");
    const rows = [...copy.querySelectorAll("[data-row]")];
    return [name, copy.innerText.replace(/\\s+/g, " "), rows.map((row) => [row.dataset.row, row.className])];
  });
}"""
NEWEST = "SELECT concat(xid, '.', seq) FROM journal_entry ORDER BY journal_entry.xid DESC, seq DESC LIMIT 1"
CAUGHT_UP = """(target) => {
  const at = (text) => (text ?? "0.0").split(".").map(Number);
  const [[xid, seq], [x, s]] = [at(document.documentElement.dataset.position), at(target)];
  const told = xid > x || (xid === x && seq >= s);
  return told && document.documentElement.dataset.settled === "true";
}"""


def contact(live: Live, words: str, channel: str = "web", **more: object) -> None:
    """Somebody contacts us through the door."""
    body = json.dumps({"words": words, "name": "Made-up Person", "number": "000 0001", **more}).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
    request = urllib.request.Request(f"{live.address}/door/contacts/{channel}", body, headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status in (200, 201, 202)


def incident(live: Live, type_code: str = "FIRE.BUILDING", **more: object) -> Any:
    """An incident that a call-taker has opened at another desk."""
    answer = live.people[TAKER].post_json("/api/incidents", {**LARKIN, "type": type_code, **more})
    assert answer.status_code == 200, answer.content
    return answer.json()


def do(live: Live, path: str, body: object | None = None, name: str = OTHER_SENDER) -> Any:
    """One step of somebody at another desk."""
    answer = live.people[name].post_json(f"/api/{path}", body)
    assert answer.status_code == 200, answer.content
    return answer.json()


def ask(live: Live, path: str, name: str = OTHER_SENDER) -> Any:
    """What the API says to somebody at another desk."""
    return live.people[name].get(f"/api/{path}").json()


def offers(live: Live, incident_id: str) -> list[dict[str, Any]]:
    """The units recommended for an incident."""
    found: list[dict[str, Any]] = ask(live, f"incidents/{incident_id}/recommendation")["offers"]
    return found


def until(page: Page, condition: str, arg: object = None) -> None:
    """Wait for a function on the page to say yes. Playwright's own waiting needs `eval`, which our pages forbid."""
    deadline = time.monotonic() + 15
    while not page.evaluate(condition, arg):
        assert time.monotonic() < deadline, condition
        page.wait_for_timeout(50)


def caught_up(page: Page) -> None:
    """Wait until the page shows everything that is in the journal now, also what an older writer still holds back."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST)
        newest = cursor.fetchone()
    until(page, CAUGHT_UP, arg=newest[0] if newest else "0.0")


def board(live: Live, browser: Any, name: str, **more: Any) -> Page:
    """A dispatch board, live and drawn."""
    page = live.open(browser, name, more.pop("path", "/desk/dispatch"), **more)
    expect(page.locator("[data-connection]")).to_have_attribute("data-state", "live")
    caught_up(page)
    return page


def shown(page: Page) -> Any:
    """Everything the board shows but ages: its text and the rows in their order."""
    return page.evaluate(SHOWN)


def row_of(page: Page, thing: Any) -> Any:
    """The row of an incident or unit."""
    return page.locator(f'[data-row="{thing["id"]}"]')


def check(page: Page, name: str, language: str, size: str) -> None:
    """The page is in its language, as wide as the screen, sound by axe; a screenshot is kept."""
    expect(page.locator("html")).to_have_attribute("lang", language)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(page, f"requests-{name}-{size}-{language}", full=True)
    check_axe(page)
