# SPDX-License-Identifier: Apache-2.0
"""San Francisco for tests: imported once for each state of the import's code, then kept in the temporary folder."""

import fcntl
import hashlib
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import callbox.geo
from callbox.host.config import load

AT = datetime(2026, 11, 1, tzinfo=UTC)


def imported_sf() -> Path:
    """The folder of cities that holds San Francisco with its map, areas, addresses and places."""
    from callbox.geo.demo_source import import_recipe
    from callbox.host.cities import current_version

    home = Path(tempfile.gettempdir()) / f"callbox-test-city-{_code_hash()}"
    home.mkdir(exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if current_version(home / "cities", "sf") is None:
            import_recipe(home, load().data, "sf", at=AT)
    return home / "cities"


def link_sf(home: Path) -> None:
    """Put it among the cities of this home, without a copy."""
    link = home / "cities" / "sf"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.exists():
        link.symlink_to(imported_sf() / "sf")


def _code_hash() -> str:
    room = Path(callbox.geo.__path__[0])
    digest = hashlib.sha256()
    for path in sorted(room.rglob("*")):
        if path.is_file() and "tests" not in path.parts and path.suffix in {".py", ".tsv", ".json", ".csv"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
