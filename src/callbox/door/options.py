# SPDX-License-Identifier: Apache-2.0
"""What the door needs to know, from the environment and the installation's settings."""

import ipaddress
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from callbox.host import environment
from callbox.host.config import Config


@dataclass(frozen=True, slots=True)
class Options:
    """One door. spool_size, body_limit: bytes. hosts: names by which it is addressed, besides numbers.

    home, city: where the installation keeps what it keeps, and which city is served. metrics_token_file: holds the
    token with which the metrics may be read from elsewhere.
    https: people reach it by https only, and browsers are told so.
    behind_proxy: nobody but a proxy of ours reaches it, so what that says of the asker is true.
    gateways: addresses that send for many, whose contacts are not counted.
    """

    database_url: str
    secret: bytes
    keys: Path
    spool: Path
    spool_size: int
    emergency_number: str
    port: int
    web_port: int
    host: str = "127.0.0.1"
    hosts: frozenset[str] = frozenset({"localhost"})
    body_limit: int = 1 << 20
    https: bool = False
    behind_proxy: bool = False
    gateways: frozenset[str] = frozenset()
    home: Path = Path()
    city: str = ""
    metrics_token_file: Path | None = None


def options_from(config: Config) -> Options:
    """This process's options. CALLBOX_DOOR_HOST: address to listen on; CALLBOX_HOSTS: names, by comma.

    CALLBOX_GATEWAYS: addresses of the city's own gateways, by comma.
    CALLBOX_BEHIND_PROXY=1: a proxy of ours, for instance one for TLS, stands in front. Raises ConfigError.
    """
    named = environment.host_names("CALLBOX_HOSTS")
    return Options(
        database_url=config.database_url or "postgresql:///callbox",
        secret=config.secret,
        keys=config.keys,
        spool=config.spool,
        spool_size=config.spool_mib << 20,
        emergency_number=config.emergency_number,
        port=config.door_port,
        web_port=config.web_port,
        host=_address("CALLBOX_DOOR_HOST", "127.0.0.1"),
        hosts=frozenset({"localhost", socket.gethostname().lower(), *named}),
        gateways=_addresses("CALLBOX_GATEWAYS"),
        https=config.https,
        behind_proxy=environment.switch("CALLBOX_BEHIND_PROXY"),
        body_limit=environment.whole("CALLBOX_BODY_KIB", 1024, 1, 16_384) << 10,
        home=config.home,
        city=config.city,
        metrics_token_file=Path(token) if (token := os.environ.get("CALLBOX_METRICS_TOKEN_FILE")) else None,
    )


def _address(name: str, default: str) -> str:
    found = os.environ.get(name) or default
    try:
        ipaddress.ip_address("127.0.0.1" if found == "localhost" else found)
    except ValueError:
        raise environment.wrong(name, f"is {found!r}, expected an address of this machine", default) from None
    return found


def _addresses(name: str) -> frozenset[str]:
    named = frozenset(part.strip() for part in os.environ.get(name, "").split(",")) - {""}
    for one in sorted(named):
        try:
            ipaddress.ip_address(one)
        except ValueError:
            raise environment.wrong(
                name, f"holds {one!r}, which is no address", "192.0.2.5,192.0.2.6"
            ) from None
    return named
