# SPDX-License-Identifier: Apache-2.0
"""Categories and their questions."""

import json
from datetime import date

import pytest

from callbox.kernel.errors import Invalid, NotFound
from callbox.kernel.tables import TableError
from callbox.requests.catalogue import changes, parse_catalogue

PIT = {
    "code": "road.pit",
    "group": "road",
    "en": "Pit",
    "zh": "坑",
    "urgency": 3,
    "valid_from": "2026-01-01",
    "questions": {
        "properties": {
            "size": {
                "title": "How big?",
                "x-title-zh": "多大？",
                "oneOf": [{"const": "small", "title": "Small", "x-title-zh": "小"}],
            },
            "cars": {
                "type": "integer",
                "title": "How many cars?",
                "x-title-zh": "几辆车？",
                "minimum": 1,
                "maximum": 9,
            },
            "wet": {"type": "boolean", "title": "Is it wet?", "x-title-zh": "是否有水？"},
            "pole": {
                "type": "string",
                "title": "Number of the pole",
                "x-title-zh": "灯杆编号",
                "maxLength": 5,
            },
        },
        "required": ["size"],
    },
}


def read(*said: object) -> object:
    return parse_catalogue(json.dumps(said))


def test_the_catalogue_that_is_shipped_can_be_read() -> None:
    from callbox.requests.queries import _catalogue

    found = _catalogue(None)
    assert len(found.offered(date(2026, 11, 1))) > 20
    assert found.offered(date(2025, 12, 31)) == []
    assert found.category("other").questions == ()


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({"size": "small"}, set()),
        ({"size": "small", "cars": 9, "wet": False, "pole": "A-7"}, set()),
        ({}, {"size"}),
        ({"size": ""}, {"size"}),
        ({"size": "huge"}, {"size"}),
        ({"size": "small", "cars": 10}, {"cars"}),
        ({"size": "small", "cars": True}, {"cars"}),
        ({"size": "small", "wet": "yes"}, {"wet"}),
        ({"size": "small", "pole": "too long"}, {"pole"}),
        ({"size": "small", "colour": "red"}, {"colour"}),
    ],
)
def test_answers_are_those_that_were_offered(answers: dict[str, object], wrong: set[str]) -> None:
    category = parse_catalogue(json.dumps([PIT])).category("road.pit")
    if not wrong:
        category.check_answers(answers)
        return
    with pytest.raises(Invalid) as refused:
        category.check_answers(answers)
    assert set(refused.value.fields) == wrong


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"urgency": 0}, "from 1 to 5"),
        ({"zh": ""}, "expected words"),
        ({"valid_from": "soon"}, "ValueError"),
        (
            {"questions": {"properties": {"a": {"type": "array", "title": "a", "x-title-zh": "a"}}}},
            "a question is",
        ),
        ({"questions": {"required": ["b"]}}, "required, but not asked: b"),
        ({"questions": {"properties": {"a": {"type": "boolean", "title": "a"}}}}, "x-title-zh"),
    ],
)
def test_what_cannot_be_meant_is_refused(change: dict[str, object], why: str) -> None:
    with pytest.raises(TableError, match=why):
        read({**PIT, **change})


def test_no_category_stands_twice_and_none_is_guessed() -> None:
    with pytest.raises(TableError, match="stands here twice"):
        read(PIT, PIT)
    with pytest.raises(NotFound):
        parse_catalogue("[]").category("road.pit")


def test_each_category_that_differs_is_told() -> None:
    old = parse_catalogue(json.dumps([PIT, {**PIT, "code": "a"}]))
    new = parse_catalogue(json.dumps([{**PIT, "urgency": 1}, {**PIT, "code": "b"}]))
    assert changes(old, new) == [("gone", "a"), ("new", "b"), ("altered", "road.pit")]
