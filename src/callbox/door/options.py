# SPDX-License-Identifier: Apache-2.0
"""What the door needs to know, from the environment and the installation's settings."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

from callbox.host.config import Config


@dataclass(frozen=True, slots=True)
class Options:
    """One door. spool_size, body_limit: bytes. hosts: names by which it is addressed, besides numbers.

    behind_proxy: nobody but a proxy of ours reaches it, so what that says of the asker is true.
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
    behind_proxy: bool = False


def options_from(config: Config) -> Options:
    """This process's options. CALLBOX_DOOR_HOST: address to listen on; CALLBOX_HOSTS: names, by comma.

    CALLBOX_BEHIND_PROXY=1: a proxy of ours, for instance one for TLS, stands in front.
    """
    named = os.environ.get("CALLBOX_HOSTS", "").lower().split(",")
    return Options(
        database_url=config.database_url or "postgresql:///callbox",
        secret=config.secret,
        keys=config.keys,
        spool=config.spool,
        spool_size=config.spool_mib << 20,
        emergency_number=config.emergency_number,
        port=config.door_port,
        web_port=config.web_port,
        host=os.environ.get("CALLBOX_DOOR_HOST", "127.0.0.1"),
        hosts=frozenset({"localhost", socket.gethostname().lower(), *named} - {""}),
        behind_proxy=os.environ.get("CALLBOX_BEHIND_PROXY") == "1",
        body_limit=int(os.environ.get("CALLBOX_BODY_KIB", "1024")) << 10,
    )
