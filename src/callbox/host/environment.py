# SPDX-License-Identifier: Apache-2.0
"""Reading one variable of the environment: typed, checked, and refused with a valid example."""

import math
import os
import re
from pathlib import Path

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from callbox.host.errors import ConfigError

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
WEB = re.compile(r"https?://[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[1-9][0-9]{0,4})?")
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


def text(name: str, default: str) -> str:
    """Printable text, not empty."""
    found = os.environ.get(name, default).strip()
    if not found or not found.isprintable():
        raise wrong(name, "is empty or cannot be printed", default)
    return found


def plain_name(name: str, default: str) -> str:
    """A name that is safe in a path: lower-case letters, digits, - and _."""
    found = os.environ.get(name, default)
    if not NAME.fullmatch(found):
        raise wrong(name, f"is {found!r}, expected lower-case letters, digits, - and _", default)
    return found


def whole(name: str, default: int, low: int, high: int) -> int:
    """A whole number from low to high."""
    found = os.environ.get(name, str(default))
    if not (found.isascii() and found.isdecimal() and len(found) < 10 and low <= int(found) <= high):
        raise wrong(name, f"is {found!r}, expected a whole number from {low} to {high}", default)
    return int(found)


def positive(name: str, default: float, high: float) -> float:
    """A number above 0 and at most `high`."""
    said = os.environ.get(name, str(default))
    try:
        found = float(said)
    except ValueError:
        found = math.nan
    if not 0 < found <= high:
        raise wrong(name, f"is {said!r}, expected a number above 0 and at most {high:g}", default)
    return found


def switch(name: str) -> bool:
    """1 is on; 0, empty or not set is off."""
    found = os.environ.get(name, "")
    if found not in ("", "0", "1"):
        raise wrong(name, f"is {found!r}, expected 1 (on) or 0 (off)", 1)
    return found == "1"


def folder(name: str, default: Path) -> Path:
    """The path of a folder, there or not."""
    found = path(name, default)
    try:
        is_other = found.exists() and not found.is_dir()
    except OSError:  # a name longer than a file system takes
        is_other = True
    if is_other:
        raise wrong(name, f"names {found}, which is no folder", default)
    return found


def path(name: str, default: Path) -> Path:
    """An absolute path; one that is not would mean another place in every process."""
    said = os.environ.get(name) or str(default)
    if not Path(said).is_absolute() or "\0" in said:
        raise wrong(name, f"is {said!r}, expected an absolute path", default)
    return Path(said)


def readable(name: str) -> Path | None:
    """The path of a file that can be read; None when not set."""
    said = os.environ.get(name)
    if not said:
        return None
    found = path(name, Path(said))
    if not found.is_file() or not os.access(found, os.R_OK):
        raise wrong(name, f"names {found}, which cannot be read", "/var/lib/callbox/breached.txt")
    return found


def database_url(name: str) -> str | None:
    """The address of a database; it may carry a password and is never shown."""
    found = os.environ.get(name) or None
    if found is None:
        return None
    try:
        parts = conninfo_to_dict(found)
        is_ours = bool(parts.get("dbname")) and str(parts.get("port") or "5432").replace(",", "").isdecimal()
    except (ProgrammingError, UnicodeError):
        is_ours = False
    if not is_ours:
        raise wrong(
            name, "is no address of a PostgreSQL database", "postgresql://callbox_app:…@db.example/callbox"
        )
    return found


def web_address(name: str, *, https: bool) -> str:
    """Where people reach the pages, such as https://help.example, without a path; "" when not set."""
    found = os.environ.get(name, "").strip().rstrip("/")
    if found and not (WEB.fullmatch(found) and found.startswith("https://" if https else "http")):
        kind = "https://" if https else "http:// or https://"
        raise wrong(name, f"is {found!r}, expected {kind} and a host, without a path", "https://help.example")
    return found


def host_names(name: str) -> frozenset[str]:
    """Names of hosts, by comma, in lower case."""
    found = frozenset(part.strip() for part in os.environ.get(name, "").lower().split(",")) - {""}
    for one in sorted(found):
        if not HOST.fullmatch(one):
            raise wrong(name, f"holds {one!r}, which is no host's name", "callbox.example,112.example")
    return found


def wrong(name: str, problem: str, example: object) -> ConfigError:
    """The refusal of a variable: its name, what is wrong, and what would be right."""
    return ConfigError(f"{name} {problem}. Valid: {name}={example}")
