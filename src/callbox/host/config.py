# SPDX-License-Identifier: Apache-2.0
"""What the environment says: read once, checked, typed; every process starts from it."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from callbox.host.directory import Directory, load_directory

CHECKOUT = Path(__file__).resolve().parents[3]


def default_home(checkout: Path, *, is_root: bool) -> Path:
    """Where data lives: beside the checkout, or under /var/lib when root (PostgreSQL runs as another user)."""
    if not is_root:
        return checkout / "var"
    return Path("/var/lib/callbox") / hashlib.sha256(str(checkout).encode()).hexdigest()[:10]


@dataclass(frozen=True, slots=True)
class Config:
    """One installation's settings.

    home: folder of everything this installation keeps. data: real data for tests and benches.
    keys: folder of the keys that open personal data; never kept or backed up together with the database.
    database_url, owner_url: the application's role and the owner's; None means the embedded server.
    emergency_number: what people are told to dial when a contact could not be accepted.
    https: people reach the pages by https only; cookies then go no other way.
    directory: the city's own directory of people, if one is configured.
    """

    home: Path
    data: Path
    city: str
    database_url: str | None
    owner_url: str | None
    keys: Path
    spool: Path
    spool_mib: int
    door_port: int
    web_port: int
    demo: bool
    speed: float
    emergency_number: str
    https: bool
    directory: Directory | None

    @property
    def cities(self) -> Path:
        """The folder of imported cities."""
        return self.home / "cities"

    @property
    def secret(self) -> bytes:
        """The installation's signing secret (32 random bytes), made at first use."""
        return _secret(self.home / "secret")


def _secret(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)  # fails when another process was first: then its secret counts
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_bytes()


def load() -> Config:
    """Read the environment of this process."""
    env = os.environ
    home = Path(env.get("CALLBOX_HOME") or default_home(CHECKOUT, is_root=os.geteuid() == 0))
    return Config(
        home=home,
        data=Path(env.get("CALLBOX_DATA") or CHECKOUT.parent / "shared" / "data"),
        city=env.get("CALLBOX_CITY", "helsinki"),
        database_url=env.get("DATABASE_URL") or None,
        owner_url=env.get("CALLBOX_OWNER_URL") or None,
        keys=Path(env.get("CALLBOX_KEYS") or home / "keys"),
        spool=Path(env.get("CALLBOX_SPOOL") or home / "spool"),
        spool_mib=int(env.get("CALLBOX_SPOOL_MIB", "64")),
        door_port=int(env.get("CALLBOX_DOOR_PORT", "8110")),
        web_port=int(env.get("CALLBOX_WEB_PORT", "8111")),
        demo=env.get("CALLBOX_DEMO") == "1",
        speed=float(env.get("CALLBOX_SPEED", "1")),
        emergency_number=env.get("CALLBOX_EMERGENCY_NUMBER", "110 / 112 / 911"),
        https=env.get("CALLBOX_HTTPS") == "1",
        directory=load_directory(env),
    )
