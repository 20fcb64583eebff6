# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox keys`."""

import json
from collections import Counter
from pathlib import Path

from callbox.commands._setup import database, use_django
from callbox.host.errors import HostError
from callbox.host.vault import Vault, vault
from callbox.kernel.errors import Unavailable


def show() -> int:
    """Print the days that have a key, as the first and last of each unbroken run."""
    found = _vault()
    days = found.days()
    for first, last in zip(
        [day for day in days if day.toordinal() - 1 not in {d.toordinal() for d in days}],
        [day for day in days if day.toordinal() + 1 not in {d.toordinal() for d in days}],
        strict=True,
    ):
        print(f"{first} to {last}")
    print(json.dumps({"days": len(days), "lasting": found.generations()}))
    return 0


def check() -> int:
    """Open every sealed value; print how many there are and why some do not open. 1 when any does not."""
    _vault()
    with database():
        use_django()
        from callbox.access.keys import open_all

        found: Counter[str] = open_all()
    print(json.dumps({"sealed": found.total(), "opens": found["opens"], **_without(found, "opens")}))
    return 0 if found.total() == found["opens"] else 1


def rotate() -> int:
    """A new lasting key; what the old ones sealed is sealed anew, and those that nothing needs are destroyed."""
    _vault()
    with database():
        use_django()
        from callbox.access.factor_keys import rotate_lasting

        number, factors = rotate_lasting()
    print(json.dumps({"lasting": number, "sealed_anew": factors}))
    return 0


def merge(folder: Path | None) -> int:
    """Take over the days' keys of another folder, so that what was sealed with either opens."""
    if folder is None or not folder.is_dir():
        raise Unavailable("Name the folder whose keys are to be taken over: callbox keys merge FOLDER")
    try:
        print(json.dumps({"taken_over": _vault().adopt(folder)}))
    except (HostError, OSError) as error:
        raise Unavailable("%(why)s", why=error) from error
    return 0


def _without(found: Counter[str], name: str) -> dict[str, int]:
    return {why: count for why, count in found.items() if why != name}


def _vault() -> Vault:
    try:
        return vault()
    except HostError as error:
        raise Unavailable("%(why)s", why=error) from error
