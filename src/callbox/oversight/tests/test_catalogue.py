# SPDX-License-Identifier: Apache-2.0
"""The models against the rows of the catalogue: nothing left out, no number lost, nothing made law that is not."""

import csv
import re
from collections import defaultdict
from functools import cache

import pytest

from callbox.host.config import CHECKOUT, load
from callbox.oversight.library import MODELS

PAGE = CHECKOUT / "docs" / "reference" / "models-and-catalogue.md"
IN_ROW = re.compile(r"(\d+) ?(h|d|m|y|min|working days)\b")
IN_MODEL = re.compile(r"(\d+) (hours|days|working_days|months|minutes)\b")
UNITS = {"h": {"hours"}, "d": {"days", "working_days"}, "m": {"months"}, "y": {"months"}, "min": {"minutes"}}
NAMES = {
    "person-visit": "visit",
    "doc": "document",
    "room": "place",
}  # the row's word for the same kind of object
MARKED = {"local", "derived", "unconfirmed", "secondary"}


@cache
def rows() -> dict[str, dict[str, str]]:
    path = load().data.parent / "oversight_catalogue.tsv"
    if not path.is_file():
        pytest.skip(f"{path} is not there; set CALLBOX_DATA")
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file, delimiter="\t")}


@cache
def models() -> dict[str, str]:
    """The text of all models of a row, by its id."""
    found = defaultdict[str, str](str)
    for path in sorted(MODELS.glob("[a-h][0-9][0-9]_*/rule.yaml")):
        found[path.parent.name[:3].upper()] += path.read_text(encoding="utf-8")
    return dict(found)


def listed(heading: str) -> dict[str, str]:
    """The first two cells of a table on the page."""
    part = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line.split(" | ") for line in part.splitlines() if re.match(r"\| [A-H]\d\d ", line)]
    return {cells[0].removeprefix("| "): cells[1] for cells in lines}


def said(text: str, what: str) -> set[str]:
    return set(re.findall(rf"\b{what}: ([\w-]+)", text))


def test_every_row_has_a_model() -> None:
    assert len(rows()) == 124
    assert set(models()) == set(rows())


def test_every_number_of_a_row_stands_in_a_model_or_on_the_page() -> None:
    missed = {}
    for row, told in rows().items():
        there = set(IN_MODEL.findall(models()[row]))
        for number, unit in IN_ROW.findall(told["limit"]):
            many = str(int(number) * 12) if unit == "y" else number
            if not any((many, each) in there for each in UNITS.get(unit, {"working_days"})):
                missed[row] = f"{number} {unit}"
    assert missed == listed("Numbers that stand elsewhere")


def test_what_is_not_law_is_never_marked_as_law() -> None:
    for row, told in rows().items():
        certainties = said(models()[row], "certainty")
        if "V" not in told["cert"] and "S" not in told["cert"]:
            assert "law" not in certainties, row
        if not re.fullmatch("[VS]", told["cert"]):
            assert certainties & MARKED, f"{row}: {told['cert']}, but all of it is marked as law"


def test_the_page_lists_what_has_another_form_or_object() -> None:
    other = set()
    for row, told in rows().items():
        forms, over = said(models()[row], "form"), said(models()[row], "over")
        same_form = forms & set(re.findall(r"\w+", told["template"]))
        if not same_form or NAMES.get(told["over"], told["over"]) not in over:
            other.add(row)
    assert other == set(listed("Another form or object"))
