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

from callbox.host.processes import DOOR, LOCAL, WORKER, Household, Process, free_port, web
from tests.signed_in import Signed, person, signed_in
from tests.world import SETUP

TAKER, SENDER, OTHER_SENDER, CHIEF = "taker", "sender", "other-sender", "chief"
PEOPLE = {TAKER: "call_taker", SENDER: "dispatcher", OTHER_SENDER: "dispatcher", CHIEF: "supervisor"}
DESKTOP, PHONE = {"width": 1600, "height": 1000}, {"width": 390, "height": 844}


@dataclass
class Live:
    """A running installation. `people`: a signed-in client by name, for steps behind a screen's back."""

    address: str
    household: Household
    people: dict[str, Signed] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    opened: list[BrowserContext] = field(default_factory=list)

    def process(self, name: str) -> Process:
        """One of web, door, worker."""
        return next(each for each in self.household.processes if each.part.name == name)

    def open(
        self,
        browser: Browser,
        name: str,
        path: str,
        *,
        language: str = "en",
        size: dict[str, int] = DESKTOP,
        zone: str | None = None,
    ) -> Page:
        """A page of that person in that language, in a browser of that time zone, else of this machine's.

        What its scripts let fall is kept in `faults`.
        """
        context = browser.new_context(viewport=size, timezone_id=zone)  # type: ignore[arg-type]  # Playwright's own typed dict
        context.set_default_timeout(15_000)
        context.add_cookies(self._cookies(name, language))  # type: ignore[arg-type]  # the same
        self.opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.goto(self.address + path)
        return page

    def _cookies(self, name: str, language: str) -> list[dict[str, Any]]:
        session = self.people[name].cookies[settings.SESSION_COOKIE_NAME].value
        values = {settings.SESSION_COOKIE_NAME: session, settings.LANGUAGE_COOKIE_NAME: language}
        return [{"name": key, "value": value, "url": self.address} for key, value in values.items()]

    def fill(self, city: str = "sf") -> None:
        """The demo's fleet on duty in that city, one person of each role; nobody is simulated."""
        from callbox.demo.actions import set_up
        from callbox.demo.domain import towns
        from callbox.geo.queries import current_city

        set_up(current_city(), towns()[city], by=SETUP, at=timezone.now())
        for name, role in PEOPLE.items():
            self.people[name] = signed_in(person(name, role))

    def stand_up(self) -> None:
        """Start again what a test before has killed."""
        for each in self.household.processes:
            each.look()
        assert self.household.wait_ready(LOCAL, int(self.address.rsplit(":", 1)[1]))

    def leave(self) -> None:
        """Close every page."""
        for context in self.opened:
            context.close()
        self.opened.clear()


@contextmanager
def live_site(city: str = "sf", **variables: str) -> Iterator[Live]:
    """The three processes on the test's database, with these variables more."""
    port = free_port(0)
    web_port = free_port(0, but=port)
    more = {"CALLBOX_CITY": city, "CALLBOX_DOOR_PORT": str(port), "CALLBOX_WEB_PORT": str(web_port)}
    more |= variables
    household = Household((WORKER, web(web_port, threads=4), DOOR), os.environ | more)
    household.start()
    try:
        assert household.wait_ready(LOCAL, port)
        yield Live(f"http://{LOCAL}:{port}", household)
    finally:
        household.stop()
