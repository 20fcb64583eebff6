# SPDX-License-Identifier: Apache-2.0
import re

import pytest

from callbox.incidents.catalogue import (
    GROUPS,
    IncidentType,
    load_dispositions,
    load_questions,
    load_types,
    type_for,
)
from callbox.kernel.errors import NotFound

TYPES = list(load_types().values())


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.code)
def test_a_type_has_a_code_two_names_and_questions(kind: IncidentType) -> None:
    assert re.fullmatch(r"[A-Z]{3,4}\.[A-Z_]+", kind.code)
    assert re.search("[一-鿿]", kind.name.zh)
    assert re.search("[A-Za-z]", kind.name.en)
    assert 1 <= len(load_questions().asked_of(kind)) <= 6


def test_names_are_told_apart_in_both_languages() -> None:
    assert len({kind.name.en for kind in TYPES}) == len({kind.name.zh for kind in TYPES}) == len(TYPES)


def test_every_group_has_types_and_ways_to_end() -> None:
    assert {kind.group for kind in TYPES} == set(GROUPS)
    for group in GROUPS:
        assert sum(way.fits(group) for way in load_dispositions().values()) > 5
    assert not load_dispositions()["fire_out"].fits("medical")


@pytest.mark.parametrize(
    "code", ["POL.DOMESTIC_VIOLENCE", "POL.DOMESTIC_DISPUTE", "POL.SEXUAL", "POL.ABUSE", "MED.SUICIDE"]
)
def test_places_of_the_vulnerable_are_hidden(code: str) -> None:
    assert type_for(code).sensitive


def test_questions_of_the_type_come_first_and_each_once() -> None:
    codes = [question.code for question in load_questions().asked_of(type_for("FIRE.ALARM"))]
    assert codes == ["flames", "alarm_cause", "people_inside", "spreading", "injured", "fire_out"]


def test_every_answer_has_both_languages() -> None:
    for question in load_questions().by_code.values():
        for words in [question.text, *question.answers.values()]:
            assert re.search("[一-鿿]", words.zh), words
            assert words.in_language("zh-hans") == words.zh
            assert words.in_language("en") == words.en


def test_an_unknown_type_is_not_found() -> None:
    with pytest.raises(NotFound, match=r"FIRE\.SHED"):
        type_for("FIRE.SHED")
