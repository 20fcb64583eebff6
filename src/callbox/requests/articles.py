# SPDX-License-Identifier: Apache-2.0
"""Articles: what can be answered at once, in both languages and dated versions. Part of the domain.

A folder has a file `<code>.toml` for each article, with a list of `[[version]]`: version, valid_from, valid_to,
agency (who answers for it; empty: the desk), categories, title, keywords and text in both languages, source.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from callbox.kernel.tables import TableError, Words

SHIPPED = Path(__file__).parent / "data" / "articles"
CODE = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
BOTH = ("title", "keywords", "text")
KNOWN = {"version", "valid_from", "valid_to", "agency", "categories", "source"}
KNOWN |= {f"{name}_{language}" for name in BOTH for language in ("en", "zh")}
SEARCHED = 600  # characters of what was typed: an article is not found better by the rest of a long letter
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
WORD = re.compile(r"[^\W_]+")
NEW, ALTERED = "new", "altered"


@dataclass(frozen=True, slots=True)
class Article:
    """One version of an article. agency: who answers for it, "" for the desk. keywords: what people type."""

    code: str
    version: int
    since: date
    until: date | None
    agency: str
    categories: tuple[str, ...]
    title: Words
    keywords: Words
    text: Words
    source: str

    @property
    def key(self) -> tuple[str, int]:
        """What a journal entry names it by."""
        return self.code, self.version

    def in_force(self, day: date) -> bool:
        """Whether it is dated so that it may be told on this day."""
        return self.since <= day and (self.until is None or day < self.until)

    def says_the_same(self, other: "Article") -> bool:
        """Whether whoever was answered with one of both was told what the other says."""
        return (self.title, self.text, self.source) == (other.title, other.text, other.source)


@dataclass(frozen=True, slots=True)
class Difference:
    """What loading would do with one version: NEW or ALTERED (its dates, agency, categories or keywords)."""

    kind: str
    article: Article

    @property
    def what(self) -> str:
        """The version as the command prints it."""
        return f"{self.article.code} version {self.article.version}"


def read_articles(root: Path) -> list[Article]:
    """All versions of a folder's articles, by code and version. Raises TableError, naming the file."""
    if not root.is_dir():
        raise TableError(f"{root.name}: there is no such folder")
    found = [article for path in sorted(root.glob("*.toml")) for article in _read(path)]
    if not found:
        raise TableError(f"{root.name}: no article in it")
    return sorted(found, key=lambda article: article.key)


def _read(path: Path) -> list[Article]:
    if not CODE.fullmatch(path.stem):
        raise TableError(f"{path.name}: an article's code has small letters, digits, dots and dashes")
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as problem:
        raise TableError(f"{path.name}: {problem}") from problem
    versions = said.get("version")
    if not isinstance(versions, list) or not all(isinstance(each, dict) for each in versions):
        raise TableError(f"{path.name}: no [[version]] in it")
    found = [_version(path.stem, each, path.name) for each in versions]
    if len({each.version for each in found}) < len(found):
        raise TableError(f"{path.name}: a version stands here twice")
    return found


def _version(code: str, said: Mapping[str, Any], where: str) -> Article:
    if unknown := said.keys() - KNOWN:
        raise TableError(f"{where}: nobody knows {', '.join(sorted(unknown))}")
    try:
        title, keywords, text = (
            Words(_word(said[f"{name}_en"], name), _word(said[f"{name}_zh"], name)) for name in BOTH
        )
        return Article(
            code=code,
            version=_number(said["version"]),
            since=_day(said["valid_from"]),
            until=_day(said["valid_to"]) if "valid_to" in said else None,
            agency=_word(said.get("agency", ""), "agency", empty=True),
            categories=tuple(_word(each, "categories") for each in said.get("categories", ())),
            title=title,
            keywords=keywords,
            text=text,
            source=_word(said["source"], "source"),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise TableError(f"{where}: {type(problem).__name__}: {problem}") from problem


def _number(value: object) -> int:
    if type(value) is not int or not 1 <= value <= 9_999:
        raise ValueError(f"version is a whole number from 1, not {value!r}")
    return value


def _day(value: object) -> date:
    if type(value) is not date:
        raise ValueError(f"{value!r} is no date; write it as 2026-01-31, without quotes")
    return value


def _word(value: object, name: str, *, empty: bool = False) -> str:
    if not isinstance(value, str) or "\0" in value or not (value.strip() or empty):
        raise ValueError(f"{name} needs words")
    return value.strip()


def differences(there: Sequence[Article], new: Sequence[Article]) -> list[Difference]:
    """What loading `new` would do; versions that it does not name stay. Raises TableError where words would change."""
    known = {article.key: article for article in there}
    found = []
    for article in new:
        was = known.get(article.key)
        if was is None:
            found.append(Difference(NEW, article))
        elif not was.says_the_same(article):
            raise TableError(
                f"{article.code}: version {article.version} was loaded with other words, and people may have been "
                "answered with them. Give the new words the next number."
            )
        elif was != article:
            found.append(Difference(ALTERED, article))
    return found


def in_force(articles: Sequence[Article], day: date) -> list[Article]:
    """Of each article the latest version that may be told on this day, by code."""
    offered = sorted((each for each in articles if each.in_force(day)), key=lambda each: each.key)
    return [list(versions)[-1] for _code, versions in groupby(offered, key=lambda each: each.code)]


def words_of(text: str) -> list[str]:
    """The words of a text apart from its Chinese: what PostgreSQL's English dictionary is given."""
    return WORD.findall(HAN.sub(" ", text))


def pairs_of(text: str) -> list[str]:
    """Each two characters that stand side by side in Chinese, in their order: it has no spaces to part words at."""
    return [run[at : at + 2] for run in HAN.findall(text) for at in range(len(run) - 1)]
