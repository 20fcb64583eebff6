# SPDX-License-Identifier: Apache-2.0
"""The server keeps the plan of a statement, with the rules in it: it must show each who asks only what is theirs."""

import pytest
from django.db import connection

from callbox.access.queries import actor_of
from callbox.access.seeing import end_reading, seeing
from callbox.access.sight import Sight, sight_of
from callbox.settings import PREPARED_AFTER
from tests.rls.rows import Side, side
from tests.signed_in import person
from tests.world import AT

pytestmark = pytest.mark.usefixtures("committed")
MATTERS = "SELECT id FROM matters_matter WHERE opened_at <= %s"
TOLD = "SELECT coalesce(nullif(current_setting('callbox.keys', true), ''), '{}')::text[]"
ODD = ("unit:a,b", 'with "quotes"', "{braces}", "back\\slash", "it's", "NULL", " ", "消防", "unit:plain")


@pytest.fixture
def sides(committed: None) -> tuple[Side, Side]:
    return side("1"), side("2")


def matters(more: str = "") -> set[object]:
    with connection.cursor() as cursor:
        cursor.execute(MATTERS + more, [AT])
        return {row[0] for row in cursor.fetchall()}


def test_a_plan_made_for_one_person_shows_the_next_only_their_own(sides: tuple[Side, Side]) -> None:
    first, second = (sight_of(actor_of(each.crew, AT)) for each in sides)
    everything = sight_of(actor_of(person("the desk", "dispatcher"), AT))
    sights = {"first": first, "second": second, "nobody": Sight(), "desk": everything}
    expected = {}
    for name, sight in sights.items():
        with seeing(sight):
            expected[name] = matters(f" -- planned for {name} alone")
    assert expected["first"] - expected["second"]
    assert expected["second"] - expected["first"]
    assert expected["nobody"] == set()
    assert expected["desk"] - expected["first"] - expected["second"]
    for _ in range(4 * PREPARED_AFTER):
        for name, sight in sights.items():
            with seeing(sight):
                assert matters() == expected[name], name
                end_reading()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(generic_plans) FROM pg_prepared_statements WHERE statement LIKE %s",
            ["SELECT id FROM matters_matter WHERE opened_at%"],
        )
        assert cursor.fetchone()[0] > 0, "no plan was kept, so this has shown nothing"


def test_what_a_sight_says_arrives_as_it_was_said() -> None:
    with seeing(Sight(keys=frozenset(ODD))), connection.cursor() as cursor:
        cursor.execute(TOLD)
        assert cursor.fetchone()[0] == sorted(ODD)
    with seeing(Sight()), connection.cursor() as cursor:
        cursor.execute(TOLD)
        assert cursor.fetchone()[0] == []


def test_a_sight_ends_with_its_transaction(sides: tuple[Side, Side]) -> None:
    crew = sight_of(actor_of(sides[0].crew, AT))
    with seeing(crew):
        assert matters()
        with seeing(Sight()):
            assert matters() == set()
        assert matters()
