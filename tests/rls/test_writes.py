# SPDX-License-Identifier: Apache-2.0
"""Seeing a row of a person, or of their rights, is not enough to write one: the database refuses."""

from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection, transaction

from callbox.access.queries import actor_of
from callbox.access.rows import protected
from callbox.access.seeing import seeing
from callbox.access.sight import GATE, Sight, sight_of
from tests.signed_in import person, signed_in
from tests.world import AT

pytestmark = pytest.mark.usefixtures("committed")
ROLES = ("crew", "call_taker", "dispatcher", "supervisor")
STEPS = {
    "grant": "INSERT INTO access_grant (id, person_id, role, keys, since, until)"
    " SELECT gen_random_uuid(), person_id, 'administrator', keys, since, until"
    " FROM access_grant WHERE person_id = %(me)s",
    "own grant": "UPDATE access_grant SET role = 'administrator' WHERE person_id = %(me)s",
    "own password": "UPDATE access_person SET password = 'x' WHERE id = %(me)s",
    "anothers password": "UPDATE access_person SET password = 'x' WHERE id = %(other)s",
    "another out": "UPDATE access_person SET is_active = false WHERE id = %(other)s",
    "own sign-in": "UPDATE access_signin SET until = until + interval '1 year' WHERE person_id = %(me)s",
    "no trace": "DELETE FROM access_signin WHERE person_id = %(me)s",
    "no person": "DELETE FROM access_person WHERE id = %(other)s",
}


def rows_written(sight: Sight, step: str, me: UUID, other: UUID) -> int:
    """How many rows a statement writes through these eyes; it is undone."""
    with seeing(sight), transaction.atomic():
        count = 0
        with suppress(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(STEPS[step], {"me": me, "other": other})
            count = cursor.rowcount
        transaction.set_rollback(True)
    return count


@pytest.mark.parametrize("role", ROLES)
def test_nobody_without_the_power_over_people_writes_rights_or_people(role: str) -> None:
    me, other = person("me", role), person("other", "dispatcher")
    signed_in(me)
    sight = sight_of(actor_of(me, AT))
    assert {step: rows_written(sight, step, me.pk, other.pk) for step in STEPS} == dict.fromkeys(STEPS, 0)


@pytest.mark.parametrize("who", ["administrator", "gate"])
def test_whoever_has_it_does_and_so_does_the_gate(who: str) -> None:
    """The control: the statements write something where they may."""
    me, other = person("me", "administrator"), person("other", "dispatcher")
    signed_in(me)
    sight: Callable[[], Sight] = (lambda: GATE) if who == "gate" else (lambda: sight_of(actor_of(me, AT)))
    for step in STEPS:
        if step != "no person":  # somebody's grants hold on to them
            assert rows_written(sight(), step, me.pk, other.pk) >= 1, step


def test_rights_and_people_are_the_tables_that_say_who_writes() -> None:
    named = {row.table for row in protected() if row.write}
    assert named == {"access_person", "access_grant", "access_signin", "mfa_authenticator"}
