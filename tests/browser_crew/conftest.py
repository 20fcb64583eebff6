# SPDX-License-Identifier: Apache-2.0
"""A whole Callbox for the phone's tests: web, door and worker as processes, a city, and people with sessions."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from conftest import empty_database
from django.conf import settings
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, expect

from callbox.host.config import load
from tests.browser import launch_chromium
from tests.city import link_sf
from tests.live import live_site
from tests.signed_in import signed_in

expect.set_options(timeout=30_000)  # a patience for busy machines, not a promise
TOUCH = {"width": 390, "height": 844}
SMALL = {"width": 320, "height": 568}


@pytest.fixture(scope="package")  # two sites at once would share a database and a spool
def live_crew_site(django_db_setup: None) -> Iterator[str]:
    """The address of the door of a running installation on the tests' own database."""
    link_sf(load().home)
    with live_site("sf") as live:
        yield live.address


@pytest.fixture(scope="module")  # while it is open, no other test of this process may run an event loop
def crew_browser() -> Iterator[Browser]:
    with launch_chromium() as browser:
        yield browser


class Phones:
    """Browser contexts of the size of a phone, each signed in as somebody or as nobody."""

    def __init__(self, browser: Browser, site: str) -> None:
        self.browser, self.site = browser, site
        self.opened: list[BrowserContext] = []

    def open(self, person: Any = None, **more: Any) -> BrowserContext:
        options: dict[str, Any] = {
            "viewport": TOUCH,
            "locale": "en-GB",
            "base_url": self.site,
            "has_touch": True,
        } | more
        context = self.browser.new_context(**options)
        context.set_default_timeout(30_000)
        self.opened.append(context)
        if person is not None:
            value = signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.site}
            context.add_cookies([cookie])  # type: ignore[list-item]  # a plain dict will do
        return context


@pytest.fixture
def phones(live_crew_site: str, crew_browser: Browser, django_db_blocker: Any) -> Iterator[Phones]:
    opened = Phones(crew_browser, live_crew_site)
    with django_db_blocker.unblock():
        try:
            yield opened
        finally:
            for context in opened.opened:
                context.close()
            connections.close_all()
            _empty()


def _empty(tries: int = 10) -> None:
    """The worker and the door still run: PostgreSQL may end our emptying as one of two that wait for each other."""
    for left in reversed(range(tries)):
        try:
            empty_database()
        except psycopg.errors.DeadlockDetected:
            if not left:
                raise
        else:
            return
