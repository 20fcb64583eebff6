# SPDX-License-Identifier: Apache-2.0
"""Tables of another release, or half made: nobody works on them, contacts are still accepted."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from callbox.commands._setup import migrate
from callbox.door.tests.process import DoorProcess
from callbox.host.cluster import Cluster
from callbox.host.embedded import temporary_cluster
from callbox.host.errors import ConfigError
from callbox.host.provision import Urls, provision
from callbox.host.schema import check_tables, known_migrations, problem_with

LAST_OF_DOOR = max(name for room, name in known_migrations() if room == "door")
FROM_TOMORROW = (
    "INSERT INTO django_migrations (app, name, applied) VALUES ('door', '9999_contract_tomorrow', now())"
)
NOT_APPLIED = f"DELETE FROM django_migrations WHERE app = 'door' AND name = '{LAST_OF_DOOR}'"


@pytest.fixture(scope="module")
def own_cluster() -> Iterator[Cluster]:
    with temporary_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def migrated(own_cluster: Cluster) -> Urls:
    urls = provision(own_cluster)
    migrate(urls)
    return urls


def do(urls: Urls, text: str) -> None:
    with psycopg.connect(urls.owner) as link:
        link.execute(text.encode())


@pytest.fixture(params=[FROM_TOMORROW, NOT_APPLIED], ids=["newer", "older"])
def foreign(migrated: Urls, request: pytest.FixtureRequest) -> Iterator[tuple[Urls, str]]:
    do(migrated, request.param)
    yield migrated, "The tables are newer" if request.param == FROM_TOMORROW else "The tables are older"
    do(migrated, "DELETE FROM django_migrations WHERE app = 'door'")
    for room, name in sorted(known_migrations()):
        if room == "door":
            do(
                migrated,
                f"INSERT INTO django_migrations (app, name, applied) VALUES ('door', '{name}', now())",
            )


def test_tables_of_this_release_are_no_problem(migrated: Urls) -> None:
    check_tables(migrated.app)
    assert problem_with(known_migrations()) is None
    assert problem_with({*known_migrations(), ("door", "9999_more")}) is None, "an upgrade goes on beside us"


def test_a_database_that_is_away_is_no_reason_not_to_start() -> None:
    check_tables("postgresql://nobody@127.0.0.1:1/callbox")


def test_the_words_say_what_to_do(foreign: tuple[Urls, str]) -> None:
    urls, words = foreign
    with pytest.raises(ConfigError, match=f"{words} than this release .*[Ss]tart"):
        check_tables(urls.app)


def test_the_worker_and_the_pages_refuse(foreign: tuple[Urls, str], tmp_path: Path) -> None:
    urls, words = foreign
    env = os.environ | {"DATABASE_URL": urls.app, "CALLBOX_HOME": str(tmp_path)}
    for module in (["-m", "callbox.worker"], ["-c", "import callbox.wsgi"]):
        done = subprocess.run([sys.executable, *module], env=env, capture_output=True, text=True, timeout=60)
        assert done.returncode != 0
        assert words in done.stderr


def test_the_door_accepts_into_its_spool_and_drains_once_the_tables_are_right(
    foreign: tuple[Urls, str], tmp_path: Path
) -> None:
    urls, _words = foreign
    door = DoorProcess(urls.app, tmp_path)
    door.start()
    try:
        sent = [door.post(b"made up", f"{tmp_path.name} {number}") for number in range(3)]
        assert {(each.status, each.said["accepted"]) for each in sent} == {(201, "spool")}
        assert "database-down" in door.health()["alarms"]
        assert door.ask("GET", "/door/stream?ticket=x").status == 403
        do(urls, "DELETE FROM django_migrations WHERE name = '9999_contract_tomorrow'")
        do(
            urls,
            "INSERT INTO django_migrations (app, name, applied)"
            f" SELECT 'door', '{LAST_OF_DOOR}', now() WHERE NOT EXISTS"
            f" (SELECT FROM django_migrations WHERE app = 'door' AND name = '{LAST_OF_DOOR}')",
        )
        door.wait_drained()
    finally:
        door.kill()
    with psycopg.connect(urls.owner) as link:
        ids = {str(row[0]) for row in link.execute("SELECT id FROM door_contact").fetchall()}
    assert {each.said["id"] for each in sent} <= ids


def test_a_newer_database_is_not_migrated(migrated: Urls) -> None:
    do(migrated, FROM_TOMORROW)
    try:
        with pytest.raises(ConfigError, match="newer"):
            migrate(migrated)
    finally:
        do(migrated, "DELETE FROM django_migrations WHERE name = '9999_contract_tomorrow'")


def applied(link: psycopg.Connection) -> int:
    if link.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,):
        return 0
    found = link.execute("SELECT count(*) FROM django_migrations").fetchone()
    assert found is not None
    return int(found[0])


@pytest.mark.parametrize("wanted", [1, 8])
def test_a_migration_killed_on_its_way_is_completed_by_the_next_start(
    own_cluster: Cluster, wanted: int
) -> None:
    """Nobody serves what it left. The lock holds it inside of one migration, where it is killed."""
    urls = provision(own_cluster, f"half_made_{wanted}")
    env = os.environ | {"DATABASE_URL": urls.owner, "DJANGO_SETTINGS_MODULE": "callbox.settings"}
    command = [sys.executable, "-m", "django", "migrate", "--skip-checks", "--no-input", "--verbosity", "0"]
    with psycopg.connect(urls.owner, autocommit=True) as link:
        running = subprocess.Popen(command, env=env)
        while applied(link) < wanted:
            assert running.poll() is None
            time.sleep(0.001)
        with link.transaction():
            link.execute("LOCK TABLE django_migrations IN SHARE MODE")
            running.send_signal(signal.SIGKILL)
            running.wait()
    with pytest.raises(ConfigError, match="older"):
        check_tables(urls.owner)
    migrate(urls)
    check_tables(urls.app)


def test_rights_that_an_ended_start_did_not_give_are_given_by_the_next(migrated: Urls) -> None:
    do(migrated, "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM callbox_app")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), psycopg.connect(migrated.app) as link:
        link.execute("SELECT count(*) FROM door_contact")
    migrate(migrated)
    with psycopg.connect(migrated.app) as link:
        link.execute("SELECT count(*) FROM door_contact")
