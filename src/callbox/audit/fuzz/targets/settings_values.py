# SPDX-License-Identifier: Apache-2.0
"""Values of settings: a wrong one is refused in words that name the setting."""

import os
from pathlib import Path

from callbox.host import environment
from callbox.host.directory import load_directory
from callbox.host.errors import ConfigError, HostError

REFUSALS: tuple[type[BaseException], ...] = (ConfigError, HostError)
SEEDS = (
    b"\x00a",
    b"\x0112",
    b"\x021.5",
    b"\x05/tmp/" + b"a" * 300,
    b"\x06postgresql://a@[b/c",
    b"\x08https://[x",
    b"\x07a,b",
)
NAME = "CALLBOX_FUZZ"
READERS = (
    lambda: environment.text(NAME, "a"),
    lambda: environment.whole(NAME, 1, 1, 10),
    lambda: environment.positive(NAME, 1, 10),
    lambda: environment.switch(NAME),
    lambda: environment.path(NAME, Path("/")),
    lambda: environment.folder(NAME, Path("/")),
    lambda: environment.database_url(NAME),
    lambda: environment.host_names(NAME),
    lambda: load_directory(
        {
            "CALLBOX_OIDC_ISSUER": os.environ[NAME],
            "CALLBOX_OIDC_CLIENT_ID": "a",
            "CALLBOX_OIDC_SECRET_FILE": "/a",
        }
    ),
    lambda: load_directory({"CALLBOX_OIDC_FILE": os.environ[NAME]}),
)


def feed(data: bytes) -> None:
    """The first byte chooses the kind. A variable cannot hold a zero byte."""
    os.environb[NAME.encode()] = data[1:].replace(b"\0", b"")
    try:
        READERS[(data[:1] or b"\0")[0] % len(READERS)]()
    finally:
        del os.environb[NAME.encode()]
