# SPDX-License-Identifier: Apache-2.0
"""Street names as they are searched: folded, shortened, split into words; and what a query asks for."""

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

WORDS_FILE = Path(__file__).resolve().parents[1] / "data" / "street_words.tsv"
HAN = re.compile(r"[\u3400-\u9fff]")
CROSSING = re.compile(r"\s*(?:[/&@+、]|\\|与|和)\s*|\s+(?:and|at|corner of)\s+", re.IGNORECASE)
CROSSING_END = re.compile(r"(?:的)?(?:十字|丁字|交叉|交汇)?(?:路口|交叉口|交汇处|交界处|口)$")
BLOCK = re.compile(r"(\d+)\s+block\s+(?:of\s+)?(\S.*)", re.IGNORECASE)
NUMBER = r"(\d{1,6})\s?((?:1/2|-?[a-zA-Z])?(?:\s?[-–]\s?\d+[a-zA-Z]?)?)"
NUMBER_FIRST = re.compile(NUMBER + r"\s+(\S.*)")
NUMBER_LAST = re.compile(r"(\S.*?)\s+" + NUMBER)
NUMBER_HAN = re.compile(r"(.*?[\u3400-\u9fff])\s*(\d{1,6})([a-zA-Z]?(?:-\d+)?)\s*(?:[号號].*)?")


@cache
def _words() -> tuple[dict[str, str], frozenset[str]]:
    lines = WORDS_FILE.read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))
    generic = frozenset(row["short"] for row in rows if row["generic"] == "1")
    return {row["word"]: row["short"] for row in rows}, generic


def is_generic(token: str) -> bool:
    """Whether a word only says what kind of street it is, and may be left out."""
    return token in _words()[1]


def begins_generic(token: str) -> bool:
    """Whether somebody may be typing such a word: STRE."""
    words, generic = _words()
    return any(word.startswith(token) and short in generic for word, short in words.items())


def has_han(text: str) -> bool:
    """Whether a text is written in Chinese characters, at least in part."""
    return bool(HAN.search(text))


def plain(text: str) -> str:
    """Full-width forms made ordinary, spaces single."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def fold(text: str) -> str:
    """Upper case without accents or punctuation: ß, ä and É as SS, A and E."""
    spread = unicodedata.normalize("NFD", plain(text).upper())
    kept = "".join(c for c in spread if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w]|_", " ", kept.replace("'", "").replace("’", "").replace(".", "")).split())


@cache
def _token(token: str) -> str:
    ordinal = re.fullmatch(r"0*(\d+)(ST|ND|RD|TH)", token)
    return ordinal[1] + ordinal[2] if ordinal else _words()[0].get(token, token)


def tokens_of(text: str) -> tuple[str, ...]:
    """The words of a street name in their searched form; a Chinese name is one word."""
    folded = fold(text)
    if has_han(folded):
        return (folded.replace(" ", ""),)
    return tuple(_token(token) for token in folded.split())


def key_of(text: str) -> str:
    """Two names with one key are one street: Bay Shore Boulevard and BAYSHORE BLVD."""
    return "".join(tokens_of(text))


@dataclass(frozen=True, slots=True)
class Asked:
    """One reading of a query. kind: crossing (two streets), block, address or name."""

    kind: str
    streets: tuple[str, ...]
    number: int = 0
    suffix: str = ""


def readings(query: str) -> list[Asked]:
    """What a query may mean, most particular first; a part after a comma is a city and is left out."""
    text = plain(query)
    found = _readings(text)
    head = text.split(",")[0].strip()
    return found + (_readings(head) if head and head != text else [])


def _readings(text: str) -> list[Asked]:
    if not text:
        return []
    asked = []
    parts = [part for part in CROSSING.split(CROSSING_END.sub("", text) if has_han(text) else text) if part]
    if len(parts) == 2:
        asked.append(Asked("crossing", (parts[0], parts[1])))
    if match := BLOCK.fullmatch(text):
        return [Asked("block", (match[2],), int(match[1]))]
    asked += _numbered(text)
    return [*asked, Asked("name", (text,))]


def _numbered(text: str) -> list[Asked]:
    if has_han(text) and (match := NUMBER_HAN.fullmatch(text)):
        return [Asked("address", (match[1],), int(match[2]), suffix_of(match[3]))]
    asked = []
    if match := NUMBER_FIRST.fullmatch(text):
        asked.append(Asked("address", (match[3],), int(match[1]), suffix_of(match[2])))
    if match := NUMBER_LAST.fullmatch(text):
        asked.append(Asked("address", (match[1],), int(match[2]), suffix_of(match[3])))
    return asked


def suffix_of(text: str) -> str:
    """The letters or range after a house number, in one form."""
    return re.sub(r"^-(?=[A-Z]$)", "", text.replace(" ", "").replace("–", "-").upper())


@lru_cache(maxsize=1 << 16)
def split_number(text: str) -> tuple[int, str] | None:
    """A house number as number and suffix, or None when it has no digits in front."""
    match = re.match(r"\s*(\d{1,9})\s*(.*)", unicodedata.normalize("NFKC", text))
    return (int(match[1]), suffix_of(match[2]).removesuffix("号")) if match else None
