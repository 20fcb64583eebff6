# SPDX-License-Identifier: Apache-2.0
"""The tools there are, in the order of their names."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Protocol, cast

from callbox.audit import tools
from callbox.audit.environment import Bench
from callbox.audit.outcome import Outcome


class Tool(Protocol):
    """One tool: NAME as people know it."""

    NAME: str

    def run(self, bench: Bench) -> Outcome:
        """Look, and say what was found."""


def all_tools() -> Iterator[Tool]:
    """Every public module of `callbox.audit.tools`."""
    for info in pkgutil.iter_modules(tools.__path__):
        if not info.name.startswith("_"):
            yield cast("Tool", importlib.import_module(f"{tools.__name__}.{info.name}"))
