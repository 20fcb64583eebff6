# SPDX-License-Identifier: Apache-2.0
"""What is told, in both languages: each room's `data/letters.tsv`. Part of the domain: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from string import Formatter

from callbox.kernel.tables import Row, TableError, Words, read_table
from callbox.messages.ways import KINDS

TABLE = "letters.tsv"


@dataclass(frozen=True, slots=True)
class Form:
    """One letter to be filled. kept: how long recipient and words are kept. places: the names to fill."""

    name: str
    kind: str
    kept: timedelta
    subject: Words
    body: Words
    places: frozenset[str]


@cache
def form(name: str) -> Form:
    """The letter `<room>.<letter>`. Raises TableError."""
    room, _dot, letter = name.partition(".")
    rows = [row for row in read_table(f"callbox.{room}", TABLE) if row["letter"] == letter]
    if len(rows) != 1:
        raise TableError(f"{TABLE} of {room} has {len(rows)} lines for {letter!r}")
    return _form(name, rows[0])


def forms_of(room: str) -> list[Form]:
    """All letters of a room. Raises TableError for one that cannot be meant."""
    return [form(f"{room}.{row.need('letter')}") for row in read_table(f"callbox.{room}", TABLE)]


def _form(name: str, row: Row) -> Form:
    subject, body = row.words("subject_en", "subject_zh"), row.words()
    english, chinese = (
        {*_places(a, row), *_places(b, row)} for a, b in ((subject.en, body.en), (subject.zh, body.zh))
    )
    if english != chinese:
        raise row.wrong(f"only one language has {', '.join(sorted(english ^ chinese))}")
    kept = timedelta(days=row.whole("kept", 1, 3_650))
    return Form(name, row.one_of("kind", KINDS), kept, subject, body, frozenset(english))


def _places(text: str, row: Row) -> set[str]:
    """The names in the text; no formats, no attributes: a word is filled in as it is."""
    found = set()
    for _text, name, spec, conversion in Formatter().parse(text):
        if name is None:
            continue
        if not name.isidentifier() or spec or conversion:
            raise row.wrong(f"{{{name}}} is no plain name")
        found.add(name)
    return found


def fill(letter: Form, language: str, words: Mapping[str, object]) -> tuple[str, str]:
    """Subject and body. Raises TableError when a word is missing or is one too many."""
    if set(words) != letter.places:
        raise TableError(
            f"{letter.name} wants {', '.join(sorted(letter.places))}, not {', '.join(sorted(words))}"
        )
    said = {name: _plain(str(word)) for name, word in words.items()}
    subject, body = letter.subject.in_language(language), letter.body.in_language(language)
    return subject.format(**said), body.replace("\\n", "\n").format(**said)


def _plain(word: str) -> str:
    """Without control characters: what somebody wrote begins no line of ours and no header of a mail."""
    return "".join(each if each.isprintable() else " " for each in word)
