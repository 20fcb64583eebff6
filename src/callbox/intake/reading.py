# SPDX-License-Identifier: Apache-2.0
"""Reading raw contacts: each module of `channels` reads its own. What cannot be read goes to a person. Pure."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache

from callbox.intake import channels
from callbox.intake.domain import Said

MOST_WORDS = 20_000
SHOWN_BYTES = 512  # of what is no text
# Whatever a reader of one channel stumbles over is no reason to keep a contact from a person.
STUMBLES = (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
Reader = Callable[[bytes, str], Said]


@cache
def readers() -> Mapping[str, Reader]:
    """The reader of each channel: the `read` of the module of that name."""
    names = [info.name for info in pkgutil.iter_modules(channels.__path__) if not info.name.startswith("_")]
    return {name: importlib.import_module(f"{channels.__name__}.{name}").read for name in names}


def read_contact(channel: str, body: bytes, content_type: str) -> Said:
    """What the contact says. Never fails: what cannot be read is given to a person as it is."""
    reader = readers().get(channel)
    if reader is not None:
        try:
            return reader(body, content_type)
        except STUMBLES:
            pass
    return as_it_is(body)


def as_it_is(body: bytes) -> Said:
    """The bytes for a person to look at: as text where most of them are text, else as hexadecimal numbers."""
    text = body[: 4 * MOST_WORDS].decode("utf-8", "replace")
    is_text = 2 * sum(_is_shown(c) and c != "\ufffd" for c in text) >= len(text)
    words = printable(text) if is_text else f"{len(body)} bytes\n{body[:SHOWN_BYTES].hex(' ', 1)}"
    return Said(words=words, readable=False)


def printable(text: str) -> str:
    """The text without what a database or a screen cannot hold, cut at a length that a person can read."""
    return "".join(filter(_is_shown, text))[:MOST_WORDS].strip()


def _is_shown(character: str) -> bool:
    return character.isprintable() or character in "\n\t"
