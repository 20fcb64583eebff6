# SPDX-License-Identifier: Apache-2.0
"""The scripts of the desks say nothing that has no words."""

import re
from pathlib import Path

import pytest

from callbox.dispatch.script_words import board_words
from callbox.dispatch.words import codes, load_choices, supervisor_words
from callbox.incidents.words import answer_words
from callbox.web.words import script_words

ROOMS = Path(__file__).resolve().parents[2]
DISPATCH = [
    path for path in sorted((ROOMS / "dispatch/static/dispatch").glob("*.js")) if "crew" not in path.name
]
INCIDENTS = sorted((ROOMS / "incidents/static/incidents").glob("*.js"))
SAID = re.compile(r'\bword\((?:"([a-z_0-9]+)"|`([a-z_]+)\$\{)')


@pytest.mark.parametrize("path", [*DISPATCH, *INCIDENTS], ids=lambda path: path.name)
def test_every_word_of_a_script_is_known(path: Path) -> None:
    room = answer_words() if path in INCIDENTS else board_words() | supervisor_words()
    known = room | script_words()
    for word, start in SAID.findall(path.read_text(encoding="utf-8")):
        assert word in known or (start and any(key.startswith(start) for key in known)), word or start


def test_each_reason_has_one_text_wherever_it_is_given() -> None:
    texts: dict[str, set[str]] = {}
    for found in load_choices().values():
        for code, words in found.items():
            texts.setdefault(code, set()).add(f"{words.en} {words.zh}")
    assert {code for code, said in texts.items() if len(said) > 1} == set()
    assert codes()["fire_out"] == "Fire put out"
