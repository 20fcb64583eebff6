# SPDX-License-Identifier: Apache-2.0
"""Requests as they run in production, each transaction committed: signing in, reading, writing, withdrawing."""

from typing import Any, ClassVar

import pytest
from django.db import InternalError, OperationalError, connection
from psycopg.errors import ReadOnlySqlTransaction

from callbox.access.actions import end_grant
from callbox.access.models import FailedSignIn, Grant, Person
from callbox.access.queries import actor_of
from callbox.access.seeing import end_reading, seeing
from callbox.access.sight import GATE, Sight, sight_of
from callbox.intake.models import Call
from callbox.matters.models import Matter
from tests import world
from tests.factors import code_of, with_totp
from tests.scenes import my_unit
from tests.signed_in import PASSWORD, Signed, person, signed_in
from tests.world import AT, SETUP, waiting_call

pytestmark = pytest.mark.usefixtures("committed")


def told(answer: Any) -> Any:
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_signing_in_reading_claiming_and_signing_out(sf_city: None) -> None:
    secret = with_totp(person("taker", "call_taker", password=PASSWORD))
    call, client = waiting_call(), Signed()
    wrong = client.post("/sign-in", {"username": "taker", "password": "wrong words"})
    guesses = FailedSignIn.objects.count()
    assert (wrong.status_code, bool(guesses)) == (422, True)
    answer = client.post("/sign-in", {"username": "taker", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/second")
    answer = client.post("/sign-in/second", {"code": code_of(secret)})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/answer"), answer.content
    assert FailedSignIn.objects.count() < guesses
    assert [row["id"] for row in told(client.get("/api/queue"))["calls"]] == [str(call.pk)]
    assert told(client.post_json(f"/api/calls/{call.pk}/claim"))["state"] == "answered"
    assert told(client.get(f"/api/calls/{call.pk}/caller?purpose=answer"))["words"]
    assert told(client.get("/api/board"))["incidents"] == []
    assert client.post("/sign-out").status_code == 302
    assert client.get("/api/queue").status_code == 401


def test_a_crew_follows_its_own_assignment_to_the_end(sf_city: None) -> None:
    from callbox.dispatch.actions import assign_unit
    from tests.world import dispatcher

    unit = my_unit()
    crew = signed_in(person("crew", "crew", keys=(f"unit:{unit}",)))
    mine, other = world.incident(), world.incident()
    sent = assign_unit(mine.pk, unit, by=dispatcher(), at=AT)
    assert [row["id"] for row in told(crew.get("/api/board"))["incidents"]] == [str(mine.pk)]
    assert crew.get(f"/api/incidents/{other.pk}").status_code == 404
    for step in ("acknowledge", "go", "arrive", "clear"):
        told(crew.post_json(f"/api/assignments/{sent.pk}/{step}", {}))
    assert Matter.objects.get(pk=sent.pk).final


def test_a_right_withdrawn_counts_no_more_with_the_next_request(sf_city: None) -> None:
    """Rights are read anew at each request: within five seconds is at once."""
    someone = person("taker", "call_taker", "dispatcher")
    client = signed_in(someone)
    call = waiting_call()
    assert told(client.get(f"/api/calls/{call.pk}"))["id"] == str(call.pk)
    for grant in Grant.objects.filter(person=someone):
        end_grant(grant.pk, by=SETUP, at=AT)
    assert client.get(f"/api/calls/{call.pk}").status_code == 401


def test_afterwards_the_connection_shows_nothing_of_the_request(sf_city: None) -> None:
    client = signed_in(person("taker", "call_taker"))
    waiting_call()
    with seeing(Sight()):
        assert told(client.get("/api/queue"))["calls"]
        assert Call.objects.count() == 0
        end_reading()


def test_nobody_sees_what_signing_in_needs_but_on_the_pages_for_it(sf_city: None) -> None:
    person("taker", "call_taker")
    seen: list[int] = []

    def view(_request: object) -> int:
        seen.append(Person.objects.count())
        return 0

    from callbox.access.middleware import WithActor

    class Request:
        session: ClassVar[dict[str, str]] = {}

    middleware = WithActor(view)  # type: ignore[arg-type]  # a view that only looks
    middleware(Request())  # type: ignore[arg-type]  # the middleware reads only the session
    with seeing(GATE):
        view(None)
        end_reading()
    assert seen == [0, 1]


def test_what_is_read_outside_an_action_cannot_write() -> None:
    someone = person("taker", "call_taker")
    with seeing(sight_of(actor_of(someone, AT))):
        assert Person.objects.filter(pk=someone.pk).exists()
        with connection.cursor() as cursor, pytest.raises(InternalError) as refused:
            cursor.execute("WITH gone AS (DELETE FROM access_agency RETURNING 1) SELECT count(*) FROM gone")
        assert isinstance(refused.value.__cause__, ReadOnlySqlTransaction)
        assert Person.objects.filter(pk=someone.pk).exists(), (
            "an error ends its transaction, not the next one"
        )
        end_reading()


def test_a_line_that_is_cut_before_a_transaction_begins_is_told_as_any_other_cut() -> None:
    """Pages answer Django's kind of it; the driver's own was a fault of ours to whoever asked."""
    with seeing(GATE):
        connection.ensure_connection()
        connection.connection.close()
        with pytest.raises(OperationalError):
            Person.objects.exists()
    connection.close()


def test_a_savepoint_undone_does_not_widen_what_is_seen() -> None:
    from django.db import transaction

    waiting_call()
    with transaction.atomic(), seeing(Sight()):
        assert Call.objects.count() == 0
        with transaction.atomic(), seeing(Sight("system")):
            assert Call.objects.count() == 1
            transaction.set_rollback(True)
        assert Call.objects.count() == 0
