# SPDX-License-Identifier: Apache-2.0
"""What the bench of row-level security asks for: a dispatcher, incidents with a unit each, and calls to claim."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import psutil
from django.db import connection

from callbox.access.actions import create_person, define_agency, grant_role
from callbox.access.domain import DISPATCHER, actor, system_actor
from callbox.access.models import Person
from callbox.access.queries import actor_of
from callbox.dispatch.actions import assign_unit
from callbox.dispatch.api.board import board
from callbox.dispatch.units import Equipment, define_unit, set_availability
from callbox.incidents.actions import Kind, Where
from callbox.incidents.api.calls import queue
from callbox.incidents.linking import open_for_call
from callbox.intake.actions import Arrived, claim_call, release_call, take_contact
from callbox.intake.domain import Said
from callbox.kernel.actor import Actor
from callbox.kernel.ids import new_id

SETUP, INTAKE = system_actor("setup"), system_actor("intake")
WAITING = 20  # calls in the queue


class World:
    """Everything there is to see, and the three requests."""

    def __init__(self, incidents: int) -> None:
        self._at = datetime.now(UTC)
        someone = create_person("bench", "Bench", None, by=SETUP, at=self._at)
        grant_role(someone, DISPATCHER, by=SETUP, at=self._at)
        self._person = someone.pk
        self._fill(incidents)
        self._waiting = [self._call() for _ in range(WAITING)]
        self.requests: Mapping[str, Callable[[Any], object]] = {
            "board": lambda request: board(request),
            "queue": lambda request: queue(request),
            "claim, release": self._claim,
        }

    def who(self) -> Actor:
        """The person with the powers of this moment, as the middleware reads it."""
        return actor_of(Person.objects.get(pk=self._person), datetime.now(UTC))

    def cpu_s(self) -> float:
        """Seconds of CPU of this process and of its database session."""
        session = psutil.Process(connection.connection.info.backend_pid).cpu_times()
        return time.process_time() + session.user + session.system

    def _call(self) -> UUID:
        arrived = Arrived("web", "emergency", self._at, new_id())
        call = take_contact(arrived, Said(words="made-up"), by=INTAKE, at=self._at)
        return cast("UUID", call.pk if call else None)

    def _fill(self, incidents: int) -> None:
        desk = actor("person:00000000-0000-0000-0000-0000000be7c4", [DISPATCHER], ())
        agency = define_agency("fire", "Fire", "Fire", "fire", by=SETUP, at=self._at)
        for number in range(incidents):
            unit = define_unit(
                Equipment(f"B{number:03d}", "engine", frozenset({"engine"})),
                agency,
                None,
                by=SETUP,
                at=self._at,
            )
            set_availability(unit.pk, "begin_duty", by=desk, at=self._at)
            found = open_for_call(Where(24.9, 60.2, "made-up"), Kind("FIRE.BUILDING"), by=desk, at=self._at)
            assign_unit(found.pk, unit.pk, by=desk, at=self._at)

    def _claim(self, request: Any) -> None:
        claim_call(self._waiting[0], by=request.actor, at=self._at)
        release_call(self._waiting[0], "bench", by=request.actor, at=self._at)
