# SPDX-License-Identifier: Apache-2.0
"""Every requirement of levels 1 and 2 of the OWASP ASVS 5.0.0 has an answer, and the tests it names exist.

Numbers by chapter: the list of requirements that comes with release 5.0.0 (docs_en, CSV), levels 1 and 2.
"""

import ast
import re
from collections import Counter
from functools import cache
from typing import Any

import pytest
import yaml

from callbox.host.config import CHECKOUT

FILE = CHECKOUT / "docs/reference/asvs.yaml"
PAGE = CHECKOUT / "docs/reference/asvs.md"
BY_CHAPTER = {
    1: 27,
    2: 11,
    3: 19,
    4: 10,
    5: 9,
    6: 35,
    7: 18,
    8: 7,
    9: 7,
    10: 29,
    11: 14,
    12: 9,
    13: 13,
    14: 9,
}
BY_CHAPTER |= {15: 13, 16: 16, 17: 7}
BY_LEVEL = {1: 70, 2: 183}
LEVEL_1 = {1: 8, 2: 4, 3: 8, 4: 2, 5: 4, 6: 13, 7: 6, 8: 4, 9: 4, 10: 5, 11: 3, 12: 3, 13: 1, 14: 2, 15: 3}
STATUSES = {"met", "partly", "not_met", "not_applicable"}
LEAST_BY_TEST = 0.65


@cache
def answers() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


@cache
def names_in(path: str) -> frozenset[str]:
    """The names of the tests of a file; nothing when there is no such file."""
    file = CHECKOUT / path
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def is_by_test(answer: dict[str, Any]) -> bool:
    """Whether tests alone prove the whole answer: what is met in part does not count."""
    return bool(answer.get("tests")) and answer["status"] in ("met", "not_applicable")


def figures() -> dict[str, int]:
    said = Counter(answer["status"] for answer in answers().values())
    by_test = sum(is_by_test(answer) for answer in answers().values())
    return {
        "requirements": len(answers()),
        "by test": by_test,
        **{name: said[name] for name in sorted(STATUSES)},
    }


def test_every_requirement_of_both_levels_has_its_answer() -> None:
    chapters: Counter[int] = Counter()
    first: Counter[int] = Counter()
    for name, answer in answers().items():
        assert re.fullmatch(r"V\d+\.\d+\.\d+", name), name
        chapter = int(name[1:].split(".")[0])
        chapters[chapter] += 1
        first[chapter] += answer["level"] == 1
    assert dict(chapters) == BY_CHAPTER
    assert {chapter: count for chapter, count in first.items() if count} == LEVEL_1
    assert Counter(answer["level"] for answer in answers().values()) == BY_LEVEL


def test_no_requirement_is_answered_twice() -> None:
    names = re.findall(r"^(V[\d.]+):", FILE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(names) == len(set(names)) == len(answers())


@pytest.mark.parametrize("name", answers())
def test_an_answer_is_whole(name: str) -> None:
    answer = answers()[name]
    assert set(answer) <= {"level", "topic", "status", "tests", "note"}
    assert answer["status"] in STATUSES
    assert 1 <= len(answer["topic"].split()) <= 7
    if answer["status"] in ("partly", "not_met") or "tests" not in answer:
        assert len(answer.get("note", "")) > 30, "it says what is missing, or why it does not apply"
    for test in answer.get("tests", []):
        path, _, function = test.partition("::")
        assert function in names_in(path), f"{test} is not there"


def test_enough_is_answered_by_tests() -> None:
    found = figures()
    assert found["by test"] >= LEAST_BY_TEST * found["requirements"]


def test_the_page_says_the_figures() -> None:
    said = dict(re.findall(r"^\| ([a-z_ ]+) \| (\d+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert {name: int(number) for name, number in said.items()} == figures()
