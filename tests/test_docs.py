# SPDX-License-Identifier: Apache-2.0
"""What the pages say is so: their links lead somewhere, their commands exist, their blocks can be run."""

import doctest
import re
import subprocess
from pathlib import Path

import pytest

import callbox.benches
import callbox.commands
from callbox.commands._registry import modules_in
from callbox.host.config import CHECKOUT

PAGES = sorted([CHECKOUT / "README.md", CHECKOUT / "CHANGELOG.md", *CHECKOUT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"(?:\./)?callbox ([a-z][a-z0-9]*)(?: ([a-z]+))?")
CALLED = re.compile(r"(?:^|&& )(?:[A-Z_]+=\S+ )*\./callbox (.*?)(?: *#.*)?$", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = [
        link
        for link in LINK.findall(page.read_text(encoding="utf-8"))
        if not link.startswith(("http", "mailto"))
    ]
    missing = [link for link in links if not (page.parent / link).exists()]
    assert not missing


def test_the_list_of_commands_is_complete() -> None:
    text = (CHECKOUT / "docs/reference/commands.md").read_text(encoding="utf-8")
    listed = {(first, second or "") for first, second in COMMAND.findall(text)}
    known = set(modules_in(callbox.commands))
    assert {first for first, _second in listed if first != "COMMAND"} - known == set()
    assert known - {first for first, _second in listed} == set()
    assert set(modules_in(callbox.benches)) == {second for first, second in listed if first == "bench"}


def called() -> list[str]:
    found = set()
    for page in PAGES:
        for block in BLOCK.findall(page.read_text(encoding="utf-8")):
            found |= {line.strip() for line in CALLED.findall(block)}
    return sorted(found)


@pytest.mark.parametrize("words", called())
def test_code_blocks_call_commands_and_options_that_exist(words: str) -> None:
    """Every call of a page is parsed by the program itself: `--help` ends it after its options are known."""
    said = [word for word in words.split() if word not in ("...", "\\")]
    options = {word.partition("=")[0] for word in said if word.startswith("--")}
    upto = next(
        (i for i, word in enumerate(said) if word.startswith("-") or "." in word or "/" in word), len(said)
    )
    path = said[: min(upto, 2)]
    for length in (len(path), 1):
        done = subprocess.run(
            ["./callbox", *path[:length], "--help"], cwd=CHECKOUT, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            break
    assert done.returncode == 0, done.stderr
    unknown = {option for option in options if option not in done.stdout}
    assert path == ["test"] or not unknown


@pytest.mark.parametrize(
    "page", [page for page in PAGES if ">>> " in page.read_text(encoding="utf-8")], ids=lambda page: page.name
)
def test_worked_examples_give_what_the_page_says(page: Path) -> None:
    text = page.read_text(encoding="utf-8").replace("```", "\n")  # a fence would read as output
    test = doctest.DocTestParser().get_doctest(text, {}, page.name, str(page), 0)
    assert test.examples
    assert not doctest.DocTestRunner().run(test).failed
