# SPDX-License-Identifier: Apache-2.0
"""Loading areas, categories and rules: what would change is shown first, and nothing is lost when two load at once."""

import json

import pytest
from tests.world import AT, SETUP, call_taker, journal_size

from callbox.access.actions import define_agency
from callbox.journal import queries as journal
from callbox.kernel.errors import Conflict, Invalid, NotAllowed
from callbox.requests import queries
from callbox.requests.areas import Located
from callbox.requests.editions import chain_of, load_edition, plan_edition
from callbox.requests.models import Edition
from callbox.requests.tests.drawn import TOWN, collection, rules

pytestmark = pytest.mark.django_db


def test_areas_are_in_force_once_they_are_loaded() -> None:
    plan = plan_edition("areas", collection(*TOWN), by=SETUP)
    assert (len(plan.changes), plan.faults) == (22, [])
    assert queries.areas_in_force().at(10.5, 50.5) == Located()
    load_edition(plan, by=SETUP, at=AT)
    assert queries.areas_in_force().at(10.5, 50.5) == Located("D1", "G00", "S00")
    (entry,) = journal.history(chain_of("areas"))
    assert (entry.facts["version"], entry.facts["changes"], entry.facts["faults"]) == (1, 22, 0)
    assert plan_edition("areas", Edition.objects.get().text, by=SETUP).changes == []


def test_rules_name_agencies_that_are_there() -> None:
    with pytest.raises(Invalid, match="roads, water"):
        plan_edition("rules", rules("a * - roads water -"), by=SETUP)
    for code in ("roads", "water"):
        define_agency(code, code, code, "city", by=SETUP, at=AT)
    load_edition(plan_edition("rules", rules("a * - roads water -"), by=SETUP), by=SETUP, at=AT)
    assert queries.rules_in_force().agencies == {"roads", "water"}


def test_categories_are_replaced_by_the_next_edition() -> None:
    plan = plan_edition("categories", "[]", by=SETUP)
    load_edition(plan, by=SETUP, at=AT)
    assert queries.catalogue_in_force().categories == {}
    assert {kind for kind, _code in plan.changes} == {"gone"}


def test_who_comes_second_looks_again() -> None:
    first, second = (plan_edition("categories", text, by=SETUP) for text in ("[]", "[ ]"))
    load_edition(first, by=SETUP, at=AT)
    before = journal_size()
    with pytest.raises(Conflict):
        load_edition(second, by=SETUP, at=AT)
    assert (journal_size(), Edition.objects.get().text) == (before, "[]")


@pytest.mark.parametrize("kind", ["areas", "categories", "rules"])
def test_only_who_may_change_the_configuration_loads(kind: str) -> None:
    with pytest.raises(NotAllowed):
        plan_edition(kind, "", by=call_taker())
    with pytest.raises(Invalid):
        plan_edition(kind, json.dumps({"no": "such"}) if kind != "rules" else "a\tb\nc", by=SETUP)


def test_no_other_kind_can_be_loaded() -> None:
    with pytest.raises(Invalid, match="Known: areas, categories, rules"):
        plan_edition("else", "", by=SETUP)
