# SPDX-License-Identifier: Apache-2.0
"""Data files that many tune: tab-separated tables in a room's `data/` folder, dated where policy sets them.

Lines that begin with # are comments.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

LONGEST_NUMBER = 18  # digits


class TableError(ValueError):
    """A data file says what cannot be meant; the text names the file, the line and what is wrong.

    values: what stands in the text at `%(name)s`; one that is a TableError too is told in the same language.
    """

    def __init__(self, text: str = "", **values: object) -> None:
        super().__init__(text % values if values else text)
        self.text, self.values = text, values

    def told(self, translate: Callable[[str], str]) -> str:
        """What is wrong in the language of `translate`, such as gettext."""
        if not self.values:
            return translate(self.text) if self.text else ""
        said = {
            name: value.told(translate) if isinstance(value, TableError) else value
            for name, value in self.values.items()
        }
        return translate(self.text) % said


@dataclass(frozen=True, slots=True)
class Words:
    """One text that people see, in both languages."""

    en: str
    zh: str

    def in_language(self, language: str) -> str:
        """The text for a language tag such as `en`, `zh-hans` or `zh_CN`; English for any other."""
        return self.zh if language.lower().startswith("zh") else self.en


@dataclass(frozen=True)
class Row:
    """One line of a table: cells by column name, stripped, and where it stands."""

    cells: Mapping[str, str]
    where: str

    def __getitem__(self, column: str) -> str:
        """The cell; raises TableError where the header names no such column."""
        try:
            return self.cells[column]
        except KeyError:
            raise self.wrong(f"there is no column {column!r}; the header names the columns") from None

    def need(self, column: str) -> str:
        """The cell, which may not be empty; raises TableError."""
        if not self[column]:
            raise self.wrong(f"column {column!r} is empty")
        return self[column]

    def whole(self, column: str, low: int, high: int) -> int:
        """The cell as a whole number from low to high; raises TableError."""
        text = self.need(column)
        if not text.isdecimal() or len(text) > LONGEST_NUMBER or not low <= int(text) <= high:
            raise self.wrong(f"{column} is {text!r}, expected a whole number from {low} to {high}")
        return int(text)

    def words(self, en: str = "en", zh: str = "zh") -> Words:
        """The two language columns, neither of them empty; raises TableError."""
        return Words(self.need(en), self.need(zh))

    def one_of(self, column: str, allowed: Iterable[str]) -> str:
        """The cell, which must be one of the allowed values; raises TableError."""
        choices = sorted(allowed)
        if self[column] not in choices:
            raise self.wrong(f"{column} is {self[column]!r}, expected one of {', '.join(choices)}")
        return self[column]

    def several(self, column: str) -> tuple[str, ...]:
        """The space-separated values of a cell, in their order."""
        return tuple(self[column].split())

    def in_force(self, day: date) -> bool:
        """Whether `valid_from` <= day < `valid_to` (empty: no end yet); raises TableError on a bad date."""
        try:
            starts = date.fromisoformat(self["valid_from"])
            ends = self.cells.get("valid_to", "")
            return starts <= day and (not ends or day < date.fromisoformat(ends))
        except ValueError as problem:
            raise self.wrong(f"not a date ({problem}); write it as 2026-01-31") from problem

    def wrong(self, problem: str) -> TableError:
        """The error to raise about this line."""
        return TableError(f"{self.where}: {problem}")


@cache
def read_table(package: str, name: str) -> tuple[Row, ...]:
    """All rows of `<package>/data/<name>`, read once; raises TableError."""
    text = files(package).joinpath("data", name).read_text(encoding="utf-8")
    return tuple(parse_table(text, name))


def parse_table(text: str, name: str, columns: Sequence[str] = ()) -> Iterator[Row]:
    """Rows of a tab-separated text whose first line, comments apart, names the columns; raises TableError.

    columns: those that it must have, in any order.
    """
    header: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if not header:
            header = cells
            missing = [column for column in columns if column not in header]
            if missing:
                raise TableError(f"{name}, line {number}: the header lacks the column {', '.join(missing)}")
        elif len(cells) != len(header):
            raise TableError(f"{name}, line {number}: {len(cells)} cells, the header has {len(header)}")
        else:
            yield Row(dict(zip(header, cells, strict=True)), f"{name}, line {number}")
