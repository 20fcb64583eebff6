# SPDX-License-Identifier: Apache-2.0
"""A backup taken while people write is whole up to its time; a broken one is refused and nothing is changed."""

import dataclasses
import gzip
import hashlib
import json
import shutil
import stat
import tarfile
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from callbox.host.backup import SPOOL, Wishes, back_up
from callbox.host.cluster import SUPERUSER, Cluster
from callbox.host.config import Config, load
from callbox.host.errors import HostError
from callbox.host.lastbackup import last_backup
from callbox.host.restore import check_backup, restore

CANARY = b"canary-of-a-key"


def config_of(home: Path) -> Config:
    return dataclasses.replace(load(), home=home, keys=home / "keys", spool=home / "spool", database_url=None)


def fill(home: Path) -> Cluster:
    """An installation with a table, a secret, a key and a spool."""
    cluster = Cluster(home)
    cluster.start({"shared_buffers": "16MB"})
    with psycopg.connect(cluster.dsn(SUPERUSER, "postgres"), autocommit=True) as link:
        link.execute("CREATE TABLE kept (n bigint PRIMARY KEY)")
        link.execute("INSERT INTO kept VALUES (0)")
    (home / "secret").write_bytes(b"s" * 32)
    (home / "spool").write_bytes(b"words that wait" + bytes(1 << 20))
    (home / "keys").mkdir(mode=0o700)
    (home / "keys" / "2026-11").write_bytes(CANARY)
    return cluster


def numbers(home: Path) -> list[int]:
    cluster = Cluster(home)
    cluster.start({"shared_buffers": "16MB"})
    try:
        with psycopg.connect(cluster.dsn(SUPERUSER, "postgres")) as link:
            return [n for (n,) in link.execute("SELECT n FROM kept ORDER BY n").fetchall()]
    finally:
        cluster.stop()


class Writer(threading.Thread):
    """Commits one number after another and notes when the server had said yes to each."""

    def __init__(self, dsn: str) -> None:
        super().__init__()
        self.said: list[tuple[int, datetime]] = [(0, datetime.now(UTC))]
        self._dsn, self._stop_it, self.first = dsn, threading.Event(), threading.Event()

    def run(self) -> None:
        with psycopg.connect(self._dsn, autocommit=True) as link:
            while not self._stop_it.is_set():
                n = self.said[-1][0] + 1
                link.execute("INSERT INTO kept VALUES (%s)", [n])
                self.said.append((n, datetime.now(UTC)))
                self.first.set()

    def end(self) -> None:
        self._stop_it.set()
        self.join()


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    import tempfile

    path = Path(tempfile.mkdtemp(prefix="callbox-backup-"))
    path.chmod(0o711)
    yield path
    for home in path.iterdir():
        if (home / "postgresql").exists():
            Cluster(home).kill()
            shutil.rmtree(Cluster(home).layout.sockets, ignore_errors=True)
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def written(place: Path) -> Writer:
    """`place/home` is an installation, `place/backup` what was backed up while the writer wrote."""
    cluster = fill(place / "home")
    writer = Writer(cluster.dsn(SUPERUSER, "postgres"))
    writer.start()
    assert writer.first.wait(60)
    back_up(config_of(place / "home"), place / "backup", "9.9", Wishes(keys=place / "keys.tar"))
    writer.end()
    cluster.leave()
    return writer


def test_everything_up_to_its_time_is_back_and_nothing_that_was_never_written(
    place: Path, written: Writer
) -> None:
    done = restore(config_of(place / "other"), place / "backup")
    back = numbers(place / "other")
    assert back == list(range(len(back)))
    before = [n for n, at in written.said if at < done.manifest.complete_to]
    assert before
    assert back[-1] >= before[-1]
    assert done.last_commit is not None
    assert done.complete_to >= done.manifest.complete_to
    confirmed = [n for n, at in written.said if at < done.complete_to]
    assert back[-1] >= confirmed[-1]
    assert (place / "other" / "secret").read_bytes() == b"s" * 32
    assert (place / "other" / "spool").read_bytes().startswith(b"words that wait")
    assert stat.S_IMODE((place / "other" / "spool").stat().st_mode) == 0o600
    assert not (place / "other" / "restoring").exists()
    assert not done.keys


def test_the_restored_server_is_on_a_timeline_of_its_own(place: Path, written: Writer) -> None:
    restore(config_of(place / "line"), place / "backup")
    cluster = Cluster(place / "line")
    cluster.start({"shared_buffers": "16MB"})
    try:
        with psycopg.connect(cluster.dsn(SUPERUSER, "postgres")) as link:
            ((line,),) = link.execute("SELECT timeline_id FROM pg_control_checkpoint()").fetchall()
    finally:
        cluster.stop()
    assert line == 2


def test_keys_are_in_their_own_file_alone(place: Path, written: Writer) -> None:
    held = [path for path in (place / "backup").rglob("*") if path.is_file()]
    assert held
    assert not any(CANARY in path.read_bytes() for path in held)
    assert CANARY in (place / "keys.tar").read_bytes()
    for path in [*held, place / "keys.tar"]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert stat.S_IMODE((place / "backup").stat().st_mode) == 0o700
    done = restore(config_of(place / "keyed"), place / "backup", keys=place / "keys.tar")
    assert done.keys
    assert (place / "keyed" / "keys" / "2026-11").read_bytes() == CANARY


def test_the_newest_backup_is_remembered(place: Path, written: Writer) -> None:
    noted = last_backup(place / "home")
    assert noted is not None
    assert noted.target == str(place / "backup")
    assert noted.complete_to <= noted.checked_at
    assert noted.with_database
    assert last_backup(place / "nowhere") is None


def cut(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 512)


def change_a_byte(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        byte = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte[0] ^ 1]))


HARM: dict[str, tuple[str, Callable[[Path], None]]] = {
    "base cut short": ("database/base.tar", cut),
    "WAL altered": ("database/pg_wal.tar", change_a_byte),
    "spool altered": (f"files/{SPOOL}", change_a_byte),
    "secret gone": ("files/secret", Path.unlink),
    "manifest altered": ("manifest.json", change_a_byte),
    "unfinished": ("manifest.json", Path.unlink),
}


@pytest.mark.parametrize("harm", HARM)
def test_a_broken_backup_is_refused_and_nothing_is_changed(place: Path, written: Writer, harm: str) -> None:
    name, break_it = HARM[harm]
    broken, home = place / "broken", place / "untouched"
    shutil.rmtree(broken, ignore_errors=True)
    shutil.copytree(place / "backup", broken)
    break_it(broken / name)
    with pytest.raises(HostError, match=r"Use another backup|no finished backup"):
        restore(config_of(home), broken)
    assert not home.exists()


def test_a_file_cut_short_is_refused(place: Path, written: Writer) -> None:
    packed = place / "packed.tar"
    back_up(config_of(place / "home"), packed, "9.9")
    assert check_backup(packed).callbox == "9.9"
    cut(packed)
    with packed.open("r+b") as file:
        file.truncate(packed.stat().st_size // 2)
    home = place / "untouched"
    with pytest.raises(HostError, match="cut short"):
        restore(config_of(home), packed)
    assert not home.exists()
    assert not list(place.glob("packed.tar.*"))


def test_a_backup_in_one_file_is_restored_as_well(place: Path, written: Writer) -> None:
    packed = place / "one.tar"
    back_up(config_of(place / "home"), packed, "9.9")
    with tarfile.open(packed) as archive:
        assert "manifest.json" in archive.getnames()
    restore(config_of(place / "from-file"), packed)
    assert numbers(place / "from-file") == [n for n, _at in written.said]
    assert not list(place.glob("one.tar.*"))


def digests(home: Path) -> dict[Path, str]:
    """Every file but the server's log: its last words may be written when it has gone."""
    files = (path for path in home.rglob("*") if path.is_file() and path.parent.name != "log")
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_home_that_is_not_empty_is_refused_unless_told(place: Path, written: Writer) -> None:
    home = place / "taken"
    fill(home).stop()
    before = digests(home)
    with pytest.raises(HostError, match="not empty"):
        restore(config_of(home), place / "backup")
    after = digests(home)
    assert after == before
    done = restore(config_of(home), place / "backup", replace=True)
    assert done.aside is not None
    assert (done.aside / "postgresql" / "data" / "PG_VERSION").exists()
    assert done.keys, "keys that are there stay"
    assert done.spool_aside == home / "spool.restored"
    assert (home / "spool").read_bytes().startswith(b"words that wait")
    assert len(numbers(home)) > 1


def test_a_running_installation_is_not_restored_over(place: Path, written: Writer) -> None:
    home = place / "running"
    cluster = fill(home)
    with pytest.raises(HostError, match="is running"):
        restore(config_of(home), place / "backup", replace=True)
    cluster.leave()
    assert numbers(home) == [0]


def test_a_failed_backup_leaves_nothing(
    place: Path, written: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = config_of(place / "home")
    with pytest.raises(HostError, match="there already"):
        back_up(config, place / "backup", "9.9")
    with pytest.raises(HostError, match="no installation"):
        back_up(config_of(place / "nowhere"), place / "fresh", "9.9")
    with pytest.raises(HostError, match="no keys"):
        back_up(config_of(place / "other-home"), place / "fresh", "9.9", Wishes(keys=place / "k"))
    real = Cluster.program
    monkeypatch.setattr(
        Cluster,
        "program",
        lambda self, name: Path("/bin/false") if name == "pg_basebackup" else real(self, name),
    )
    with pytest.raises(HostError, match="could not be copied"):
        back_up(config, place / "fresh", "9.9")
    assert not list(place.glob("fresh*"))


def test_too_little_room_is_said_before_anything_is_written(
    place: Path, written: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(place)._replace(free=1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(HostError, match="make room"):
        back_up(config_of(place / "home"), place / "fresh", "9.9")
    with pytest.raises(HostError, match="make room"):
        restore(config_of(place / "untouched"), place / "backup")
    assert not list(place.glob("fresh*"))
    assert not (place / "untouched" / "postgresql").exists()


def test_an_external_database_is_left_to_its_own_tools(place: Path, written: Writer) -> None:
    config = dataclasses.replace(config_of(place / "home"), database_url="postgresql://elsewhere/callbox")
    with pytest.raises(HostError, match="its own tools"):
        back_up(config, place / "fresh", "9.9")
    manifest = back_up(config, place / "fresh", "9.9", Wishes(files_only=True))
    assert manifest.database == "none"
    assert set(manifest.files) == {"files/secret", "files/passwords.json", f"files/{SPOOL}"}
    noted = last_backup(place / "home")
    assert noted is not None
    assert not noted.with_database


def test_settings_are_kept_without_what_is_secret(
    place: Path, written: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLBOX_CITY", "sf")
    monkeypatch.setenv("CALLBOX_OWNER_URL", "postgresql://canary-of-a-setting/callbox")
    for name in ("CALLBOX_OIDC_SECRET", "CALLBOX_SOME_TOKEN"):
        monkeypatch.setenv(name, "canary-of-a-setting")
    back_up(
        dataclasses.replace(config_of(place / "home"), database_url="postgresql://elsewhere"),
        place / "settings",
        "9.9",
        Wishes(files_only=True),
    )
    text = (place / "settings" / "manifest.json").read_text()
    assert json.loads(text)["settings"]["CALLBOX_CITY"] == "sf"
    assert "canary" not in text
    assert gzip.decompress((place / "settings" / "files" / SPOOL).read_bytes()).startswith(b"words")
