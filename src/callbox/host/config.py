# SPDX-License-Identifier: Apache-2.0
"""What the environment says: read once, checked, typed; every process starts from it."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from callbox.host import environment
from callbox.host.directory import Directory, load_directory
from callbox.host.durable import make_secret
from callbox.host.errors import ConfigError

CHECKOUT = Path(__file__).resolve().parents[3]
SECRET_BYTES = 32
# Strict-Transport-Security where `https` holds: browsers ask no other way for a year.
HTTPS_ONLY = "max-age=31536000; includeSubDomains"


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
    calendar: the calendar that promises are reckoned with.
    emergency_number: what people are told to dial when a contact could not be accepted.
    https: people reach the pages by https only; cookies then go no other way.
    public_address: where residents reach the pages, for links in what is sent to them; "" when no link is sent.
    directory: the city's own directory of people, if one is configured.
    breached: the operator's sorted list of passwords that became known elsewhere, if there is one.
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
    calendar: str
    emergency_number: str
    https: bool
    public_address: str
    directory: Directory | None
    breached: Path | None

    @property
    def cities(self) -> Path:
        """The folder of imported cities."""
        return self.home / "cities"

    @property
    def secret(self) -> bytes:
        """The installation's signing secret (32 random bytes), made at first use. Raises ConfigError."""
        return _secret(self.home / "secret")


def _secret(path: Path) -> bytes:
    if path.exists():
        return _known_secret(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    make_secret(path, SECRET_BYTES)
    return _known_secret(path)


def _known_secret(path: Path) -> bytes:
    """A cut secret is not replaced in silence: with a new one every sign-in ends and no thread finds its call."""
    found = path.read_bytes()
    if len(found) != SECRET_BYTES:
        raise ConfigError(
            f"{path} has {len(found)} bytes instead of {SECRET_BYTES}: put it back from the backup. If there is none, "
            "remove it: a new one is made, and everybody has to sign in again."
        )
    return found


def home_folder() -> Path:
    """Where this installation keeps everything. Raises ConfigError."""
    return environment.folder("CALLBOX_HOME", default_home(CHECKOUT, is_root=os.geteuid() == 0))


def keys_folder() -> Path:
    """Where its keys are, for whoever seals or opens and needs nothing else. Raises ConfigError."""
    return environment.path("CALLBOX_KEYS", home_folder() / "keys")


def load() -> Config:
    """Read the environment of this process. Raises ConfigError, which names the variable and a valid example."""
    home, https = home_folder(), environment.switch("CALLBOX_HTTPS")
    config = Config(
        home=home,
        data=environment.folder("CALLBOX_DATA", CHECKOUT.parent / "shared" / "data"),
        city=environment.plain_name("CALLBOX_CITY", "helsinki"),
        database_url=environment.database_url("DATABASE_URL"),
        owner_url=environment.database_url("CALLBOX_OWNER_URL"),
        keys=keys_folder(),
        spool=environment.path("CALLBOX_SPOOL", home / "spool"),
        spool_mib=environment.whole("CALLBOX_SPOOL_MIB", 64, 1, 65_536),
        door_port=environment.whole("CALLBOX_DOOR_PORT", 8110, 1, 65_535),
        web_port=environment.whole("CALLBOX_WEB_PORT", 8111, 1, 65_535),
        demo=environment.switch("CALLBOX_DEMO"),
        speed=environment.positive("CALLBOX_SPEED", 1, 10_000),
        calendar=environment.plain_name("CALLBOX_CALENDAR", "cn"),
        emergency_number=environment.text("CALLBOX_EMERGENCY_NUMBER", "110 / 112 / 911"),
        https=https,
        public_address=environment.web_address("CALLBOX_PUBLIC_ADDRESS", https=https),
        directory=load_directory(os.environ),
        breached=environment.readable("CALLBOX_BREACHED_PASSWORDS"),
    )
    if config.door_port == config.web_port:
        raise environment.wrong("CALLBOX_WEB_PORT", "is the door's port too", config.door_port + 1)
    return config
