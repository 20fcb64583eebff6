# SPDX-License-Identifier: Apache-2.0
"""Which Callbox this is, and which of its migrations wait until no older one runs any more."""

import hashlib
import tomllib
from functools import cache
from pathlib import Path

from callbox.host.config import CHECKOUT
from callbox.kernel.tables import parse_table

CONTRACTING = "_contract_"
MIGRATIONS = "src/callbox/*/migrations/[0-9]*.py"
RELEASES = CHECKOUT / "docs" / "reference" / "releases.tsv"


def contracts(name: str) -> bool:
    """Whether a migration takes something away that the last release still uses: its name says so.

    `0007_contract_open_columns` is applied by `callbox upgrade --contract`, every other one while older
    processes still run. A test compares the name with the SQL.
    """
    return CONTRACTING in name


@cache
def version() -> str:
    """The version in pyproject.toml."""
    return str(tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"])


@cache
def session_name() -> str:
    """What a process of ours calls its sessions in the database: the version and a mark of its migrations."""
    names = "\n".join(path.stem for path in sorted(CHECKOUT.glob(MIGRATIONS)))
    return f"callbox {version()} {hashlib.sha256(names.encode()).hexdigest()[:8]}"


def released(table: Path = RELEASES) -> list[tuple[str, str]]:
    """Version and commit of each release, oldest first."""
    return [(row["version"], row["commit"]) for row in parse_table(table.read_text(), table.name)]
