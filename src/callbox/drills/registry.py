# SPDX-License-Identifier: Apache-2.0
"""The drills there are: every public module of `callbox.drills.faults` is one."""

import importlib
import pkgutil
from collections.abc import Sequence
from typing import Protocol, cast

from callbox.drills import faults
from callbox.drills.result import Result


class Drill(Protocol):
    """One drill. HELP: what it does. TIMES: how many faults it makes when nobody says."""

    HELP: str
    TIMES: int

    def run(self, seed: int, times: int) -> Result:
        """Make so many faults with that seed. Raises Skipped where the machine refuses what it takes."""


def names() -> Sequence[str]:
    """All drills, as the command line calls them."""
    found = (info.name for info in pkgutil.iter_modules(faults.__path__) if not info.name.startswith("_"))
    return sorted(name.replace("_", "-") for name in found)


def drill(name: str) -> Drill:
    """The drill of that name. Raises KeyError."""
    if name not in names():
        raise KeyError(name)
    module = importlib.import_module(f"{faults.__name__}.{name.replace('-', '_')}")
    return cast("Drill", module)
