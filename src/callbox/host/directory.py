# SPDX-License-Identifier: Apache-2.0
"""The city's own directory of people (OpenID Connect): where it is and what is believed of what it says."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from callbox.host.errors import HostError

PREFIX = "CALLBOX_OIDC_"
NAMES = ("issuer", "client_id", "secret_file", "claim", "name", "create", "factor")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Directory:
    """One directory.

    claim: what of the ID token is the person's sign-in name here. name: what the button says. create: somebody
    whom Callbox does not know is created, without any role. factor: the directory itself asks for a second
    factor, so Callbox does not.
    """

    issuer: str
    client_id: str
    secret_file: Path
    claim: str = "preferred_username"
    name: str = ""
    create: bool = False
    factor: bool = False

    @property
    def secret(self) -> str:
        """The client's secret, read anew each time, so that it can be exchanged. Raises OSError."""
        return self.secret_file.read_text(encoding="utf-8").strip()


def load_directory(env: Mapping[str, str]) -> Directory | None:
    """What CALLBOX_OIDC_ISSUER and its companions say, or the TOML file CALLBOX_OIDC_FILE; the first wins.

    None when no issuer is named. Raises HostError for what cannot be meant.
    """
    said = _file(env.get(f"{PREFIX}FILE", ""))
    said |= {name: env[key] for name in NAMES if (key := f"{PREFIX}{name.upper()}") in env}
    unknown = sorted(set(said) - set(NAMES))
    if unknown:
        raise HostError(f"The directory's settings have no {', '.join(unknown)}; known: {', '.join(NAMES)}.")
    if not said.get("issuer"):
        return None
    missing = [name for name in ("client_id", "secret_file") if not said.get(name)]
    if missing:
        raise HostError(f"The directory's settings lack {', '.join(missing)} (CALLBOX_OIDC_...).")
    return Directory(
        issuer=_checked(said["issuer"]),
        client_id=said["client_id"],
        secret_file=Path(said["secret_file"]),
        claim=said.get("claim") or "preferred_username",
        name=said.get("name", ""),
        create=_truth(said.get("create", "0")),
        factor=_truth(said.get("factor", "0")),
    )


def _file(path: str) -> dict[str, str]:
    if not path:
        return {}
    try:
        said = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise HostError(f"The directory's settings cannot be read from {path}: {error}") from error
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in said.items()
    }


def _checked(issuer: str) -> str:
    try:
        parts = urlsplit(issuer)
    except ValueError as error:
        raise HostError(f"The directory's issuer is no address ({error}): {issuer!r}.") from error
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise HostError(f"The directory's issuer must be an https address, not {issuer!r}.")
    return issuer


def _truth(word: str) -> bool:
    if word not in ("0", "1", "true", "false"):
        raise HostError(f"{word!r} is neither 1 nor 0 in the directory's settings.")
    return word in ("1", "true")
