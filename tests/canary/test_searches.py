# SPDX-License-Identifier: Apache-2.0
"""Whoever searches for a word learns nothing about rows that are not theirs: not even that it is there."""

import codecs
import html
import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urlencode

import pytest

from callbox.web.api import api
from tests.canary.routes import QUERIES, STATIC, Ask, pages
from tests.canary.scene import FOREIGN, Night, Walker
from tests.canary.tokens import Judge, Token
from tests.canary.walking import answer, steady

NOWHERE = "kanarié nowhere at all 999vogel"
OF_PAGES = ("q", "search", "name", "words", "number", "type", "next", "state", "from", "to")
SEARCHERS = ("crew", "without_role", "dispatcher", "supervisor", "administrator")
FRESH = {"/account/factors", "/report"}  # a secret or an id that was never there before
SEARCHED = {"dispatcher": "/api/places", "administrator": "/admin/access/person/"}
SHAPE = str.maketrans("0123456789", "5678901234")


def searches() -> dict[str, tuple[str, ...]]:
    """Every address without ids that is asked with GET, and the parameters that take a word.

    Of an operation those that its document names; the configuration refuses any parameter but its own.
    """
    documented = api.get_openapi_schema(path_prefix="/api/")["paths"]
    found = {
        path: tuple(each["name"] for each in entry["get"].get("parameters", ()) if takes_words(each))
        for path, entry in documented.items()
        if "get" in entry and "{" not in path
    }
    for pattern in pages():
        if "<" not in pattern and "(" not in pattern and not pattern.lstrip("/").startswith(STATIC):
            found[pattern] = ("q",) if pattern.startswith("/admin/") else OF_PAGES
    return found


def takes_words(parameter: Any) -> bool:
    """Any word, not one of a list or a moment: those are refused for how they are written."""
    kinds = [parameter["schema"], *parameter["schema"].get("anyOf", ())]
    return any(kind.get("type") == "string" and not {"format", "enum"} & kind.keys() for kind in kinds)


def address(path: str, names: Iterable[str], word: str) -> str:
    """The address that asks for this word in every way; what else it must say, it says."""
    said = dict(parse_qsl(QUERIES.get(path, "")[1:])) | dict.fromkeys(names, word)
    return f"{path}?{urlencode(said)}" if said else path


def nowhere(word: str) -> str:
    """A word of the same shape that stands nowhere: what is checked before it is looked for is checked alike."""
    return codecs.encode(word, "rot13").translate(SHAPE)


def heard(walker: Walker, path: str, names: Iterable[str], word: str) -> str:
    """The answer to a search, without the address or the word that was asked for, in whatever spelling."""
    asked = address(path, names, word)
    said = steady(answer(walker, Ask("GET", asked)))
    spelled = {each for text in (asked.partition("?")[2], word) for each in spellings(text)}
    for text in sorted(spelled - {""}, key=len, reverse=True):
        said = said.replace(text, "W")
    return said.replace("?W", "").replace("%3FW", "")


def spellings(text: str) -> set[str]:
    """As a page, JSON, or an address within an address says it."""
    found = {text, html.escape(text), json.dumps(text)[1:-1]}
    for spell in (quote, quote_plus):
        found |= {spell(text), spell(spell(text)), spell(quote(text)), spell(quote_plus(text))}
    return found


def differs(walker: Walker, path: str, names: Iterable[str], word: str) -> bool:
    """Whether the word is answered otherwise than one that is nowhere, each time: some pages change by themselves."""
    other = nowhere(word)
    assert other != word
    return all(heard(walker, path, names, word) != heard(walker, path, names, other) for _ in range(3))


def foreign_words(night: Night, walker: Walker) -> list[Token]:
    """One word of each field that this person may not see: what looks into a field at all finds any of its words."""
    judge = Judge(walker.person, walker.role, walker.keys)
    hidden = [each for each in night.tokens if not each.whole and not judge.may_see(each)]
    others = [each for each in hidden if each.field.startswith((FOREIGN, "stranger", "contact"))]
    return list({each.field.split(".")[1]: each for each in others}.values())


@pytest.mark.parametrize("name", SEARCHERS)
def test_a_search_for_a_foreign_word_is_answered_as_one_for_a_word_that_is_nowhere(
    night: Night, name: str
) -> None:
    """What answers a search at all is asked for every word, anything else for one of them."""
    walker = next(each for each in night.walkers if each.name == name)
    words, searched, differing = foreign_words(night, walker), [], []
    assert words
    for place, (path, names) in enumerate(searches().items(), start=SEARCHERS.index(name)):
        nothing = heard(walker, path, names, NOWHERE)
        if path in FRESH and heard(walker, path, names, NOWHERE) != nothing:
            continue
        tried = [words[place % len(words)]]
        if nothing != heard(walker, path, names, ""):
            searched.append(path)
            tried = words
        for word in tried:
            if heard(walker, path, names, word.text) != nothing and differs(walker, path, names, word.text):
                differing.append(f"{path}: {word.field}")
    assert SEARCHED.get(name, searched[0]) in searched
    assert differing == []


def test_a_search_that_may_find_is_answered_otherwise(night: Night) -> None:
    """The control: an administrator may look for a sign-in name."""
    walker = next(each for each in night.walkers if each.name == "administrator")
    token: Token = next(each for each in night.tokens if each.field == "stranger.username")
    path = "/admin/access/person/"
    assert differs(walker, path, ("q",), token.text)
