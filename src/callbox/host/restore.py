# SPDX-License-Identifier: Apache-2.0
"""Putting a backup back: checked whole before anything is touched, exchanged by renames, then recovered."""

import gzip
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from callbox.host.account import Account
from callbox.host.backup import CITY, DATABASE, FILES, KEYS, SECRETS, SPOOL
from callbox.host.cities import POINTER
from callbox.host.cluster import SUPERUSER, Cluster
from callbox.host.config import Config
from callbox.host.errors import HostError
from callbox.host.layout import Layout
from callbox.host.locks import is_used
from callbox.host.manifest import WHOLE, Manifest, check_files

REPLACED = ("postgresql", *SECRETS)
STAGE = "restoring"
# The server replays what the backup holds, then begins a timeline of its own: the old server's later WAL, or a
# standby that follows the old one, can no longer be mixed up with it.
# No connections before it is through: whoever stopped it half-way would leave a server that does not start.
RECOVERY = {"restore_command": "/bin/false", "recovery_target_timeline": "current", "hot_standby": "off"}


@dataclass(frozen=True, slots=True)
class Restored:
    """last_commit: the newest transaction that is back; None when none was made while the backup was taken.

    aside: where what stood there before was moved. spool_aside: the backup's spool, when another stands in its
    place. keys: whether there are keys for contact data now.
    """

    manifest: Manifest
    last_commit: datetime | None
    aside: Path | None
    spool_aside: Path | None
    keys: bool

    @property
    def complete_to(self) -> datetime:
        """Everything before that time is back."""
        return max(self.manifest.complete_to, self.last_commit or self.manifest.complete_to)


def check_backup(source: Path, keys: Path | None = None) -> Manifest:
    """Verify every checksum of a backup, and that the keys' file can be read. Raises HostError."""
    with _opened(source) as folder:
        manifest = check_files(folder)
        _check_archives(folder, keys)
    return manifest


def restore(config: Config, source: Path, *, replace: bool = False, keys: Path | None = None) -> Restored:
    """Put the backup into `config.home`, recover the server and leave it stopped.

    replace: what stands in the home is moved aside into `before-<time>`, never deleted. The keys in the home
    stay where they are unless `keys` names a file of them. Raises HostError, having changed nothing, when the
    backup is not whole, the home is in use, or it is not empty and replace was not said.
    """
    cluster = Cluster(config.home)
    _check_home(config, replace)
    with _opened(source) as folder:
        manifest = check_files(folder)
        _check_archives(folder, keys)
        config.home.mkdir(mode=0o711 if cluster.account.other else 0o700, parents=True, exist_ok=True)
        stage = config.home / STAGE
        shutil.rmtree(stage, ignore_errors=True)
        try:
            _check_room(folder, config.home)
            _unpack_whole(folder, stage, cluster.account, keys)
            if keys is not None:
                _put_keys(stage / KEYS, config.keys)
            aside = _exchange(stage, config.home)
            spool_aside = _put_spool(folder / FILES / SPOOL, config.spool)
            _put_city(folder / FILES / CITY, config.cities, manifest)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    last = _recover(cluster) if manifest.database == WHOLE else None
    return Restored(manifest, last, aside, spool_aside, config.keys.is_dir())


def _check_home(config: Config, replace: bool) -> None:
    home = config.home
    if is_used(home / "users.lock") or Cluster(home).pid is not None:
        raise HostError(f"The installation in {home} is running: stop it, then restore.")
    there = [name for name in REPLACED if (home / name).exists()]
    if there and not replace:
        raise HostError(
            f"{home} is not empty ({', '.join(there)}): set CALLBOX_HOME to an empty folder, "
            "or say --replace to move what is there aside."
        )


@contextmanager
def _opened(source: Path) -> Iterator[Path]:
    """The folder of a backup; a file is unpacked beside itself for as long as it is needed."""
    if not source.exists():
        raise HostError(f"There is no backup {source}.")
    if source.is_dir():
        yield source
        return
    with tempfile.TemporaryDirectory(prefix=f"{source.name}.", dir=source.absolute().parent) as place:
        try:
            _extract(source, Path(place))
        except (tarfile.TarError, OSError) as error:
            raise HostError(f"{source} is no backup, or was cut short ({type(error).__name__}).") from error
        yield Path(place)


def _extract(archive: Path, folder: Path) -> None:
    with tarfile.open(archive, "r:") as opened:
        opened.extractall(folder, filter="data")


def _check_archives(folder: Path, keys: Path | None) -> None:
    for path in [*folder.rglob("*.tar"), *([keys] if keys else [])]:
        try:
            with tarfile.open(path, "r:") as archive:
                names = archive.getnames()
        except (tarfile.TarError, OSError) as error:
            raise HostError(f"{path} cannot be read ({type(error).__name__}). Use another one.") from error
        if path == keys and any(Path(name).parts[0] != KEYS for name in names):
            raise HostError(f"{keys} is no file of keys.")


def _check_room(folder: Path, home: Path) -> None:
    needed, free = sum(path.stat().st_size for path in folder.rglob("*")), shutil.disk_usage(home).free
    if free < needed:
        raise HostError(
            f"Restoring needs {needed >> 20} MiB, {home} has {free >> 20} MiB free: make room there."
        )


def _unpack_whole(folder: Path, stage: Path, account: Account, keys: Path | None) -> None:
    try:
        _unpack(folder, stage, account, keys)
    except (OSError, tarfile.TarError) as error:
        raise HostError(f"The backup could not be unpacked; nothing was changed. It said: {error}") from error


def _unpack(folder: Path, stage: Path, account: Account, keys: Path | None) -> None:
    stage.mkdir(mode=0o700)
    for name in SECRETS:
        if (folder / FILES / name).exists():
            shutil.copyfile(folder / FILES / name, stage / name)
            os.chmod(stage / name, 0o600)
    if keys is not None:
        _extract(keys, stage)
    if (folder / DATABASE).is_dir():
        data = Layout(stage).data
        data.mkdir(parents=True)
        _extract(folder / DATABASE / "base.tar", data)
        _extract(folder / DATABASE / "pg_wal.tar", data / "pg_wal")
        (data / "recovery.signal").touch()
        _own(Layout(stage).server, account)


def _own(folder: Path, account: Account) -> None:
    for path in (folder, *folder.rglob("*")):
        account.own(path, 0o700 if path.is_dir() else 0o600)


def _exchange(stage: Path, home: Path) -> Path | None:
    """Move what is there aside and what is new in; both only by renames."""
    aside = home / f"before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    for path in sorted(stage.iterdir()):
        if (home / path.name).exists():
            aside.mkdir(mode=0o711, exist_ok=True)
            (home / path.name).rename(aside / path.name)
        path.rename(home / path.name)
    return aside if aside.exists() else None


def _put_keys(fresh: Path, keys: Path) -> None:
    """The keys from the file where keys belong; those that are there are moved beside them."""
    keys.parent.mkdir(parents=True, exist_ok=True)
    if keys.exists():
        keys.rename(keys.with_name(f"{keys.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"))
    shutil.move(fresh, keys)


def _put_spool(kept: Path, spool: Path) -> Path | None:
    """The backup's spool where none is; else beside it: what waits in the one that is there is newer, not worse."""
    if not kept.exists():
        return None
    target = spool if not spool.exists() else spool.with_name(f"{spool.name}.restored")
    spool.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        gzip.open(kept, "rb") as source,
        open(os.open(target, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file,
    ):
        shutil.copyfileobj(source, file, 1 << 20)
        file.flush()
        os.fsync(file.fileno())
    return target if target != spool else None


def _put_city(kept: Path, cities: Path, manifest: Manifest) -> None:
    name, version = manifest.city
    if not kept.exists() or version is None or (cities / name / version).exists():
        return
    (cities / name).mkdir(parents=True, exist_ok=True)
    _extract(kept, cities / name)
    pointer = cities / name / POINTER
    if not pointer.exists():
        pointer.write_text(version, encoding="ascii")


def _recover(cluster: Cluster) -> datetime | None:
    """Replay the WAL of the backup; the time of the last transaction in it."""
    try:
        cluster.start(RECOVERY)
        with psycopg.connect(cluster.dsn(SUPERUSER, "postgres")) as link:
            row = link.execute("SELECT pg_last_xact_replay_timestamp()").fetchone()
    finally:
        cluster.stop()
    return datetime.fromtimestamp(row[0].timestamp(), UTC) if row and row[0] else None
