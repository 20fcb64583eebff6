# SPDX-License-Identifier: Apache-2.0
"""Callbox as it runs: web, door and worker on free ports, a real city, people of each role, and a browser."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page

from callbox.host.processes import DOOR, WORKER, Household, Process, free_port, web
from tests.signed_in import Signed, person, signed_in
from tests.world import SETUP

TAKER, SENDER, OTHER_SENDER, CHIEF = "taker", "sender", "other-sender", "chief"
PEOPLE = {TAKER: "call_taker", SENDER: "dispatcher", OTHER_SENDER: "dispatcher", CHIEF: "supervisor"}


@dataclass
class Live:
    """A running installation. `people`: a signed-in client by name, for steps behind a screen's back."""

    address: str
    household: Household
    people: dict[str, Signed] = field(default_factory=dict)

    def process(self, name: str) -> Process:
        """One of web, door, worker."""
        return next(each for each in self.household.processes if each.part.name == name)

    def cookies(self, name: str, language: str) -> list[dict[str, Any]]:
        """What makes a browser be that person, in that language."""
        session = self.people[name].cookies[settings.SESSION_COOKIE_NAME].value
        return [
            {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.address},
            {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": self.address},
        ]

    def open(
        self, browser: Browser, name: str, path: str, *, language: str = "en", **options: Any
    ) -> tuple[BrowserContext, Page]:
        """A page of that person; console errors are kept in `page.faults`."""
        context = browser.new_context(**({"viewport": {"width": 1600, "height": 1000}} | options))
        context.add_cookies(self.cookies(name, language))  # type: ignore[arg-type]  # Playwright's own typed dict
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.faults = faults  # type: ignore[attr-defined]  # kept with the page for the test
        page.goto(self.address + path)
        return context, page


@contextmanager
def live_site(city: str = "sf") -> Iterator[Live]:
    """Start the three processes on the test's database; the demo's fleet is on duty, nobody is simulated."""
    port = free_port(0)
    web_port = free_port(0, but=port)
    environment = {
        **os.environ,
        "CALLBOX_CITY": city,
        "CALLBOX_DOOR_PORT": str(port),
        "CALLBOX_WEB_PORT": str(web_port),
        "DJANGO_SETTINGS_MODULE": "callbox.settings",
    }
    household = Household((WORKER, web(web_port, threads=4), DOOR), environment)
    try:
        household.start()
        live = Live(f"http://127.0.0.1:{port}", household)
        _fill(live, city)
        if not household.wait_ready(port):
            raise RuntimeError("the site did not come up")
        yield live
    finally:
        household.stop()


def _fill(live: Live, city: str) -> None:
    from callbox.demo.actions import set_up
    from callbox.demo.domain import towns
    from callbox.geo.queries import current_city

    set_up(current_city(), towns()[city], by=SETUP, at=timezone.now())
    for name, role in PEOPLE.items():
        live.people[name] = signed_in(person(name, role))
