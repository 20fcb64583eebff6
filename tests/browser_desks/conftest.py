# SPDX-License-Identifier: Apache-2.0
"""The desks' site: three processes for all tests, a fresh database and fresh pages for each."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from callbox.host.config import load
from tests.browser import launch_chromium
from tests.city import link_sf
from tests.live import Live, live_site

expect.set_options(timeout=20_000)  # a busy machine is no fault of the page


@pytest.fixture(scope="package")  # two sites at once would share a database and a spool
def processes(django_db_setup: None) -> Iterator[Live]:
    link_sf(load().home)
    with live_site() as live:
        yield live


@pytest.fixture(scope="package")  # while it is open, no other test of this process may run an event loop
def browser() -> Iterator[Browser]:
    with launch_chromium() as found:
        yield found


@pytest.fixture
def site(processes: Live, committed: None, sf_city: None) -> Iterator[Live]:
    """A city with its fleet on duty and people signed in; no page may have let an error fall."""
    processes.stand_up()
    processes.fill()
    processes.faults.clear()
    yield processes
    processes.leave()
    assert processes.faults == []
