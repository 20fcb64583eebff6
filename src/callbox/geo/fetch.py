# SPDX-License-Identifier: Apache-2.0
"""Fetch pinned packages into a folder of their own, beside the program's environment."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from callbox.kernel.errors import Unavailable
from callbox.kernel.text import gettext_noop as _

CHECKOUT = Path(__file__).resolve().parents[3]


def packages(lock: Path, folder: Path) -> Path:
    """The packages a lock file pins, installed in `folder` at first use and again when the lock changes.

    Hashes are required and nothing but the named packages is installed. Raises Unavailable when uv is not
    there or the packages cannot be had.
    """
    mark = folder / "synced.lock"
    if mark.is_file() and mark.read_bytes() == lock.read_bytes():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetch-") as draft:
        fresh = Path(draft) / "packages"
        _install(lock, fresh)
        shutil.copyfile(lock, fresh / "synced.lock")
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    return folder


def _install(lock: Path, target: Path) -> None:
    command = [_uv(), "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    command += ["--python", sys.executable, "--target", str(target), "-r", str(lock)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)  # noqa: S603
    if done.returncode:
        raise Unavailable(
            _("The packages of %(lock)s could not be fetched. Check the network and try again. (%(why)s)"),
            lock=lock.name,
            why=done.stderr.strip()[-500:],
        )


def _uv() -> str:
    choices = (os.environ.get("CALLBOX_UV"), str(CHECKOUT / ".venv-uv" / "bin" / "uv"), "uv")
    for choice in choices:
        if choice and (found := shutil.which(choice)):
            return found
    raise Unavailable(_("The program uv is not there. Start ./callbox once: it installs it."))
