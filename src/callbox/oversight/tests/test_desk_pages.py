# SPDX-License-Identifier: Apache-2.0
"""The desk's pages of models: every model with its article and certainty, its examples drawn and in tables."""

import re
from dataclasses import fields

import pytest
from tests.signed_in import Signed, person, signed_in

from callbox.oversight.desk import words
from callbox.oversight.domain.events import OBJECTS
from callbox.oversight.domain.forms import FORMS
from callbox.oversight.domain.rules import CERTAINTIES, GRADES, LAW
from callbox.oversight.domain.verdicts import VERDICTS
from callbox.oversight.library import KINDS, MODELS, read_examples, shipped_rules

pytestmark = pytest.mark.django_db
MODELS_PAGE = "/desk/oversight/models"
CHINESE = {"accept-language": "zh-hans"}
UNSURE = "fine_appeal_passed_on"  # its number is not confirmed
LADDER = "d07_seizure_30_60_days"


@pytest.fixture
def chief() -> Signed:
    return signed_in(person("chief", "supervisor"))


def test_the_list_has_every_model_and_marks_what_is_not_law(chief: Signed) -> None:
    page = chief.get(MODELS_PAGE).content.decode()
    rows = dict(re.findall(r'<tr data-model="(\w+)">(.*?)</tr>', page, re.S))
    assert set(rows) == set(shipped_rules())
    for code, rule in shipped_rules().items():
        assert ("oversight-unsure" in rows[code]) == (rule.versions[-1].certainty != LAW), code


def test_the_list_can_be_narrowed(chief: Signed) -> None:
    page = chief.get(f"{MODELS_PAGE}?over=item&certainty=law").content.decode()
    shown = set(re.findall(r'data-model="(\w+)"', page))
    rules = shipped_rules().values()
    assert shown == {
        each.code for each in rules if each.over == "item" and each.versions[-1].certainty == LAW
    }
    assert "No model is like this." in chief.get(f"{MODELS_PAGE}?over=nothing").content.decode()


def test_a_model_of_each_form_and_certainty_has_a_page_with_its_examples(chief: Signed) -> None:
    last = {
        (type(each.versions[-1].form), each.versions[-1].certainty): each for each in shipped_rules().values()
    }
    for number, (code, rule) in enumerate((each.code, each) for each in last.values()):
        answer = chief.get(f"{MODELS_PAGE}/{code}", headers=CHINESE if number % 2 else {})
        assert answer.status_code == 200, code
        page = answer.content.decode()
        assert all(version.source in page for version in rule.versions), code
        assert page.count("oversight-drawing") == len(read_examples(MODELS / code, rule)), code
        assert ("data-unsure" in page) == (rule.versions[-1].certainty != LAW), code


def test_the_arithmetic_can_be_added_again(chief: Signed) -> None:
    page = chief.get(f"{MODELS_PAGE}/{LADDER}").content.decode()
    assert "2026-03-02: not counted, the day of the start." in page
    assert "2026-03-03 to 2026-04-01: days 1 to 30." in page
    assert "Extended, step 1, by event 2" in page


def test_there_is_no_other_model(chief: Signed) -> None:
    assert chief.get(f"{MODELS_PAGE}/no_such_model").status_code == 404


@pytest.mark.parametrize("role", ["call_taker", "dispatcher", "crew", "agency_desk"])
def test_other_roles_see_nothing_of_it(role: str) -> None:
    client = signed_in(person("other", role))
    assert [client.get(path).status_code for path in (MODELS_PAGE, f"{MODELS_PAGE}/{LADDER}")] == [403, 403]
    assert MODELS_PAGE not in client.get("/").content.decode()


def test_everything_that_a_rule_can_say_has_a_name() -> None:
    assert set(OBJECTS) == set(words.OBJECTS)
    assert set(FORMS) == set(words.FORMS)
    assert (set(VERDICTS), set(VERDICTS)) == (set(words.VERDICTS), set(words.SIGNS))
    assert (set(CERTAINTIES), set(GRADES)) == (set(words.CERTAINTIES), set(words.GRADES))
    assert set(KINDS) == set(words.EXAMPLES)
    assert {each.name for form in FORMS.values() for each in fields(form)} == set(words.FIELDS)
