# SPDX-License-Identifier: Apache-2.0
"""Shared set-up of the tests: the throw-away server that `./callbox test` started and migrated."""

import os
from collections.abc import Iterator

import hypothesis
import psycopg
import pytest

# A busy machine is no fault of the code under test: no test here is timed.
hypothesis.settings.register_profile(
    "callbox", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("callbox")

# Playwright runs an event loop in the tests' own thread; Django would refuse the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

EMPTY = """
SELECT string_agg(format('%I', relname), ', ') FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT LIKE 'django_migrations'
AND relname NOT IN ('django_content_type', 'auth_permission')
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also run the tests marked slow")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--slow"):
        return
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="slow: runs with --slow"))


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """The database is there already, migrated by its owner; the tests work with the application's role.

    They see every row, as a part of Callbox does; a request through the client sees what its person may.
    """
    from callbox.access.seeing import work_as_system

    work_as_system()
    if "CALLBOX_OWNER_URL" not in os.environ:
        pytest.exit("start the tests with ./callbox test: it brings the database up", returncode=2)


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Tests that really commit: everything is emptied afterwards, by the owner with the triggers off."""
    from django.db import connections

    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django's blocker has no public type
        try:
            yield
        finally:
            connections.close_all()
            empty_database()


def empty_database() -> None:
    """Take every row out, append-only tables included. Only the owner of a throw-away server can."""
    with psycopg.connect(os.environ["CALLBOX_OWNER_URL"], autocommit=True) as link:
        tables = link.execute(EMPTY).fetchone()
        assert tables is not None
        guarded = link.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only'"
        ).fetchall()
        # A worker of a live site reads several tables meanwhile. Whoever waits in a circle with it lets go before
        # the server looks for circles, after a second, and logs a fault that is none.
        link.execute("SET lock_timeout = '200ms'")
        for last in (*([False] * 100), True):
            try:
                _truncate(link, tables[0], [table for (table,) in guarded])
                return
            except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
                if last:
                    raise


def _truncate(link: psycopg.Connection, tables: str, guarded: list[str]) -> None:
    with link.transaction():
        for table in guarded:
            link.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
        link.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
        for table in guarded:
            link.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")


@pytest.fixture
def sf_city(monkeypatch: pytest.MonkeyPatch) -> None:
    """San Francisco is the city in force: real roads, areas, addresses, tiles. Imported once, then kept."""
    from tests.city import link_sf

    from callbox.host.config import load

    link_sf(load().home)
    monkeypatch.setenv("CALLBOX_CITY", "sf")


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same argon2, whose hashes the real processes check too, at a hundredth of its cost."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    for name, cost in {"time_cost": 1, "memory_cost": 16, "parallelism": 1}.items():
        monkeypatch.setattr(Argon2PasswordHasher, name, cost)


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """The language of a page that a test has asked for ends with the test: the next one begins in the usual one."""
    from django.utils import translation

    yield
    translation.deactivate()
