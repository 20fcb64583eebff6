# SPDX-License-Identifier: Apache-2.0
"""A small world for tests: people of each role, a few units, and steps that many tests begin with."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from types import ModuleType
from typing import Any
from uuid import UUID, uuid5

import pytest

from callbox.access import domain as access
from callbox.kernel.actor import Actor
from callbox.kernel.ids import new_id

AT = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)
SPACE = UUID("00000000-0000-0000-0000-00000000ca11")


@cache
def someone(role: str, *keys: str, name: str = "") -> Actor:
    """A person of this role; the same name is the same person."""
    return access.actor(f"person:{uuid5(SPACE, role + name)}", [role], keys)


SETUP = access.system_actor("setup")
CLOCKS = access.system_actor("clocks")
INTAKE = access.system_actor("intake")


def call_taker(name: str = "") -> Actor:
    return someone("call_taker", name=name)


def dispatcher(name: str = "") -> Actor:
    return someone("dispatcher", name=name)


def supervisor() -> Actor:
    return someone("supervisor")


def crew_of(unit_id: UUID) -> Actor:
    return someone("crew", f"unit:{unit_id}")


def waiting_call(words: str = "made-up: smoke in the stairwell", **said: object) -> Any:
    """A call in the queue, from a contact by web."""
    from callbox.intake.actions import Arrived, take_contact
    from callbox.intake.domain import Said

    arrived = Arrived("web", "emergency", AT, new_id())
    call = take_contact(arrived, Said(words=words, **said), by=INTAKE, at=AT)  # type: ignore[arg-type]  # a test's own words
    assert call is not None
    return call


def incident(type_code: str | None = "FIRE.BUILDING", lon: float = -122.4194, lat: float = 37.7749) -> Any:
    """An incident, classified unless type_code is None."""
    from callbox.incidents.actions import Kind, Where, classify_incident, open_incident
    from callbox.incidents.models import Incident

    found = open_incident(Where(lon, lat, "made-up address 1"), by=call_taker(), at=AT)
    if type_code:
        classify_incident(found.pk, Kind(type_code), by=call_taker(), at=AT)
    return Incident.objects.select_related("matter", "place").get(pk=found.pk)


def unit(callsign: str = "E01", *capabilities: str, agency: str = "fire", on_duty: bool = True) -> Any:
    """A unit of an agency, on duty unless said otherwise."""
    from callbox.access.actions import define_agency
    from callbox.dispatch.models import Unit
    from callbox.dispatch.units import Equipment, define_unit, set_availability

    of = define_agency(agency, agency.title(), agency, agency, by=SETUP, at=AT)
    made = define_unit(
        Equipment(callsign, "engine", frozenset(capabilities or {"engine", "bls"})), of, None, by=SETUP, at=AT
    )
    if on_duty:
        set_availability(made.pk, "begin_duty", by=dispatcher(), at=AT)
    return Unit.objects.select_related("matter", "agency", "station").get(pk=made.pk)


def journal_size() -> int:
    """How many entries the journal has: a refusal must not change it."""
    from callbox.journal.models import Entry

    return Entry.objects.count()


def meanwhile(step: Callable[[], object]) -> None:
    """Run a step to its end in another thread and connection, as somebody else who moves in between."""
    from django.db import connections

    def run() -> object:
        try:
            return step()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()


def moves_in_between(
    patch: pytest.MonkeyPatch, module: ModuleType, read: str, step: Callable[[], object]
) -> None:
    """Let the other one move once, right after the next read through `module.read`."""
    original = getattr(module, read)

    def read_then_step(*args: object, **kwargs: object) -> object:
        found = original(*args, **kwargs)
        patch.setattr(module, read, original)
        meanwhile(step)
        return found

    patch.setattr(module, read, read_then_step)


def second_waits_for[First, Second](
    first: Callable[[], First], second: Callable[[], Second]
) -> tuple[First, Second]:
    """Begin the second on a connection of its own while the first is not committed, and commit when it waits.

    A second one that waits for nobody comes to its end without having seen the first: its guard is gone.
    """
    from django.db import transaction

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            done = first()
            other = pool.submit(_on_its_own, second)
            while not other.done() and not _somebody_waits():
                pass
        return done, other.result(timeout=30)


def _on_its_own[Result](step: Callable[[], Result]) -> Result:
    from django.db import connections

    try:
        return step()
    finally:
        connections.close_all()


def _somebody_waits() -> bool:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])
