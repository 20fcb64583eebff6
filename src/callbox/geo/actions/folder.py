# SPDX-License-Identifier: Apache-2.0
"""The folder of a city: versions that never change, and a pointer to the one in force."""

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from callbox.host.cities import POINTER
from callbox.host.durable import sync_folder
from callbox.kernel.errors import Invalid, NotFound
from callbox.kernel.text import gettext_noop as _


def city_folder(root: Path, name: str) -> Path:
    """The folder of one city. Raises Invalid for a name that is not a plain word."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,40}", name):
        raise Invalid(
            _("%(name)s cannot be a city's name: use small letters, digits and hyphens."), name=repr(name)
        )
    return root / name


@contextmanager
def new_version(root: Path, name: str, version: str) -> Iterator[Path]:
    """A folder to fill; on leaving it is published by one rename, or removed on an error."""
    city = city_folder(root, name)
    city.mkdir(parents=True, exist_ok=True)
    draft = city / f".draft-{secrets.token_hex(4)}"
    draft.mkdir()
    try:
        yield draft
        _sync(draft)
        draft.rename(city / version)
        sync_folder(city)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def point_to(root: Path, name: str, version: str) -> None:
    """Put a version in force, in one step that other processes see whole or not at all."""
    city = city_folder(root, name)
    if not (city / version / "city.json").is_file():
        raise NotFound(_("There is no version %(version)s of %(name)s."), version=version, name=name)
    draft = city / f".{POINTER}-{secrets.token_hex(4)}"
    with draft.open("w", encoding="ascii") as file:
        file.write(version)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(city / POINTER)
    sync_folder(city)


def _sync(folder: Path) -> None:
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    sync_folder(folder)
