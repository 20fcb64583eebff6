# SPDX-License-Identifier: Apache-2.0
"""Random grants and withdrawals: our checks and the database decide as a reference does that knows neither."""

import os
import random
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

from callbox.access.actions import end_grant, grant_role
from callbox.access.domain import POLICY_FILE, ROLES
from callbox.access.models import Person
from callbox.access.queries import actor_of
from callbox.access.seeing import seeing
from callbox.access.sight import sight_of
from callbox.incidents.models import Incident, Place
from callbox.intake.models import Call, Caller
from callbox.kernel.ids import new_id
from callbox.matters.models import Matter
from tests.rls.reference import Reference
from tests.signed_in import person
from tests.world import AT, SETUP

KINDS = ("call", "incident", "unit", "assignment")
KEYS = tuple(f"{what}:{number}" for what in ("unit", "agency", "desk") for number in range(3))
DECISIONS = 20_000
# Which rows the database shows, and the action of the policy that must allow it.
ASKED = {
    "SELECT id FROM matters_matter": "{kind}.see",
    "SELECT call_id FROM intake_caller": "call.personal",
    "SELECT incident_id FROM incidents_place": "incident.personal",
}

pytestmark = pytest.mark.django_db


def matters(dice: random.Random) -> dict[UUID, Matter]:
    """Some of each kind, with scopes drawn by lot, and what is personal about calls and incidents."""
    made = [
        Matter(
            id=new_id(), kind=kind, workflow_version=1, state="x", version=1, owner="desk:0",
            scope=dice.sample(KEYS, dice.randint(0, 2)), opened_at=AT, changed_at=AT,
        )
        for kind in KINDS for _ in range(12)
    ]  # fmt: skip
    Matter.objects.bulk_create(made)
    for number, each in enumerate(made):
        if each.kind == "call":
            call = Call.objects.create(matter=each, channel="web", lane="civic", received_at=AT)
            Caller.objects.create(call=call, retain_until=AT)
        elif each.kind == "incident":
            incident = Incident.objects.create(matter=each, number=90_000 + number)
            Place.objects.create(incident=incident, retain_until=AT)
    return {each.id: each for each in made}


class Town:
    """People whose grants change; the reference hears of each change as the actions do."""

    def __init__(self, dice: random.Random) -> None:
        self.dice, self.reference, self.at = dice, Reference(POLICY_FILE), AT
        self.people = [person(f"person {number}") for number in range(8)]
        self.held: dict[int, tuple[Person, UUID]] = {}
        self.count = 0

    def change(self) -> Person:
        """Give somebody a role or take one away, a moment later."""
        self.at += timedelta(seconds=1)
        if self.held and self.dice.random() < 0.45:
            number = self.dice.choice(sorted(self.held))
            who, grant = self.held.pop(number)
            end_grant(grant, by=SETUP, at=self.at)
            self.reference.take(f"person:{who.pk}", number)
            return who
        self.count += 1
        who, role = self.dice.choice(self.people), self.dice.choice(ROLES)
        keys = self.dice.sample(KEYS, self.dice.randint(0, 2))
        self.held[self.count] = who, grant_role(who, role, keys, by=SETUP, at=self.at).pk
        self.reference.give(f"person:{who.pk}", self.count, role, keys)
        return who


def test_checks_and_rows_agree_with_the_reference() -> None:
    seed = int(os.environ.get("CALLBOX_SEED", random.randrange(10**9)))
    print(f"seed {seed}")
    dice, decided, wrong = random.Random(seed), 0, list[str]()
    known, town = matters(dice), Town(dice)
    actions = sorted({line[0] for line in town.reference.lines})
    while decided < DECISIONS:
        who = town.change()
        me, actor = f"person:{who.pk}", actor_of(who, town.at)
        for _ in range(100):
            action, scope = dice.choice(actions), dice.sample((*KEYS, me), dice.randint(0, 3))
            if actor.may(action, scope) != town.reference.may(me, action, scope):
                wrong.append(f"{action} on {scope} by {actor}")
            decided += 1
        with seeing(sight_of(actor)), connection.cursor() as cursor:
            for text, action in ASKED.items():
                cursor.execute(text)
                shown = {row[0] for row in cursor.fetchall()}
                for each in known.values():
                    if "{" not in action and not action.startswith(each.kind):
                        continue
                    may = town.reference.may(me, action.format(kind=each.kind), each.scope)
                    if (each.id in shown) != may:
                        wrong.append(f"{text}: a {each.kind} of {each.scope} to {actor}")
                    decided += 1
    assert not wrong, f"seed {seed}: {len(wrong)} of {decided} disagree, the first: {wrong[0]}"
    assert town.count > 50
