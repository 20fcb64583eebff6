# SPDX-License-Identifier: Apache-2.0
"""Two layers: Python's checks and the database's. Each alone keeps what is another's from a crew's answers."""

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from callbox.access.rows import protected
from callbox.dispatch import crew_reads
from callbox.dispatch import queries as dispatch
from callbox.dispatch.models import Assignment
from callbox.incidents import queries as incidents
from callbox.incidents.models import Incident
from callbox.kernel.actor import Actor
from tests.rls.rows import Side, side
from tests.signed_in import Signed, signed_in

pytestmark = pytest.mark.usefixtures("committed")
CANARY = "canary"


@pytest.fixture
def sides(committed: None, sf_city: None) -> tuple[Side, Side]:
    return side("1"), side("2")


@pytest.fixture
def without_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python lets everybody see everything."""
    monkeypatch.setattr(Actor, "may", lambda *_: True)
    for name in ("require", "require_sight"):
        monkeypatch.setattr(Actor, name, lambda *_: "crew")
    all_incidents, all_assignments = (
        Incident.objects.select_related("matter", "place"),
        Assignment.objects.select_related("matter", "unit__agency"),
    )
    for module in (incidents, crew_reads):
        monkeypatch.setattr(module, "visible", lambda _: all_incidents.all())
    monkeypatch.setattr(dispatch, "visible_assignments", lambda _: all_assignments.all())


@pytest.fixture
def without_rows() -> Iterator[None]:
    """The database shows everything to everybody, as its owner has said."""
    switch("DISABLE")
    yield
    switch("ENABLE")


def switch(verb: str) -> None:
    with psycopg.connect(os.environ["CALLBOX_OWNER_URL"]) as link:
        for row in protected():
            link.execute(f"ALTER TABLE {row.table} {verb} ROW LEVEL SECURITY".encode())


def ids(of: Side) -> dict[str, str]:
    found = {(row.table, row.action): str(row.value) for row in of.rows}
    return {
        "incident": found["matters_matter", "incident.see"],
        "call": found["matters_matter", "call.see"],
        "assignment": found["matters_matter", "assignment.see"],
    }


def asked(client: Signed, of: Side) -> dict[str, Any]:
    """Every address that shows something of one side."""
    known = ids(of)
    addresses = [
        "/api/board",
        "/api/queue",
        "/api/late?within=86400",
        f"/api/incidents/{known['incident']}",
        f"/api/incidents/{known['incident']}/row",
        f"/api/calls/{known['call']}",
        f"/api/calls/{known['call']}/caller?purpose=answer",
        f"/api/assignments/{known['assignment']}/row",
        "/api/crew",
        "/api/incidents",
        "/api/similar?lon=-122.41&lat=37.77",
    ]
    return {address: client.get(address) for address in addresses}


def leaks(answers: dict[str, Any], of: Side) -> list[str]:
    """The answers that tell of that side: its words, or the id of its call, incident or assignment."""
    name = "2"
    told = [f"{CANARY} {what} {name}" for what in ("words", "remark", "address")]
    known = list(ids(of).values())
    return [
        address
        for address, answer in answers.items()
        for text in [answer.content.decode()]
        if any(word in text for word in told)
        or (answer.status_code == 200 and any(each in text for each in known))
    ]


def test_the_answers_would_tell(sides: tuple[Side, Side], without_rows: None, without_checks: None) -> None:
    """Without both layers a crew is shown everything: the tests below look in the right places."""
    mine, other = sides
    assert len(leaks(asked(signed_in(mine.crew), other), other)) >= 6


def test_the_database_alone_holds(sides: tuple[Side, Side], without_checks: None) -> None:
    mine, other = sides
    client = signed_in(mine.crew)
    assert leaks(asked(client, other), other) == []
    assert f"{CANARY} address 1" in client.get("/api/crew").content.decode()


def test_the_checks_alone_hold(sides: tuple[Side, Side], without_rows: None) -> None:
    mine, other = sides
    client = signed_in(mine.crew)
    assert leaks(asked(client, other), other) == []
    assert f"{CANARY} address 1" in client.get("/api/crew").content.decode()
