# SPDX-License-Identifier: Apache-2.0
"""The pages on which a requirement asks for something in writing say it, and say what is so."""

import ast
import re

import pytest

from callbox.host.config import CHECKOUT
from tests.asvs.sources import modules
from tests.signed_in import person, signed_in
from tests.test_asvs import names_in

REFERENCE = CHECKOUT / "docs" / "reference"
RULE = re.compile(r"^\|.*\| `([^`]+\.py)::(\w+)` \|$", re.MULTILINE)


def test_each_rule_of_several_fields_names_a_test_that_exists() -> None:
    text = (REFERENCE / "rules-of-input.md").read_text(encoding="utf-8")
    named = RULE.findall(text)
    assert len(named) == len([line for line in text.splitlines() if line.startswith("| ")]) - 1 > 10
    assert [f"{path}::{name}" for path, name in named if name not in names_in(path)] == []


def test_every_logger_stands_in_the_inventory() -> None:
    text = (REFERENCE / "logs.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(callbox\.\w+)` \|", text, re.MULTILINE)
    used = set()
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "logging.getLogger" and node.args:
                said = ast.unparse(node.args[0])
                used.add(f"callbox.{path.parts[0]}" if said == "__name__" else ast.literal_eval(said))
    used -= {"py4j"}  # not ours: it is told to be quiet
    assert used - set(listed) == set()
    assert set(listed) - used == set()


SAID = {
    "docs/how-to/sign-in.md": ["Several sign-ins at once", "no upper number", "does not sign out there"],
    "docs/how-to/audit.md": [
        "critical",
        "high",
        "medium",
        "low",
        "2 days",
        "7 days",
        "30 days",
        "three months",
    ],
    "docs/reference/logs.md": ["journal_entry", "access_personalread", "postgresql/log", "UTC", "90 days"],
}


@pytest.mark.parametrize("page", SAID)
def test_the_pages_say_what_they_must(page: str) -> None:
    text = (CHECKOUT / page).read_text(encoding="utf-8")
    assert [words for words in SAID[page] if words not in text] == []


@pytest.mark.django_db
def test_somebody_may_be_signed_in_at_two_desks() -> None:
    lin = person("lin", "dispatcher")
    desks = [signed_in(lin) for _ in range(3)]
    assert [desk.get("/api/me").status_code for desk in desks] == [200] * 3
