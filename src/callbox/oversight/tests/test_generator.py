# SPDX-License-Identifier: Apache-2.0
"""What is planted is found, all of it and nothing else, by each engine that scans."""

import os
import re
from collections.abc import Mapping
from contextlib import closing

import pytest

from callbox.oversight.breaking import kept_by_steps
from callbox.oversight.bulk import by_activation, scan
from callbox.oversight.domain.events import history
from callbox.oversight.domain.forms import Within
from callbox.oversight.domain.judging import judge
from callbox.oversight.domain.verdicts import BROKEN, BROKEN_LATE, FINE
from callbox.oversight.generator import AS_OF, BEGINS, EVENTS, Made, columns_by_kind, events_of, planted_once
from callbox.oversight.library import shipped_rules
from callbox.oversight.planting import Template
from callbox.oversight.planting import events_of as template_events
from callbox.oversight.sql.engine import Loaded
from callbox.oversight.sql.links import Duck, Link, Postgres, Spark

type Found = dict[tuple[str, str, str], str]
NAMELESS = re.compile(r"[a-z0-9 ._-]+", re.IGNORECASE)


@pytest.fixture(scope="module")
def planted() -> Mapping[str, Made]:
    return planted_once(shipped_rules(), seed=1)


def test_every_version_of_every_model_is_planted_kept_and_broken(planted: Mapping[str, Made]) -> None:
    templates: list[Template] = [each for made in planted.values() for each in made.templates]
    assert {each.rule for each in templates if not each.broken} == set(shipped_rules())
    assert {each.rule for each in templates if each.broken} == set(shipped_rules())
    assert {len(each.broken) for each in templates} == {0, 1}


def test_the_plain_evaluator_finds_what_is_planted_and_nothing_else(planted: Mapping[str, Made]) -> None:
    for kind, made in planted.items():
        rules = [rule for rule in shipped_rules().values() if rule.over == kind]
        found: Found = {}
        for number in range(len(made.columns.keys)):
            history = made.columns.history(number)
            for rule in rules:
                found |= {
                    (rule.code, each.key, each.activation): each.verdict
                    for each in judge(rule, history, AS_OF)
                }
        assert broken(found) == made.planted


def test_the_engine_over_columns_finds_what_is_planted_and_nothing_else(planted: Mapping[str, Made]) -> None:
    for made in planted.values():
        assert broken_in_bulk(made) == made.planted


def test_each_step_of_each_ladder_is_planted_granted_and_broken(planted: Mapping[str, Made]) -> None:
    found = {
        (each.rule, each.variant)
        for made in planted.values()
        for each in made.templates
        if "step" in each.variant
    }
    steps = {
        (rule.code, f"late after step {number}")
        for rule in shipped_rules().values()
        for version in rule.versions
        for number, _step in enumerate(getattr(version.form, "steps", ()), 1)
    }
    assert len(steps) >= 12
    assert steps <= found
    assert any(variant.startswith("insufficient step") for _rule, variant in found)


@pytest.mark.parametrize("code", ["c01_summons_12_hours", "c05_hold_12_24_48_hours"])
def test_without_the_extension_the_lawful_history_of_a_ladder_is_broken(code: str) -> None:
    rule = shipped_rules()[code]
    (version,) = rule.versions
    assert isinstance(version.form, Within)
    plan = next(kept_by_steps(version.form))
    (by,) = version.form.steps[0].by.activities
    for steps, said in (
        (plan.steps, FINE),
        ([each for each in plan.steps if each.activity != by], BROKEN_LATE),
    ):
        events = template_events(rule.over, steps, "1", BEGINS)
        (verdict,) = judge(rule, history(rule.over, "1", events), AS_OF)
        assert verdict.verdict == said


def test_the_sql_text_finds_what_is_planted_and_nothing_else(planted: Mapping[str, Made]) -> None:
    with closing(Duck(threads=1)) as link:
        by_sql_what_is_planted(link, planted)


def test_the_sql_text_on_postgresql_finds_what_is_planted_and_nothing_else(
    planted: Mapping[str, Made],
) -> None:
    with closing(Postgres(os.environ["CALLBOX_OWNER_URL"])) as link:
        by_sql_what_is_planted(link, planted)


@pytest.mark.slow
def test_the_sql_text_on_spark_finds_what_is_planted_and_nothing_else(planted: Mapping[str, Made]) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed: the text is not tried on Spark")
    with closing(Spark("local[2]")) as link:
        by_sql_what_is_planted(link, planted)


def test_wherever_in_the_calendar_a_history_begins_it_is_broken_as_planted() -> None:
    for made in columns_by_kind(3_000, seed=7, rules=shipped_rules(), share_lawful=0.5).values():
        assert broken_in_bulk(made) == made.planted


def test_the_same_seed_gives_the_same_histories_and_each_is_long_enough() -> None:
    once, again = (columns_by_kind(200, seed=3, rules=shipped_rules()) for _ in range(2))
    assert sum(len(made.columns.keys) for made in once.values()) == 200
    for kind, made in once.items():
        assert list(events_of(made)) == list(events_of(again[kind]))
        assert all(
            len(made.columns.history(number).events) >= EVENTS for number in range(len(made.columns.keys))
        )
        assert len({event.id for event in events_of(made)}) == len(made.columns)


def test_values_are_codes_of_roles_and_things_and_no_names(planted: Mapping[str, Made]) -> None:
    said = {
        value
        for made in planted.values()
        for event in events_of(made)
        for value in event.values.values()
        if isinstance(value, str)
    }
    assert said
    assert all(NAMELESS.fullmatch(value) for value in said)


def by_sql_what_is_planted(link: Link, planted: Mapping[str, Made]) -> None:
    for kind, made in planted.items():
        rules = [rule for rule in shipped_rules().values() if rule.over == kind]
        judged = Loaded(link, made.columns, rules).scan(AS_OF)
        assert broken(by_activation(made.columns, judged)) == made.planted


def broken(found: Found) -> Found:
    return {activation: verdict for activation, verdict in found.items() if verdict in BROKEN}


def broken_in_bulk(made: Made) -> Found:
    return broken(by_activation(made.columns, scan(made.columns, shipped_rules().values(), AS_OF)))
