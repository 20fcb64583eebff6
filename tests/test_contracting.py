# SPDX-License-Identifier: Apache-2.0
"""A made-up next release, whose migrations add and take away: how both go through `callbox upgrade`."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from callbox.commands._migrating import held_up
from callbox.host.cluster import Cluster
from callbox.host.config import CHECKOUT
from callbox.host.errors import WRONG_SETTINGS
from callbox.host.provision import Urls, provision
from callbox.host.releases import session_name
from callbox.host.upgrades import noted_upgrade

ADDS, TAKES = "9001_made_up", "9002_contract_made_up"
MIGRATION = """
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [("worker", "{after}")]
    operations = [migrations.RunSQL("{text}")]
"""
COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_name = 'worker_health'"
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%made_up%'"
PATIENCE_S = 120.0


class Release:
    """A checkout, whose commands are run on the installation of this test."""

    def __init__(self, checkout: Path) -> None:
        self.checkout = checkout

    def start(self, *words: str, **variables: str) -> subprocess.Popen[str]:
        """A module of this release, begun."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "CALLBOX_OWNER_URL")
        }
        return subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=self.checkout,
            env=kept | {"PYTHONPATH": str(self.checkout / "src")} | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str, **variables: str) -> tuple[int, str]:
        """Its exit code and what it said."""
        process = self.start(*words, **variables)
        said, _ = process.communicate(timeout=PATIENCE_S * 3)
        return process.returncode, said


@pytest.fixture
def urls(monkeypatch: pytest.MonkeyPatch) -> Iterator[Urls]:
    """An installation of this release, whose server runs."""
    place = Path(tempfile.mkdtemp(prefix="callbox-contract-"))
    place.chmod(0o711)
    cluster = Cluster(place / "home")
    cluster.start({"shared_buffers": "16MB"}, durable=False)
    monkeypatch.setenv("CALLBOX_HOME", str(cluster.layout.home))
    monkeypatch.setenv("CALLBOX_CITY", "none")
    yield provision(cluster)
    cluster.kill()
    shutil.rmtree(cluster.layout.sockets, ignore_errors=True)
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def newer(tmp_path: Path) -> Release:
    """The next release: one column more in the worker's table, and later one less."""
    for name in ("pyproject.toml", "docs/reference/releases.tsv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / name, tmp_path / name)
    shutil.copytree(
        CHECKOUT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("tests", "static", "__pycache__")
    )
    folder = tmp_path / "src/callbox/worker/migrations"
    last = max(path.stem for path in folder.glob("[0-9]*.py"))
    add = "ALTER TABLE worker_health ADD COLUMN made_up text"
    drop = "ALTER TABLE worker_health DROP COLUMN behind_s /* made_up */"
    (folder / f"{ADDS}.py").write_text(MIGRATION.format(after=last, text=add))
    (folder / f"{TAKES}.py").write_text(MIGRATION.format(after=ADDS, text=drop))
    return Release(tmp_path)


def columns(urls: Urls) -> set[str]:
    with psycopg.connect(urls.owner) as link:
        return {name for (name,) in link.execute(COLUMNS).fetchall()}


@contextmanager
def table_in_use(urls: Urls) -> Iterator[None]:
    """Somebody reads the table, so nobody can change it."""
    with psycopg.connect(urls.owner) as link:
        link.execute("LOCK TABLE worker_health IN ACCESS SHARE MODE")
        yield


def killed_half_way(newer: Release, urls: Urls, *words: str) -> None:
    """The command and all it started are killed while its migration waits for the table."""
    with table_in_use(urls), psycopg.connect(urls.owner, autocommit=True) as link:
        process = newer.start("callbox", "upgrade", *words)
        deadline = time.monotonic() + PATIENCE_S
        while link.execute(WAITS).fetchone() == (0,):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline, "it does not come to the migration"
            time.sleep(0.05)
        for each in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:
            each.send_signal(signal.SIGKILL)
        process.communicate()


def step_of() -> str:
    noted = noted_upgrade(Path(os.environ["CALLBOX_HOME"]))
    return noted.step if noted else "none"


def test_what_is_taken_away_goes_last_and_a_killed_run_is_taken_up_again(urls: Urls, newer: Release) -> None:
    older = Release(CHECKOUT)
    assert older.run("callbox.commands._migrating", "expand", DATABASE_URL=urls.owner)[0] == 0
    before = columns(urls)

    code, said = newer.run("callbox", "upgrade", "--contract")
    assert (code, columns(urls)) == (1, before), said
    assert "callbox upgrade comes first" in said

    with psycopg.connect(urls.app, application_name=session_name()):
        code, said = newer.run("callbox", "upgrade", "--no-backup")
        assert (code, columns(urls), step_of()) == (0, before | {"made_up"}, "expanded"), said
        check = "from callbox.host.schema import check_tables; check_tables('{}')"
        assert subprocess.run([sys.executable, "-c", check.format(urls.app)], check=False).returncode == 0
        code, said = newer.run("callbox", "upgrade", "--contract")
        assert (code, columns(urls)) == (1, before | {"made_up"}), said
        assert f"another release use the database ({session_name()})" in said

    killed_half_way(newer, urls, "--contract")
    assert (columns(urls), step_of()) == (before | {"made_up"}, "contracting")
    code, said = newer.run("callbox", "upgrade", "--contract")
    assert (code, columns(urls), step_of()) == (0, before - {"behind_s"} | {"made_up"}, "done"), said

    for words in (["callbox.worker"], ["callbox", "journal", "verify"]):
        code, said = older.run(*words, DATABASE_URL=urls.app, CALLBOX_OWNER_URL=urls.owner)
        assert code == WRONG_SETTINGS, said
        assert f"newer than this release (worker {TAKES} took away what it needs)" in said
        assert "restore the backup from before the upgrade" in said


def test_what_adds_after_an_earlier_release_took_nothing_away_yet_is_named() -> None:
    pending = {"worker": ["0002_more", "0003_contract_less", "0004_more"], "journal": ["0005_contract_less"]}
    assert held_up(pending) == ["worker 0004_more"]
    assert held_up({"worker": ["0002_more", "0003_contract_less"]}) == []
