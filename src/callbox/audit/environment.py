# SPDX-License-Identifier: Apache-2.0
"""The environment of the tools, apart from the product's: none of them is ever imported by a serving process."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from callbox.host.config import CHECKOUT
from callbox.host.errors import HostError

LOCK = "requirements-audit.lock"


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the tools are, what they look at, and where reports go. report: a folder that is there."""

    tools: Path
    checkout: Path
    report: Path

    def run(self, tool: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run one tool in the checkout. What it means by its exit code is for the caller to know."""
        return subprocess.run(  # noqa: S603 - our words, no shell
            [str(self.tools / tool), *words],
            cwd=self.checkout,
            env={**os.environ, "PATH": f"{self.tools}:{os.environ.get('PATH', '')}", **environment},
            capture_output=True,
            text=True,
            check=False,
        )


def made(checkout: Path = CHECKOUT, *, lock: str = LOCK, folder: str = ".venv-audit") -> Path:
    """The folder of the tools' programs, made or brought up to date by the lock. Raises HostError."""
    return _synced(checkout, checkout / folder, checkout / lock)


def _synced(checkout: Path, folder: Path, lock: Path) -> Path:
    stamp = folder / "synced.lock"
    if not (stamp.exists() and stamp.read_bytes() == lock.read_bytes()):
        uv = _uv(checkout)
        _do(uv, "venv", "--quiet", "--clear", "--no-project", "--python", _plain_python(), str(folder))
        python = str(folder / "bin" / "python")
        _do(uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, str(lock))
        shutil.copyfile(lock, stamp)
    return folder / "bin"


def _plain_python() -> str:
    """The Python that the product's environment was made from."""
    return str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}")


def _uv(checkout: Path) -> str:
    for candidate in _candidates(checkout):
        if candidate and Path(candidate).exists():
            return candidate
    raise HostError("uv is missing: start ./callbox once, or set CALLBOX_UV to where it is.")


def _candidates(checkout: Path) -> Iterator[str | None]:
    yield os.environ.get("CALLBOX_UV")
    yield str(checkout / ".venv-uv" / "bin" / "uv")
    yield shutil.which("uv")
    yield str(Path.home() / ".local" / "bin" / "uv")


def _do(*words: str) -> None:
    done = subprocess.run(list(words), capture_output=True, text=True, check=False)  # noqa: S603 - our words
    if done.returncode:
        raise HostError(f"The tools could not be installed: {done.stderr.strip()[-2000:]}")
