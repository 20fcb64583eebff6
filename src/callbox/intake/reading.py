# SPDX-License-Identifier: Apache-2.0
"""Reading raw contacts: each module of `channels` reads its own. What cannot be read goes to a person. Pure."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache

from callbox.intake import channels
from callbox.intake.domain import Said

MOST_WORDS = 20_000
Reader = Callable[[bytes, str], Said]


@cache
def readers() -> Mapping[str, Reader]:
    """The reader of each channel: the `read` of the module of that name."""
    names = [info.name for info in pkgutil.iter_modules(channels.__path__) if not info.name.startswith("_")]
    return {name: importlib.import_module(f"{channels.__name__}.{name}").read for name in names}


def read_contact(channel: str, body: bytes, content_type: str) -> Said:
    """What the contact says. Never fails: what cannot be read is given to a person as far as it is text."""
    reader = readers().get(channel)
    if reader is not None:
        try:
            return reader(body, content_type)
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
    return Said(words=printable(body.decode("utf-8", "replace")), readable=False)


def printable(text: str) -> str:
    """The text without what a database or a screen cannot hold, cut at a length that a person can read."""
    return "".join(c for c in text if c.isprintable() or c in "\n\t")[:MOST_WORDS].strip()
