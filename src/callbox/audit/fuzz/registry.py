# SPDX-License-Identifier: Apache-2.0
"""The parsers there are, and one input for one of them."""

import importlib
import pkgutil
from collections.abc import Sequence
from typing import Protocol, cast

from callbox.audit.fuzz import targets


class Target(Protocol):
    """One parser. REFUSALS: what its documentation says it raises. SEEDS: inputs to begin with."""

    REFUSALS: tuple[type[BaseException], ...]
    SEEDS: Sequence[bytes]

    def feed(self, data: bytes) -> None:
        """Give the parser these bytes; AssertionError when what it makes of them cannot be right."""


def names() -> list[str]:
    """All parsers."""
    return sorted(info.name for info in pkgutil.iter_modules(targets.__path__) if info.name[0] != "_")


def target(name: str) -> Target:
    """The parser of that name. Raises KeyError."""
    if name not in names():
        raise KeyError(name)
    return cast("Target", importlib.import_module(f"{targets.__name__}.{name}"))


def feed_one(chosen: Target, data: bytes) -> None:
    """One input. Raises whatever is no refusal of exactly these kinds: a ValueError of Python's own is a fault."""
    try:
        chosen.feed(data)
    except chosen.REFUSALS as refused:
        if type(refused) not in chosen.REFUSALS:
            raise
