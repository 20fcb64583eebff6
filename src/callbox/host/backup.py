# SPDX-License-Identifier: Apache-2.0
"""A backup of the installation while it serves: the whole database server, and the files beside it."""

import gzip
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from callbox.host.binaries import MAJOR, plain_environment
from callbox.host.cities import current_version
from callbox.host.cluster import PORT, SUPERUSER, Cluster
from callbox.host.config import Config
from callbox.host.errors import HostError
from callbox.host.lastbackup import note_backup
from callbox.host.manifest import NO_DATABASE, WHOLE, Manifest, check_files, files_in, write_manifest

DATABASE, FILES = "database", "files"
SECRETS = ("secret", "passwords.json")  # without them nobody is signed in, and the server lets nobody in
SPOOL, CITY, KEYS = "spool.gz", "city.tar", "keys"
UNTOLD = ("URL", "SECRET", "PASSWORD", "TOKEN", "KEY")  # settings whose values stay out of a backup
SPARE = 1.1


@dataclass(frozen=True, slots=True)
class Wishes:
    """keys: a file of its own for the keys of contact data. with_city: the imported city too, not its name alone."""

    keys: Path | None = None
    with_city: bool = False
    files_only: bool = False


def back_up(config: Config, target: Path, version: str, wishes: Wishes | None = None) -> Manifest:
    """Write a backup to `target`: a folder, or one file when the name ends with `.tar`.

    Everything committed or spooled before `complete_to` is inside. The keys of contact data are not, so that
    erasing a key erases in every backup too; `wishes.keys` puts them into a file of their own (0600).
    Raises HostError, and leaves nothing, when something is there already, room is short or a part fails.
    """
    wishes = wishes or Wishes()
    _check_target(config, target, wishes)
    with _fresh(target) as folder:
        manifest = _fill(config, folder, version, wishes)
        check_files(folder)  # what stands on the disk now, not what was meant to
    if wishes.keys is not None:
        _keep_keys(config.keys, wishes.keys)
    note_backup(config.home, target, manifest)
    return manifest


def _check_target(config: Config, target: Path, wishes: Wishes) -> None:
    if target.exists() and (target.is_file() or any(target.iterdir())):
        raise HostError(f"{target} is there already: name a new file or folder.")
    if wishes.keys is not None:
        _check_keys(config.keys, wishes.keys)
    if config.database_url and not wishes.files_only:
        raise HostError(
            "DATABASE_URL names a PostgreSQL of your own: back it up with its own tools (pg_basebackup and an "
            "archive of its WAL; a dump would not do, see docs/how-to/back-up-and-restore.md). "
            "--files-only backs up what stands beside it."
        )
    if not config.database_url and not (Cluster(config.home).layout.data / "PG_VERSION").exists():
        raise HostError(f"There is no installation in {config.home}: set CALLBOX_HOME.")
    _check_room(config, target)


def _check_keys(keys: Path, target: Path) -> None:
    if target.exists():
        raise HostError(f"{target} is there already: name a new file for the keys.")
    if not keys.is_dir():
        raise HostError(f"There are no keys in {keys}: leave --keys out.")


def _check_room(config: Config, target: Path) -> None:
    data = Cluster(config.home).layout.data
    needed = int(SPARE * sum(path.lstat().st_size for path in data.rglob("*"))) if data.exists() else 0
    above = next(folder for folder in target.absolute().parents if folder.exists())
    free = shutil.disk_usage(above).free
    if free < needed:
        raise HostError(
            f"A backup needs {needed >> 20} MiB, {above} has {free >> 20} MiB free: make room there."
        )


@contextmanager
def _fresh(target: Path) -> Iterator[Path]:
    """A folder to fill; it gets its name when it is whole, and is gone after an error."""
    draft = target.with_name(f"{target.name}.unfinished")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700, parents=True)
    try:
        yield draft
        if target.suffix == ".tar":
            _pack(draft, target)
        else:
            if target.exists():
                target.rmdir()
            draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _fill(config: Config, folder: Path, version: str, wishes: Wishes) -> Manifest:
    (folder / FILES).mkdir(mode=0o700)
    complete_to = datetime.now(UTC)
    # The spool before the database: what is drained in between stands in both, and counts once.
    _copy_spool(config.spool, folder / FILES / SPOOL)
    city = _city(config, folder / FILES if wishes.with_city else None)
    for name in SECRETS:
        if (config.home / name).exists():
            shutil.copyfile(config.home / name, folder / FILES / name)
            os.chmod(folder / FILES / name, 0o600)
    if not config.database_url:
        complete_to = min(complete_to, _copy_server(config.home, folder / DATABASE))
    manifest = Manifest(
        callbox=version,
        postgresql=MAJOR,
        complete_to=complete_to,
        finished_at=datetime.now(UTC),
        database=NO_DATABASE if config.database_url else WHOLE,
        city=city,
        settings=_settings(),
        files=files_in(folder),
    )
    write_manifest(folder, manifest)
    return manifest


def _settings() -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if name.startswith("CALLBOX_")}
    return {name: value for name, value in ours.items() if not any(word in name for word in UNTOLD)}


def _copy_spool(spool: Path, copy: Path) -> None:
    """The spool as it stands, written to or not: its records carry checksums. Mostly zeros, so compressed."""
    if spool.is_file():
        with spool.open("rb") as source, gzip.open(_private(copy), "wb", compresslevel=1) as kept:
            shutil.copyfileobj(source, kept, 1 << 20)


def _private(path: Path) -> Path:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return path


def _city(config: Config, keep_in: Path | None) -> tuple[str, str | None]:
    version = current_version(config.cities, config.city)
    if keep_in is not None and version is not None:
        with tarfile.open(_private(keep_in / CITY), "w") as archive:
            archive.add(config.cities / config.city / version, arcname=version)
    return config.city, version


def _copy_server(home: Path, folder: Path) -> datetime:
    """A base backup of the embedded server, joined where it runs, started where not; its time before it began."""
    cluster = Cluster(home)
    cluster.start()
    try:
        with psycopg.connect(cluster.dsn(SUPERUSER, "postgres")) as link:
            ((now,),) = link.execute("SELECT clock_timestamp()").fetchall()
        _run_base_backup(cluster, folder)
    finally:
        cluster.leave()
    return datetime.fromtimestamp(now.timestamp(), UTC)


def _run_base_backup(cluster: Cluster, folder: Path) -> None:
    command = [
        str(cluster.program("pg_basebackup")),
        "-D",
        str(folder),
        "--format=tar",
        "--wal-method=stream",
    ]
    command += ["--checkpoint=fast", "--no-password", "--manifest-checksums=SHA256"]
    command += ["-h", str(cluster.layout.sockets), "-p", str(PORT), "-U", SUPERUSER]
    word = {"PGPASSWORD": cluster.passwords()[SUPERUSER]}  # not on the command line: others read that
    done = subprocess.run(  # noqa: S603 - our own words
        command, env=plain_environment() | word, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise HostError(
            f"The database could not be copied; nothing was kept. It said:\n{done.stderr[-2000:]}"
        )
    for path in folder.iterdir():
        os.chmod(path, 0o600)


def _pack(folder: Path, target: Path) -> None:
    draft = _private(target.with_name(f"{target.name}.unfinished-file"))
    try:
        with tarfile.open(draft, "w") as archive:
            for path in sorted(folder.rglob("*")):
                archive.add(path, arcname=path.relative_to(folder).as_posix(), recursive=False)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)


def _keep_keys(keys: Path, target: Path) -> None:
    with tarfile.open(_private(target), "w") as archive:
        archive.add(keys, arcname=KEYS)
