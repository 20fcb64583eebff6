# SPDX-License-Identifier: Apache-2.0
"""Words in pure code: marked here for translation, translated by the edge that shows them."""


def gettext_noop(message: str) -> str:
    """Mark a text for translation and return it unchanged."""
    return message


def storable(text: str) -> str:
    """The text without the one character that PostgreSQL does not keep."""
    return text.replace("\x00", "")
