# SPDX-License-Identifier: Apache-2.0
"""Two steps that cross: each moves what the other one moves too. One waits for the other, and never in a circle."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import ModuleType
from uuid import UUID

import psycopg
import pytest
from django.db import connections

from callbox.dispatch import actions as dispatch
from callbox.door.tests.process import DoorProcess
from callbox.incidents import actions as incidents
from callbox.incidents import linking
from callbox.incidents.actions import Where
from callbox.intake.actions import claim_call
from callbox.journal import queries as journal
from callbox.kernel.errors import Conflict, Refusal
from callbox.matters.models import Matter
from tests import world
from tests.world import AT, LATER, call_taker, dispatcher

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture(autouse=True)
def _journal_verifies_afterwards(committed: None) -> Iterator[None]:
    yield
    assert journal.verify().ok


def crossing(
    patch: pytest.MonkeyPatch, module: ModuleType, name: str, other: Callable[[], object]
) -> Callable[[], object]:
    """After the next call of `module.name` another one's step begins, and goes on until it waits or is over.

    Answers with what gives that step's result, or the refusal that it met.
    """
    original = getattr(module, name)
    begun: list[Future[object]] = []

    def step() -> object:
        try:
            return other()
        except Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    def call_then_other(*args: object, **kwargs: object) -> object:
        found = original(*args, **kwargs)
        patch.setattr(module, name, original)
        pool = ThreadPoolExecutor(1)
        begun.append(pool.submit(step))
        pool.shutdown(wait=False)
        DoorProcess.wait_until(lambda: begun[0].done() or somebody_waits())
        return found

    patch.setattr(module, name, call_then_other)
    return lambda: begun[0].result()


def somebody_waits() -> bool:
    with psycopg.connect(os.environ["CALLBOX_OWNER_URL"]) as link:
        return link.execute(WAITING).fetchone() != (0,)


def told_of(name: str) -> UUID:
    """An incident that a caller told of."""
    call = world.waiting_call(f"made-up: {name}")
    claim_call(call.pk, by=call_taker(), at=AT)
    where = Where(-122.4194, 37.7749, "made-up address 1")
    return UUID(str(linking.open_for_call(where, call=call.pk, by=call_taker(), at=AT).pk))


def test_two_incidents_are_merged_into_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = told_of("first"), told_of("second")
    other = crossing(
        monkeypatch,
        incidents,
        "lock_open",
        lambda: incidents.merge_incident(second, first, by=dispatcher("other"), at=LATER),
    )
    incidents.merge_incident(first, second, by=dispatcher(), at=LATER)
    assert isinstance(other(), Conflict)
    assert [Matter.objects.get(pk=each).final for each in (first, second)] == [True, False]


def test_an_incident_without_calls_is_not_merged_into_one_that_is_over() -> None:
    over, alone = world.incident(), world.incident()
    incidents.close_incident(over.pk, "handled", by=dispatcher(), at=AT)
    before = world.journal_size()
    with pytest.raises(Conflict):
        incidents.merge_incident(alone.pk, over.pk, by=dispatcher(), at=LATER)
    assert (Matter.objects.get(pk=alone.pk).final, world.journal_size()) == (False, before)


def test_two_units_change_places(monkeypatch: pytest.MonkeyPatch) -> None:
    units = [world.unit("E01"), world.unit("E02")]
    found = [world.incident(), world.incident()]
    sent = [
        dispatch.assign_unit(where.pk, unit.pk, by=dispatcher(), at=AT)
        for where, unit in zip(found, units, strict=True)
    ]
    other = crossing(
        monkeypatch,
        dispatch,
        "_withdraw",
        lambda: dispatch.divert_unit(sent[1].pk, found[0].pk, by=dispatcher("other"), at=LATER),
    )
    gone = dispatch.divert_unit(sent[0].pk, found[1].pk, by=dispatcher(), at=LATER)
    came = other()
    assert isinstance(came, type(gone))
    assert [gone.incident_id, came.incident_id] == [found[1].pk, found[0].pk]
