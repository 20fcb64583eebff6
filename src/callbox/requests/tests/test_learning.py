# SPDX-License-Identifier: Apache-2.0
"""Learning which category words call for: what is learned, what never is, and how a model is kept. Pure."""

import hashlib
import random

import numpy as np
import pytest
from tests.world import AT

from callbox.requests.learning import Example, Right, features_of, learn, measure, read_model, vocabulary
from callbox.requests.suggesting import (
    NO_BETTER,
    TOO_OFTEN_WRONG,
    asked_on,
    measured_of,
    spelled,
    why_not,
)

KINDS = {"light": ["lamp dark street", "路灯不亮了"], "noise": ["loud music night", "夜里音乐声很大"]}


def history(count: int = 200, right: float = 1.0) -> list[Example]:
    """Made-up requests in the order of their dates, each of another reporter; so many are of the category they say."""
    dice = random.Random(1)
    found = []
    for number in range(count):
        said = dice.choice(sorted(KINDS))
        truly = said if dice.random() < right else dice.choice(sorted(KINDS))
        words = f"{dice.choice(KINDS[said])} please help number {number} rare{'x' * number}"
        found.append(Example(words, f"D{dice.randrange(3)}", "phone", truly, f"reporter {number}"))
    return found


def test_words_are_parted_in_both_languages_and_digits_are_none() -> None:
    assert features_of("Lamp 0155 5101 dark", "D1", "phone") == [
        "a D1",
        "l phone",
        "w dark",
        "w lamp",
        "w lamp dark",
    ]
    assert features_of("路灯a坏", "", "") == ["w 坏", "w 灯", "w 路", "w 路灯"]


def test_what_one_person_writes_again_and_again_is_no_word_of_the_model() -> None:
    mine = [Example("smithson leaks", "", "", "a", "me")] * 50
    others = [Example("water leaks", "", "", "a", f"r{number}") for number in range(5)]
    assert sorted(vocabulary([*mine, *others], 5)) == ["w leaks", "w water", "w water leaks"]
    assert vocabulary(others[:4], 5) == {}


def test_a_model_keeps_no_rare_word() -> None:
    model, _measured = learn(history(), 5)
    assert not [name for name in model.features if "rare" in name]
    assert b"rare" not in model.written()
    assert "w lamp" in model.features


@pytest.mark.parametrize(
    ("words", "category"), [("the LAMP is dark", "light"), ("音乐声太大", "noise"), ("路灯", "light")]
)
def test_words_lead_to_their_category(words: str, category: str) -> None:
    model, measured = learn(history(), 5)
    (first, share), *_rest = model.suggest(words)
    assert first == category
    assert 0.5 < share <= 1
    assert (measured.learned_from, measured.held_out) == (160, Right(40, 40, 40))


def test_place_and_line_alone_lead_where_most_were() -> None:
    rows = [
        Example("", area, "", category, str(n))
        for n in range(60)
        for area, category in (("A", "x"), ("B", "y"))
    ]
    model, measured = learn(rows, 5)
    assert [model.suggest("", area)[0][0] for area in "AB"] == ["x", "y"]
    assert (measured.held_out.first, measured.usual) == (24, 12)


def test_it_is_measured_on_the_latest_which_it_never_saw() -> None:
    early, late = history(160), [Example("lamp dark", "", "", "noise", f"l{n}") for n in range(40)]
    _model, measured = learn([*early, *late], 5)
    assert measured.held_out == Right(40, 0, 40), "it is wrong about all of the days after"
    assert measured.categories == {"noise": Right(40, 0, 40)}


def test_a_category_that_was_never_learned_counts_as_wrong() -> None:
    model, _measured = learn(history(), 5)
    unknown = [Example("lamp dark", "", "", "unheard", "r")] * 3
    assert measure(model, unknown, "light").held_out == Right(3, 0, 0)


@pytest.mark.parametrize("rows", [[], history(4), [Example("a b", "", "", "x", str(n)) for n in range(50)]])
def test_too_little_teaches_nothing(rows: list[Example]) -> None:
    with pytest.raises(ValueError, match="fewer than two"):
        learn(rows, 5)


def test_a_stored_model_is_read_as_it_was_and_another_is_refused() -> None:
    model, measured = learn(history(), 5)
    data = model.written()
    again = read_model(data, hashlib.sha256(data).hexdigest())
    for words in ("lamp dark", "路灯", "nothing known"):
        was, now = model.suggest(words, "D1", "phone"), again.suggest(words, "D1", "phone")
        assert [code for code, _share in was] == [code for code, _share in now]
        assert np.allclose([share for _code, share in was], [share for _code, share in now], atol=1e-5)
    with pytest.raises(ValueError, match="not the one"):
        read_model(data + b" ", hashlib.sha256(data).hexdigest())
    assert measured_of(spelled(measured)) == measured


def test_a_model_that_is_too_often_wrong_or_no_better_than_the_usual_is_not_used() -> None:
    ask = asked_on(AT.date())
    _model, good = learn(history(), 5)
    assert why_not(good, ask) == ""
    _model, poor = learn(history(1000, right=0.0), 5)
    assert (ask.first_least, poor.held_out.first < poor.held_out.count * 0.6) == (40, True)
    wrong = measured_of({**spelled(good), "held_out": {"count": 100, "first": 39, "among": 90}})
    assert why_not(wrong, ask) == TOO_OFTEN_WRONG
    usual = measured_of({**spelled(good), "held_out": {"count": 100, "first": 60, "among": 90}, "usual": 60})
    assert why_not(usual, ask) == NO_BETTER
