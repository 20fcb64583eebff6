# SPDX-License-Identifier: Apache-2.0
"""Both languages from the start: a gap anywhere is red."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils import translation

from callbox.web import phrases
from callbox.web.words import script_words

PLACE = re.compile(r"%\((\w+)\)[sd]")
SCRIPTS = Path(phrases.__file__).parent / "static" / "web" / "js"


@pytest.mark.parametrize("room", phrases.rooms_with_words())
def test_every_text_of_the_room_is_there_in_chinese(room: str) -> None:
    assert phrases.gaps_of(room) == {}


@pytest.mark.parametrize("room", phrases.rooms_with_words())
def test_a_translation_has_the_same_places_to_fill(room: str) -> None:
    for message in phrases.translations_of(room):
        if message.id and isinstance(message.id, str) and isinstance(message.string, str):
            assert sorted(PLACE.findall(message.id)) == sorted(PLACE.findall(message.string)), message.id


def test_a_text_is_translated_the_same_in_every_room() -> None:
    """The rooms' catalogues are merged when pages are shown: of two translations one would win by chance."""
    said: dict[str, set[str]] = {}
    for room in phrases.rooms_with_words():
        for message in phrases.translations_of(room):
            if message.id and isinstance(message.id, str) and isinstance(message.string, str):
                said.setdefault(f"{message.context or ''}|{message.id}", set()).add(message.string)
    assert {text: found for text, found in said.items() if len(found) > 1} == {}


def test_the_room_of_the_shared_words_has_words() -> None:
    assert len(phrases.phrases_of("web")) > 50


def test_texts_are_found_in_templates_and_modules() -> None:
    found = phrases.phrases_of("web")
    assert found["Skip to the content"].endswith(".html")
    assert found["Priority %(level)s"].endswith("priority.html")
    assert found["Somebody else was first"].endswith(".py")


def test_a_fuzzy_or_empty_translation_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    po = tmp_path / "django.po"
    po.write_text(
        phrases.HEADER
        + '\nmsgid "a"\nmsgstr ""\n\n#, fuzzy\nmsgid "b"\nmsgstr "乙"\n\nmsgid "c"\nmsgstr "丙"\n'
    )
    monkeypatch.setattr(phrases, "po_path", lambda room: po)
    monkeypatch.setattr(phrases, "phrases_of", lambda room: dict.fromkeys("abcd", "here"))
    assert set(phrases.gaps_of("any")) == {"a", "b", "d"}
    phrases.add_gaps("any")
    with po.open("rb") as file:
        assert {message.id for message in read_po(file) if message.id} == set("abcd")


def test_scripts_say_only_words_the_server_sends() -> None:
    used = {key for path in SCRIPTS.glob("*.js") for key in re.findall(r'\bword\("(\w+)"', path.read_text())}
    assert used <= set(script_words())


def test_the_words_of_the_scripts_follow_the_language() -> None:
    with translation.override("zh-hans"):
        assert script_words()["live"] == "实时"
