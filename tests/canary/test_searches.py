# SPDX-License-Identifier: Apache-2.0
"""Whoever searches for a word learns nothing about rows that are not theirs: not even that it is there."""

import codecs
import html
import json
from urllib.parse import quote, quote_plus, urlencode

import pytest

from tests.canary.routes import STATIC, Ask, pages
from tests.canary.scene import FOREIGN, Night, Walker
from tests.canary.tokens import Judge, Token
from tests.canary.walking import Answers, answer, steady
from tests.test_endpoints import OPERATIONS

NOWHERE = "kanarié nowhere at all 999vogel"
ASKING = ("q", "search", "_q", "name", "username", "words", "number", "source", "type", "o", "from", "to")
DESKS = ("dispatcher", "supervisor", "administrator")
SEARCHERS = ("crew", "without_role", *DESKS)


def searches(night: Night) -> list[str]:
    """Every list that is asked with GET: of the API, the pages and the configuration; without ids in the address."""
    operations = [name.split(" ")[1] for name in OPERATIONS if name.startswith("GET ")]
    paths = [path for path in operations if "{" not in path]
    for pattern in pages():
        if "<" not in pattern and "(" not in pattern and not pattern.lstrip("/").startswith(STATIC):
            paths.append(pattern)
    assert "/admin/access/person/" in paths
    assert "/api/places" in paths
    return paths


def asked(path: str, word: str) -> Ask:
    """The list, asked in every way for this word; the configuration refuses any parameter but its own."""
    names = ("q",) if path.startswith("/admin/") else ASKING
    return Ask("GET", f"{path}?{urlencode(dict.fromkeys(names, word))}")


def nowhere(word: str) -> str:
    """A word of the same shape that stands nowhere: what is checked before it is looked for is checked alike."""
    return codecs.encode(word, "rot13")


def heard(walker: Walker, path: str, word: str) -> str:
    """The answer to a search, without the word that was asked for, in whatever spelling it is said back."""
    said = steady(answer(walker, asked(path, word)))
    spellings = {word, html.escape(word), json.dumps(word)[1:-1]}
    for spell in (quote, quote_plus):
        spellings |= {spell(word), spell(spell(word)), spell(quote(word)), spell(quote_plus(word))}
    for spelled in sorted(spellings, key=len, reverse=True):
        said = said.replace(spelled, "W")
    return said


def answering(night: Night) -> list[str]:
    """The lists that answer a search at all: what they say to a word that is nowhere is not what they say unasked.

    Not those that never say the same twice, such as the page with a fresh secret.
    """
    found = set()
    for walker in night.walkers:
        if walker.name in DESKS:
            for path in searches(night):
                unasked, nowhere = steady(answer(walker, Ask("GET", path))), heard(walker, path, NOWHERE)
                if unasked != nowhere == heard(walker, path, NOWHERE):
                    found.add(path)
    return sorted(found)


@pytest.fixture(scope="module")
def lists(half_and_whole: tuple[Answers, Night]) -> list[str]:
    return answering(half_and_whole[1])


@pytest.mark.parametrize("name", SEARCHERS)
def test_a_search_for_a_foreign_word_is_answered_as_one_for_a_word_that_is_nowhere(
    night: Night, lists: list[str], name: str
) -> None:
    assert {"/admin/access/person/", "/api/places"} <= set(lists)
    walker = next(each for each in night.walkers if each.name == name)
    judge = Judge(walker.person, walker.role, walker.keys)
    hidden = [each for each in night.tokens if not each.whole and not judge.may_see(each)]
    others = [each for each in hidden if each.field.startswith((FOREIGN, "stranger", "contact"))]
    # One word of each field: what looks into a field at all finds any of its words.
    words = {each.field.split(".")[1]: each for each in others}
    assert words
    differing = [
        f"{path}: {token.field}"
        for path in lists
        for token in words.values()
        if heard(walker, path, token.text) != heard(walker, path, nowhere(token.text))
    ]
    assert differing == []


def test_a_search_that_may_find_is_answered_otherwise(night: Night) -> None:
    """The control: an administrator may look for a sign-in name."""
    walker = next(each for each in night.walkers if each.name == "administrator")
    token: Token = next(each for each in night.tokens if each.field == "stranger.username")
    path = "/admin/access/person/"
    assert heard(walker, path, token.text) != heard(walker, path, NOWHERE)
