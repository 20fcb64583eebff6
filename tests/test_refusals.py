# SPDX-License-Identifier: Apache-2.0
"""What Callbox refuses to be stays refused: no table may carry more about people, no library may recognise them."""

import csv
import json
import re
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import NamedTuple

import pytest
from django.db import connection

from callbox.host.config import CHECKOUT

TABLES = CHECKOUT / "docs" / "reference" / "tables.tsv"
CARRIED = {"position", "contact", "identity"}
# Columns that can hold words, bytes, coordinates or structures; all others hold numbers, times, truths and keys.
TELLING = (
    "text",
    "character varying",
    "bytea",
    "double precision",
    "jsonb",
    "ARRAY",
    "point",
    "inet",
    "json",
)
NEVER_IN_A_NAME = re.compile(
    r"face|facial|voice|gait|biometr|fingerprint|iris|plate|suspic|suspect|risk|score|watch_?list|black_?list"
    r"|id_card|passport|guest|tenant|passer|imei|imsi|mac_address|ethnic|religio|nationality|gender"
)
# Libraries that recognise people, voices or number plates, or track them; by name, and by what they say they do.
NEVER_A_LIBRARY = re.compile(
    r"(^|[-_])(face|facenet|deepface|insightface|dlib|retinaface|mtcnn|mediapipe|openface|arcface|gait|reid|torchreid"
    r"|speechbrain|resemblyzer|pyannote|nemo|openalpr|alpr|anpr|fast-alpr|plate|easyocr|paddleocr|opencv"
    r"|ultralytics|yolo|deepsort|bytetrack|norfair|tweepy|snscrape|instaloader|facebook|praw|telethon)([-_.]|$)"
)
NAMESAKES = {"face": "reads command lines; semgrep brings it"}
NEVER_SAID = re.compile(
    r"fac(e|ial) (recognition|detection|identification)|speaker (recognition|identification|verification)|voice ?print"
    r"|licen[cs]e plate|number plate|person re-?identification|gait recognition|social media scrap",
    re.IGNORECASE,
)


class Line(NamedTuple):
    table: str
    carries: dict[str, str]
    plain: frozenset[str]
    adr: str


def lines() -> Iterator[Line]:
    with TABLES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            carries = dict(pair.split(":") for pair in row["carries"].split())
            yield Line(row["table"], carries, frozenset(row["plain"].split()), row["adr"])


@pytest.fixture
def columns(db: None) -> dict[str, dict[str, str]]:
    """Every column of every table of ours, with its type."""
    found: dict[str, dict[str, str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
        )
        for table, column, kind in cursor.fetchall():
            found.setdefault(table, {})[column] = kind
    found.pop("django_migrations")
    return found


def test_every_table_is_classed(columns: dict[str, dict[str, str]]) -> None:
    assert {line.table for line in lines()} == set(columns)


def test_every_column_that_could_tell_of_somebody_is_classed(columns: dict[str, dict[str, str]]) -> None:
    wrong = []
    for line in lines():
        telling = {name for name, kind in columns[line.table].items() if kind in TELLING}
        wrong += [f"{line.table}.{name} is not classed" for name in telling - set(line.carries) - line.plain]
        wrong += [
            f"{line.table}.{name} is not there"
            for name in (set(line.carries) | line.plain) - set(columns[line.table])
        ]
        wrong += [f"{line.table}.{name} is classed twice" for name in set(line.carries) & line.plain]
    assert not wrong, "\n".join(wrong)


def test_what_carries_something_about_somebody_has_a_decision_that_names_it() -> None:
    for line in lines():
        assert set(line.carries.values()) <= CARRIED, line.table
        if line.carries:
            (record,) = (CHECKOUT / "docs" / "adr").glob(f"{line.adr}-*.md")
            assert f"`{line.table}`" in record.read_text(encoding="utf-8"), (
                f"{record.name} is silent on {line.table}"
            )


def test_nothing_is_named_after_what_is_refused(columns: dict[str, dict[str, str]]) -> None:
    names = {table: [table, *found] for table, found in columns.items()}
    wrong = [
        f"{table}: {name}" for table, found in names.items() for name in found if NEVER_IN_A_NAME.search(name)
    ]
    assert not wrong, wrong


def locked() -> Iterator[str]:
    for path in sorted(CHECKOUT.glob("requirements*.lock")):
        yield from re.findall(r"^([a-zA-Z0-9._-]+)==", path.read_text(encoding="utf-8"), re.MULTILINE)
    packages = json.loads((CHECKOUT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    yield from (name.removeprefix("node_modules/") for name in packages if name)


def test_no_library_that_recognises_or_tracks_people_may_enter() -> None:
    names = sorted({name.lower() for name in locked()})
    assert len(names) > 100
    assert not [name for name in names if NEVER_A_LIBRARY.search(name) and name not in NAMESAKES]


def test_no_installed_library_says_that_it_recognises_people() -> None:
    said = {found.metadata["Name"]: found.metadata.get("Summary", "") for found in distributions()}
    assert not {name: summary for name, summary in said.items() if NEVER_SAID.search(summary)}


@pytest.mark.parametrize(
    "name", ["face-recognition", "opencv-python", "pyannote.audio", "fast-alpr", "deepface", "torchreid"]
)
def test_the_list_knows_the_usual_ones(name: str) -> None:
    assert NEVER_A_LIBRARY.search(name)


def test_the_test_itself_reads_the_file_it_speaks_of() -> None:
    assert TABLES.relative_to(CHECKOUT) == Path("docs/reference/tables.tsv")
    assert any(line.carries for line in lines())
