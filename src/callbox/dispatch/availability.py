# SPDX-License-Identifier: Apache-2.0
"""Why a unit cannot be sent, or only on a condition: `data/availability.tsv`. Part of the domain."""

from collections.abc import Mapping
from functools import cache

from callbox.kernel.errors import Invalid
from callbox.kernel.tables import Words, read_table
from callbox.kernel.text import gettext_noop as _


@cache
def load_reasons() -> Mapping[str, Words]:
    """The reasons by code, in the order in which they are offered; raises TableError."""
    return {row.need("code"): row.words() for row in read_table("callbox.dispatch", "availability.tsv")}


def reason_text(code: str, language: str) -> str:
    """The reason in words; what is no known code is shown as it stands."""
    words = load_reasons().get(code)
    return words.in_language(language) if words else code


def check_reason(code: str) -> None:
    """A reason stands in the journal, where free words could name somebody. Raises Invalid for any but a code."""
    if code not in load_reasons():
        raise Invalid(_("Choose one of the reasons offered."))
