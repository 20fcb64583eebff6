# SPDX-License-Identifier: Apache-2.0
"""`callbox upgrade`: a backup first, expand while older processes run, contract when none does, go on after a stop."""

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from callbox.commands import _upgrade
from callbox.host.cluster import Cluster
from callbox.host.manifest import check_files
from callbox.host.provision import Urls, provision
from callbox.host.releases import session_name
from callbox.host.upgrades import Upgrade, note_upgrade, noted_upgrade
from callbox.kernel.errors import Unavailable


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installation with a running server; migrations are told, not applied."""
    place = Path(tempfile.mkdtemp(prefix="callbox-upgrade-"))
    place.chmod(0o711)
    cluster = Cluster(place / "home")
    cluster.start({"shared_buffers": "16MB"})
    urls = provision(cluster)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("CALLBOX_HOME", str(cluster.layout.home))
    monkeypatch.setattr(_upgrade, "known_database", lambda: known(urls))
    yield cluster.layout.home
    cluster.kill()
    shutil.rmtree(cluster.layout.sockets, ignore_errors=True)
    shutil.rmtree(place, ignore_errors=True)


@contextmanager
def known(urls: Urls) -> Iterator[Urls]:
    yield urls


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    done: list[str] = []
    monkeypatch.setattr(_upgrade, "apply_migrations", lambda _urls, step: done.append(step))
    monkeypatch.setattr(_upgrade, "is_expanded", lambda _dsn: "expand" in done)
    return done


def asked(**said: object) -> argparse.Namespace:
    usual = {"backup": None, "no_backup": False, "restart": None, "contract": False}
    return argparse.Namespace(**usual | said)


def step_of(home: Path) -> str:
    noted = noted_upgrade(home)
    return noted.step if noted else "none"


def app_session(home: Path, name: str) -> psycopg.Connection:
    return psycopg.connect(Cluster(home).dsn("callbox_app", "callbox"), application_name=name)


def test_backup_then_expand_then_contract_once_no_older_process_is_left(
    home: Path, steps: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with app_session(home, "callbox 0.0.9 abcdef"), app_session(home, session_name()):
        assert _upgrade.run(asked(backup=home.parent / "before")) == 0
        assert check_files(home.parent / "before").database == "base"
        assert (steps, step_of(home)) == (["expand"], "expanded")
        with pytest.raises(Unavailable, match=r"another release.*callbox 0\.0\.9"):
            _upgrade.run(asked(contract=True))
        assert (steps, step_of(home)) == (["expand"], "expanded")
    with app_session(home, session_name()):
        assert _upgrade.run(asked(contract=True)) == 0
    assert (steps, step_of(home)) == (["expand", "contract"], "done")
    assert "Restart the processes" in capsys.readouterr().out


def test_with_a_command_for_the_restart_it_goes_to_the_end(home: Path, steps: list[str]) -> None:
    older = app_session(home, "")
    mark = home / "restarted"
    with pytest.raises(Unavailable, match="an older Callbox"):
        _upgrade.run(asked(no_backup=True, restart=f"touch {mark}"))
    assert mark.exists()
    older.close()
    assert _upgrade.run(asked(contract=True)) == 0
    assert steps == ["expand", "contract"]


def test_one_that_was_interrupted_is_gone_on_with(
    home: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(_upgrade, "apply_migrations", fail)
        with pytest.raises(SystemExit):
            _upgrade.run(asked(backup=home.parent / "before"))
    assert step_of(home) == "expanding"
    with pytest.raises(Unavailable, match="callbox upgrade comes first"):
        _upgrade.run(asked(contract=True))
    assert _upgrade.run(asked(backup=home.parent / "another")) == 0
    assert not (home.parent / "another").exists(), (
        "the backup from before the first try is the one that counts"
    )
    assert step_of(home) == "expanded"
    assert _upgrade.run(asked()) == 0
    assert steps == ["expand"]


def fail(_urls: Urls, _step: str) -> None:
    raise SystemExit("the tables could not be brought up to date")


@pytest.mark.parametrize("contract", [False, True])
def test_half_an_upgrade_to_another_release_is_refused(home: Path, steps: list[str], contract: bool) -> None:
    note_upgrade(home, Upgrade("callbox 0.2.0 12345678", "expanding", "/backups/1"))
    with pytest.raises(Unavailable, match=r"0\.2\.0.*stopped at “expanding”.*restore /backups/1"):
        _upgrade.run(asked(contract=contract, backup=home.parent / "before"))
    assert steps == []
    assert not (home.parent / "before").exists()


def test_a_damaged_note_is_refused(home: Path, steps: list[str]) -> None:
    (home / "upgrade.json").write_text("{")
    with pytest.raises(Unavailable, match="damaged"):
        _upgrade.run(asked(backup=home.parent / "before"))
    assert steps == []


def test_too_little_room_is_refused_before_the_tables_are_touched(
    home: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(home)._replace(free=1 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(Unavailable, match="make room"):
        _upgrade.run(asked(no_backup=True))
    assert steps == []
    assert os.environ["CALLBOX_HOME"] == str(home)
