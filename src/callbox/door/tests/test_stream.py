# SPDX-License-Identifier: Apache-2.0
"""What reaches a screen: only what its person may see, all of that, and nothing after sign-out."""

import json
import os
import socket
import time
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from callbox.door.tests.conftest import Guest, Server
from callbox.door.tests.process import DoorProcess

INSERT = (
    "INSERT INTO journal_entry (chain, number, kind, move, was, becomes, round, actor, role, at, recorded_at, facts,"
    " scope, prev, hash) VALUES (%s, %s, %s, 'classify', 'reported', 'assessed', 1, 'person:secret', 'dispatcher',"
    " now(), now(), %s, %s, '', '')"
)
MATTER = (
    "INSERT INTO matters_matter (id, kind, workflow_version, state, final, version, round, owner, scope, opened_at,"
    " changed_at) VALUES (%s, %s, 1, 'assessed', false, 1, 1, 'desk:x', %s, now(), now())"
)


def matter(server: Server, kind: str = "incident", scope: tuple[str, ...] = ("area:1",)) -> UUID:
    """A matter that reaches these keys: its entries are shown by scope while it does."""
    made = uuid4()
    server.do(MATTER, made, kind, list(scope))
    return made


def write_entry(
    server: Server,
    kind: str = "incident",
    scope: tuple[str, ...] = ("area:1",),
    facts: Any = None,
    number: int = 1,
) -> UUID:
    chain = matter(server, kind, scope)
    server.do(INSERT, chain, number, kind, json.dumps(facts or {}), list(scope))
    return chain


def position(server: Server) -> str:
    # Not named xid: ORDER BY would prefer the text, and "9" comes after "10".
    rows = server.rows(
        "SELECT xid::text AS at_xid, seq FROM journal_entry ORDER BY xid DESC, seq DESC LIMIT 1"
    )
    return f"{rows[0][0]}.{rows[0][1]}" if rows else "0.0"


DESK: dict[str, Any] = {
    "keys": frozenset({"area:1"}),
    "kinds": frozenset({"incident"}),
    "all_kinds": frozenset({"warning"}),
}


def test_an_entry_reaches_the_screens_that_may_see_it_and_no_other(
    door: DoorProcess, server: Server, guest: Guest
) -> None:
    with door.stream(guest.ticket(**DESK)) as stream:
        stream.next("hello")
        write_entry(server, "incident", ("area:2",))
        write_entry(server, "assignment", ("area:1",))
        write_entry(server, "incident", ())
        seen = write_entry(server, "incident", ("area:2", "area:1"), {"type": "fire"}, number=4)
        everywhere = write_entry(server, "warning", ())
        first, second = stream.next("entry")[1], stream.next("entry")[1]
    assert (first["matter"], second["matter"]) == (str(seen), str(everywhere))
    assert first["facts"] == {"type": "fire"}
    assert first["number"] == 4
    assert set(first) == {
        "id", "kind", "matter", "move", "was", "becomes", "at", "recorded_at", "facts", "number",
    }  # fmt: skip
    assert "secret" not in json.dumps(first)


def test_what_was_missed_is_caught_up_with_once_and_in_order(
    door: DoorProcess, server: Server, guest: Guest
) -> None:
    write_entry(server)
    here = position(server)
    missed = [str(write_entry(server)) for _ in range(3)]
    write_entry(server, "incident", ("area:2",))
    with door.stream(guest.ticket(**DESK), after=here) as stream:
        caught = [stream.next("entry")[1] for _ in range(3)]
        live = str(write_entry(server))
        assert stream.next("entry")[1]["matter"] == live
    assert [entry["matter"] for entry in caught] == missed
    with door.stream(guest.ticket(**DESK), after=caught[1]["id"]) as stream:
        assert [stream.next("entry")[1]["matter"] for _ in range(2)] == [missed[2], live]


def test_a_screen_that_missed_too_much_is_told_to_begin_anew(
    door: DoorProcess, server: Server, guest: Guest
) -> None:
    write_entry(server)
    here, chain = position(server), matter(server)
    with psycopg.connect(server.urls.owner) as link:
        for number in range(2_001):
            link.execute(INSERT, [chain, number, "incident", "{}", ["area:1"]])
    with door.stream(guest.ticket(**DESK)) as stream:
        door.wait_until(lambda: stream.next("horizon")[1]["position"] == position(server))
    with door.stream(guest.ticket(**DESK), after=here) as stream:
        events = stream.until("bye")
    assert [kind for kind, _ in events if kind != "horizon"] == ["hello", "reset", "bye"]


def test_an_entry_still_open_when_a_later_one_is_read_is_not_skipped(
    door: DoorProcess, server: Server, guest: Guest
) -> None:
    with door.stream(guest.ticket(**DESK)) as stream, psycopg.connect(server.urls.app) as early:
        stream.next("hello")
        first, second = matter(server), None
        early.execute(INSERT, [first, 1, "incident", "{}", ["area:1"]])
        second = write_entry(server)
        stream.next("horizon")
        stream.next("horizon")
        early.commit()
        assert [stream.next("entry")[1]["matter"] for _ in range(2)] == [str(first), str(second)]


def test_a_contact_is_announced_without_its_words(door: DoorProcess, guest: Guest) -> None:
    with door.stream(guest.ticket(contacts=True)) as stream, door.stream(guest.ticket(**DESK)) as other:
        stream.next("hello")
        other.next("hello")
        sent = door.post(b"my name is", "key", channel="sos")
        found = stream.next("contact")[1]
        other.next("horizon")
        assert "contact" not in [other.next()[0] for _ in range(2)]
    assert set(found) == {"id", "channel", "lane", "received_at"}
    assert (found["id"], found["channel"]) == (sent.said["id"], "sos")


def test_the_horizon_says_every_second_how_far_and_how_fresh(
    door: DoorProcess, server: Server, guest: Guest
) -> None:
    with door.stream(guest.ticket(**DESK)) as stream:
        stream.next("hello")
        write_entry(server, "incident", ("area:2",))  # not for this screen, and yet it is as far as that
        here = position(server)
        door.wait_until(lambda: stream.next("horizon")[1]["position"] == here)
        assert stream.next("horizon")[1]["age_s"] < 1


def test_positions_reach_those_who_may_see_them(door: DoorProcess, server: Server, guest: Guest) -> None:
    server.do(
        "CREATE TABLE dispatch_position"
        " (unit_id uuid PRIMARY KEY, callsign text, lon float8, lat float8, at timestamptz)"
    )
    server.do("GRANT SELECT ON dispatch_position TO callbox_app")
    try:
        with door.stream(guest.ticket(positions=True)) as stream, door.stream(guest.ticket(**DESK)) as other:
            stream.next("hello")
            unit = uuid4()
            server.do("INSERT INTO dispatch_position VALUES (%s, 'E01', 24.9, 60.2, now())", unit)
            (told,) = stream.next("position")[1]["units"]
            assert (told["unit"], told["callsign"], told["lon"], told["lat"]) == (
                str(unit),
                "E01",
                24.9,
                60.2,
            )
            other.next("horizon")
            assert "position" not in [other.next()[0] for _ in range(2)]
    finally:
        server.do("DROP TABLE dispatch_position")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE access_signin SET ended_at = now() WHERE id = %(signin)s",
        "DELETE FROM access_signin WHERE id = %(signin)s",
        "UPDATE access_person SET epoch = epoch + 1 WHERE id = %(person)s",
        "UPDATE access_person SET is_active = false WHERE id = %(person)s",
    ],
)
def test_a_stream_ends_with_the_sign_out_and_with_a_change_of_role(
    door: DoorProcess, server: Server, guest: Guest, change: str
) -> None:
    with door.stream(guest.ticket(**DESK)) as stream:
        stream.next("hello")
        with psycopg.connect(server.urls.owner) as link:
            link.execute(change.encode(), {"signin": guest.signin, "person": guest.person})
        events = stream.until("bye")
        assert events[-1] == ("bye", {"reason": "signed-out"})
        assert len([kind for kind, _ in events if kind == "horizon"]) <= 3  # one a second: within two seconds
        assert stream.next() == ("end", None)
    assert door.ask("GET", f"/door/stream?ticket={guest.ticket(**DESK)}").status == 403


@pytest.mark.parametrize("wrong", ["none", "old", "forged", "stranger", "epoch"])
def test_without_a_ticket_in_force_there_is_no_stream(door: DoorProcess, guest: Guest, wrong: str) -> None:
    ticket = {
        "none": "",
        "old": guest.ticket(age_s=61),
        "forged": guest.ticket(secret=b"x" * 32),
        "stranger": guest.ticket(person=uuid4()),
        "epoch": guest.ticket(epoch=2),
    }[wrong]
    assert door.ask("GET", f"/door/stream?ticket={ticket}").status == 403


def test_when_sign_ins_cannot_be_checked_the_streams_end(
    door: DoorProcess, server: Server, guest: Guest
) -> None:
    with door.stream(guest.ticket(**DESK)) as stream:
        stream.next("hello")
        server.cluster.freeze()
        assert stream.until("bye")[-1] == ("bye", {"reason": "unchecked"})
    assert door.ask("GET", f"/door/stream?ticket={guest.ticket(**DESK)}").status in (403, 503)


def test_streams_go_on_after_the_database_was_restarted(
    door: DoorProcess, server: Server, guest: Guest
) -> None:
    with door.stream(guest.ticket(**DESK)) as stream:
        stream.next("hello")
        server.cluster.kill()
        server.cluster.start(durable=False)
        chain = write_entry(server)
        assert stream.next("entry", "bye")[1]["matter"] == str(chain)


def test_a_screen_that_reads_nothing_is_closed_and_the_others_go_on(
    door: DoorProcess, server: Server, guest: Guest
) -> None:
    with socket.socket() as deaf, door.stream(guest.ticket(**DESK)) as stream:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", door.port))
        deaf.sendall(
            f"GET /door/stream?ticket={guest.ticket(**DESK)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
        )
        stream.next("hello")
        door.wait_until(lambda: door.health()["screens"] == 2)
        noise = os.urandom(10_000).hex()

        def others_go_on() -> bool:
            chain = matter(server)
            with psycopg.connect(server.urls.owner) as link:
                for number in range(20):
                    link.execute(INSERT, [chain, number, "incident", json.dumps({"n": noise}), ["area:1"]])
            assert all(stream.next("entry", "bye")[0] == "entry" for _ in range(20))
            return bool(door.health()["screens"] == 1)

        door.wait_until(others_go_on)


def test_the_door_asked_to_stop_ends_its_streams_and_stops(door: DoorProcess, guest: Guest) -> None:
    with door.stream(guest.ticket(**DESK)) as stream:
        stream.next("hello")
        begun = time.monotonic()
        door.stop()
        assert stream.until("bye")[-1] == ("bye", {"reason": "closing"})
    assert time.monotonic() - begun < 3


def test_an_open_transaction_that_holds_readers_back_is_alarmed(door: DoorProcess, server: Server) -> None:
    old = INSERT.replace("now(), now()", "now(), now() - interval '1 minute'")
    with psycopg.connect(server.urls.app) as early:
        early.execute(INSERT, [uuid4(), 1, "incident", "{}", ["area:1"]])
        server.do(old, uuid4(), 1, "incident", "{}", [])
        door.wait_until(lambda: "unread" in door.health()["alarms"])
    door.wait_until(lambda: "unread" not in door.health()["alarms"])


def test_a_contact_that_nobody_makes_a_call_of_is_alarmed(door: DoorProcess, server: Server) -> None:
    server.do("INSERT INTO journal_position (name, xid, seq) VALUES ('intake.contacts', '0', 0)")
    try:
        assert door.post(b"x").status == 201
        server.do("UPDATE door_contact SET received_at = now() - interval '1 minute'")
        door.wait_until(lambda: "unread" in door.health()["alarms"])
        server.do("UPDATE journal_position SET (xid, seq) = (SELECT xid, seq FROM door_contact)")
        door.wait_until(lambda: "unread" not in door.health()["alarms"])
    finally:
        server.do("DELETE FROM journal_position")
