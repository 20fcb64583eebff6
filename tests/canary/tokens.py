# SPDX-License-Identifier: Apache-2.0
"""Canaries: a word of its own for each protected field, whom the policy lets see it, and finding it in any spelling."""

import base64
import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote_plus

from callbox.access.domain import POLICY_FILE
from tests.rls.reference import Reference

NOBODY = ""
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True)
class Token:
    """A word in one field. powers: any of these actions shows it, within `scope`; owner: who sees it as their own.

    also: with this power it may be seen, but the walk need not come upon it.

    whole: an id or a number, which counts only as a whole word, and not where the asker said it and was refused.
    """

    field: str
    text: str
    powers: tuple[str, ...]
    scope: tuple[str, ...] = ()
    owner: str = NOBODY
    whole: bool = False
    also: tuple[str, ...] = ()

    def found_in(self, texts: "Texts") -> bool:
        """Whether it stands there, in whatever spelling."""
        folded, exact = spellings(self.text, self.whole)
        return any(word in texts.folded for word in folded) or any(word in texts.exact for word in exact)


@cache
def spellings(text: str, whole: bool) -> tuple[set[str], set[str]]:
    """How a word may stand where case does not count, and where it does: in base64, wherever in a text it begins."""
    said = text.casefold()
    if whole:
        return {said}, set()
    exact = set()
    for before in range(3):  # without the characters that its neighbours share
        inner = (
            base64.b64encode(b"\x00" * before + text.encode()).decode()[(0, 2, 3)[before] :].rstrip("=")[:-1]
        )
        exact |= {inner, inner.replace("+", "-").replace("/", "_")}
    return {said, text.encode().hex()}, exact


@dataclass(frozen=True)
class Texts:
    """An answer as it stands, and read as a browser, a form or a parser of JSON would."""

    exact: str
    folded: str

    @classmethod
    def of(cls, said: str) -> "Texts":
        plain = ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), said)
        read = {said, plain, html.unescape(said)}
        if "%" in said:
            read.add(unquote_plus(said))
        return cls(said, "\n".join(read).casefold())


class Judge:
    """May a person with that one role and those keys see a token? Asked of the policy's own lines."""

    def __init__(self, person: str, role: str, keys: Iterable[str]) -> None:
        self.person = person
        self.reference = Reference(POLICY_FILE)
        self.reference.grants[person] = {0: (role, frozenset(keys))} if role else {}

    def must_see(self, token: Token) -> bool:
        """It is theirs to see: the walk has to come upon it."""
        own = bool(self.person) and token.owner == self.person
        return (own and bool(token.powers)) or self._any(token, token.powers)

    def may_see(self, token: Token) -> bool:
        """Nothing is wrong when they see it."""
        return self.must_see(token) or token.owner == self.person != NOBODY or self._any(token, token.also)

    def _any(self, token: Token, powers: Iterable[str]) -> bool:
        return any(self.reference.may(self.person, power, token.scope) for power in powers)
