# SPDX-License-Identifier: Apache-2.0
"""Shared by the tests of the web room: a small site of our own, and pages of a real Chromium on it."""

import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from unittest.mock import patch
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.test import override_settings
from django.test.client import Client
from playwright.sync_api import Browser, BrowserContext, Page
from tests.browser import DESKTOP, launch_chromium

from callbox.kernel.calendars import shipped_calendar
from callbox.web.tests.fakes import DOOR, TILES, write_small_map
from callbox.web.tests.watch import Watched

URLS = "callbox.web.tests.urls"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        pass


@pytest.fixture(scope="package", autouse=True)
def city_zone() -> Iterator[None]:
    """These tests have no database that could say in which time zone the city is."""
    with patch("callbox.web.zone.calendar_in_force", lambda: shipped_calendar("cn")):
        yield


@pytest.fixture
def client() -> Iterator[Client]:
    with override_settings(ROOT_URLCONF=URLS):
        yield Client(raise_request_exception=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    TILES.path = tmp_path_factory.mktemp("map") / "small.pmtiles"
    write_small_map(TILES.path)
    with override_settings(ROOT_URLCONF=URLS):
        server = make_server("127.0.0.1", 0, get_wsgi_application(), _Server, _Quiet)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="package")  # while it is open, no other test of this process may run an event loop
def chromium() -> Iterator[Browser]:
    with launch_chromium() as browser:
        yield browser


@pytest.fixture
def context(chromium: Browser, site: str) -> Iterator[BrowserContext]:
    DOOR.reset()
    context = chromium.new_context(viewport=DESKTOP, locale="en-GB", base_url=site)  # type: ignore[arg-type]  # a plain dict will do
    yield context
    DOOR.drop()
    context.close()


@pytest.fixture
def watched(context: BrowserContext, site: str) -> Iterator[Watched]:
    watched = Watched(context.new_page(), site)
    yield watched
    assert watched.faults == []


@pytest.fixture
def page(watched: Watched) -> Page:
    return watched.page
