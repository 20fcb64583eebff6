# SPDX-License-Identifier: Apache-2.0
"""What a backup says of itself: when it is from, what is in it, and the checksum of every file."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from callbox.host.errors import HostError
from callbox.host.secretfile import write_private

FORMAT = 1
WHOLE, NO_DATABASE = "base", "none"
NAME, SEAL = "manifest.json", "manifest.sha256"


@dataclass(frozen=True, slots=True)
class Manifest:
    """complete_to: everything committed or spooled before that time is inside. city: name and version in force.

    database: "base" (a whole server) or "none" (an external server's own tools keep it).
    files: path in the backup -> [bytes, SHA-256].
    """

    callbox: str
    postgresql: str
    complete_to: datetime
    finished_at: datetime
    database: str
    city: tuple[str, str | None]
    settings: dict[str, str]
    files: dict[str, list[int | str]] = field(default_factory=dict)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it last: a backup without one is unfinished. Its own checksum stands beside it."""
    said = asdict(manifest) | {
        "format": FORMAT,
        "complete_to": manifest.complete_to.isoformat(),
        "finished_at": manifest.finished_at.isoformat(),
    }
    text = json.dumps(said, indent=1, sort_keys=True)
    write_private(folder / SEAL, hashlib.sha256(text.encode()).hexdigest())
    write_private(folder / NAME, text)


def read_manifest(folder: Path) -> Manifest:
    """The manifest, unaltered. Raises HostError when it is missing, altered, or of a later Callbox."""
    try:
        text, seal = (folder / NAME).read_text(), (folder / SEAL).read_text().strip()
    except (FileNotFoundError, UnicodeDecodeError, NotADirectoryError) as error:
        raise HostError(
            f"{folder} is no finished backup: its manifest is missing or cannot be read."
        ) from error
    if hashlib.sha256(text.encode()).hexdigest() != seal:
        raise HostError(f"The manifest of {folder} was altered. Use another backup.")
    said = json.loads(text)
    if said.pop("format") != FORMAT:
        raise HostError(
            f"{folder} was made by another Callbox ({said['callbox']}): restore it with that one."
        )
    said["complete_to"] = datetime.fromisoformat(said["complete_to"])
    said["finished_at"] = datetime.fromisoformat(said["finished_at"])
    return Manifest(**said | {"city": tuple(said["city"])})


def check_files(folder: Path) -> Manifest:
    """The manifest of a backup whose every file is whole. Raises HostError and names the first that is not."""
    manifest = read_manifest(folder)
    for name, (size, digest) in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise HostError(f"{name} is missing in the backup {folder}. Use another backup.")
        if path.stat().st_size != size or checksum(path) != digest:
            raise HostError(f"{name} in the backup {folder} was altered or cut short. Use another backup.")
    return manifest


def files_in(folder: Path) -> dict[str, list[int | str]]:
    """Size and checksum of every file, as they are on the disk now."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): [path.stat().st_size, checksum(path)] for path in paths}


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
