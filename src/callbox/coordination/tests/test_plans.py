# SPDX-License-Identifier: Apache-2.0
"""Which agencies an incident calls for: the table, its faults, and what another edition changes."""

from datetime import date

import pytest
from tests.world import AT, LATER, SETUP, dispatcher, journal_size

from callbox.coordination import queries
from callbox.coordination.domain import load_results, load_works
from callbox.coordination.editions import load_plans, plan_plans
from callbox.coordination.plans import changes, parse_plans
from callbox.coordination.tests.scene import town
from callbox.incidents.catalogue import GROUPS, load_types
from callbox.kernel.errors import Conflict, Invalid, NotAllowed
from callbox.kernel.tables import TableError

HEAD = "valid_from valid_to level scope agency work lead mandatory accept arrive feed_back source".replace(
    " ", "\t"
)
DAY = date(2026, 11, 1)


def table(*lines: str) -> str:
    """Lines of words, `-` for an empty one, as a table."""
    return "\n".join([HEAD, *("\t".join("" if w == "-" else w for w in line.split()) for line in lines)])


def line(said: str, since: str = "2026-01-01", until: str = "-") -> str:
    return f"{since} {until} {said} - - - made-up"


LEADS = line("IV * police lead_site yes yes")


def test_the_plans_that_come_with_callbox_name_a_lead_for_every_type_on_every_level() -> None:
    plans = queries._plans(None)
    assert plans.agencies <= {"fire", "ems", "police", "city"}
    for kind in load_types().values():
        for level in (1, 2, 3, 4):
            plan = plans.plan_for(level, kind.code, kind.group, DAY)
            assert plan is not None
            assert plan.lines[0].lead
            assert plan.lines[0].mandatory
    scopes = {each.scope for each in plans.lines}
    assert scopes <= {"*", *(f"group:{group}" for group in GROUPS), *load_types()}


def test_works_and_results_are_in_both_languages() -> None:
    assert all(work.within.accept and work.within.feed_back for work in load_works().values())
    assert "done" in load_results()


@pytest.mark.parametrize(
    ("said", "scope"),
    [("FIRE.BUILDING fire", "FIRE.BUILDING"), ("FIRE.VEHICLE fire", "group:fire"), ("MED.FALL medical", "*")],
)
def test_the_narrowest_plan_goes_first(said: str, scope: str) -> None:
    plans = parse_plans(table(LEADS, LEADS.replace("*", "group:fire"), LEADS.replace("*", "FIRE.BUILDING")))
    kind, group = said.split()
    plan = plans.plan_for(4, kind, group, DAY)
    assert plan is not None
    assert plan.scope == scope
    assert plans.plan_for(3, kind, group, DAY) is None


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ((line("IV * police cordon - yes"),), "must name one lead"),
        ((LEADS, line("IV * fire rescue yes yes")), "must name one lead"),
        ((LEADS, line("IV * police lead_site - yes")), "the same twice"),
        ((line("V * police lead_site yes yes"),), "level is 'V'"),
        ((line("IV * police dance yes yes"),), "work is 'dance'"),
        ((line("IV * police lead_site yes yes", "2026-13-01"),), "not a date"),
        (
            (line("IV * police lead_site yes yes", until="2026-06-01"), line("IV * fire rescue - yes")),
            "on 2026-06-01 must name one lead",
        ),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused_by_its_line(lines: tuple[str, ...], problem: str) -> None:
    with pytest.raises(TableError, match=problem):
        parse_plans(table(*lines))


def test_what_another_edition_changes_is_named() -> None:
    was = parse_plans(table(LEADS, line("IV * fire rescue - yes")))
    now = parse_plans(table(LEADS, line("IV * fire rescue - -"), line("IV * ems treat - -")))
    assert changes(was, now) == [
        ("new", "IV * ems treat 2026-01-01"),
        ("altered", "IV * fire rescue 2026-01-01"),
    ]
    assert changes(now, was)[0] == ("gone", "IV * ems treat 2026-01-01")


@pytest.mark.django_db
def test_an_edition_is_planned_then_loaded_and_the_old_one_stays() -> None:
    town()
    with pytest.raises(NotAllowed):
        plan_plans(table(LEADS), by=dispatcher())
    planned = plan_plans(table(LEADS), by=SETUP)
    assert queries.version_in_force() == 0
    load_plans(planned, by=SETUP, at=AT)
    assert (queries.version_in_force(), len(queries.plans_in_force().lines)) == (1, 1)
    before = journal_size()
    with pytest.raises(Conflict):
        load_plans(planned, by=SETUP, at=LATER)
    unknown = plan_plans(table(LEADS.replace("police", "nobody")), by=SETUP)
    with pytest.raises(Invalid, match="not defined"):
        load_plans(unknown, by=SETUP, at=LATER)
    with pytest.raises(Invalid):
        plan_plans("level\nIV", by=SETUP)
    assert (journal_size(), queries.version_in_force()) == (before, 1)
