# SPDX-License-Identifier: Apache-2.0
"""A real door over the night's database, and everything that somebody's stream says."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from callbox.access.domain import system_actor
from callbox.dispatch.units import report_position
from callbox.door.tail import Position
from callbox.door.tests.process import DoorProcess, Stream
from callbox.incidents.actions import add_remark
from callbox.intake.actions import note_words
from callbox.intake.domain import Said
from tests.canary.scene import FOREIGN, LAT, LON, Night, Walker
from tests.canary.tokens import Token
from tests.world import call_taker, dispatcher

FIRST = "0.0"
LINES = 20_000
SEES_UNITS, POSITION = "dispatcher", "event: position"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@contextmanager
def door_of(home: Path, *module: str) -> Iterator[DoorProcess]:
    """A door with web's secret, which writes JSON to a file of its own."""
    (home / "secret").write_bytes(settings.CONFIG.secret)
    (home / "secret").chmod(0o600)
    keys = {"CALLBOX_KEYS": str(home / "keys"), "CALLBOX_LOG": "json"}
    door = DoorProcess(os.environ["DATABASE_URL"], home, keys, log=home / "door.log")
    try:
        door.start(*module)
        yield door
    finally:
        door.kill()


def streams(door: DoorProcess, night: Night, act: Callable[[], None]) -> dict[str, str]:
    """What the stream of each walker says: all that has happened, and what `act` makes happen."""
    door.wait_until(lambda: door.health()["oldest_unread_s"] is not None)  # it reads the database
    with ExitStack() as stack:
        opened: dict[str, Stream] = {}
        said: dict[str, str] = {}
        for walker in night.walkers:
            asked = walker.client.post_json("/api/stream-ticket")
            said[walker.name] = asked.content.decode()
            if asked.status_code == 200:
                opened[walker.name] = stream_of(door, walker, stack)
            else:
                assert walker.role == "", walker.name
                said[walker.name] += door.ask("GET", f"/door/stream?ticket=&after={FIRST}").body.decode()
        for stream in opened.values():
            read_until(stream, Position())
        act()
        last = last_entry()
        read_until(opened[SEES_UNITS], last, POSITION)  # positions come at a pace of their own
        now = timezone.now()
        return said | {name: read_until(stream, last, since=now) for name, stream in opened.items()}


def stream_of(door: DoorProcess, walker: Walker, stack: ExitStack) -> Stream:
    """An open stream from the first entry on. A slow machine may refuse the first ones: it could not ask in time."""
    found: list[Stream] = []

    def connect() -> bool:
        ticket = walker.client.post_json("/api/stream-ticket").json()["ticket"]
        found.append(stack.enter_context(door.stream(ticket, after=FIRST)))
        return found[-1].answer.status == 200

    door.wait_until(connect)
    return found[-1]


def read_until(stream: Stream, last: Position, event: str = "", since: datetime = LONG_AGO) -> str:
    """All lines, until the stream says since then that it has seen everything up to there, and this event came.

    What was read is kept on the stream.
    """
    lines = stream.heard
    for _ in range(LINES):
        line = stream.answer.readline().decode()
        assert line, "the stream ended"
        assert not line.startswith("event: bye"), lines[-5:]
        lines.append(line)
        if line.startswith("data: ") and lines[-2].startswith("event: horizon"):
            told = json.loads(line[6:])
            position, now = Position.read(told["position"]), datetime.fromisoformat(told["now"])
            if position is not None and position >= last and now > since and event in "".join(lines):
                return "".join(lines)
    raise AssertionError("the horizon never came there")


def last_entry() -> Position:
    """Where the journal ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT xid::text AS at_xid, seq FROM journal_entry ORDER BY xid DESC, seq DESC LIMIT 1"
        )
        xid, seq = cursor.fetchone()
    return Position(int(xid), seq)


def something_happens(night: Night, door: DoorProcess, tokens: list[Token]) -> None:
    """On the foreign side: a remark, words of the caller, a step, a position; and a contact comes in."""
    ids, now, number = night.ids[FOREIGN], timezone.now(), len(tokens)
    words = [f"kanarié live {what} {number:03d}vogel" for what in ("remark", "words", "contact")]
    tokens += [Token(f"live.{text.split()[2]}", text, ()) for text in words]
    report_position(night.units[FOREIGN], LON + 0.01, LAT, by=system_actor("simulation"), at=now)
    note_words(ids["call_id"], Said(words=words[1]), by=call_taker(), at=now)
    sent = door.post(words[2].encode(), key=words[2].replace(" ", "").replace("é", "e"))
    tokens.append(Token("live.contact_id", sent.said["id"], ("call.follow",), whole=True))
    add_remark(ids["incident_id"], words[0], by=dispatcher(), at=now)


def followed(night: Night) -> list[Token]:
    """What a stream may tell only those who follow it: ids of matters, by kind and scope."""
    found = []
    for side, ids in night.ids.items():
        for kind in ("call", "incident", "assignment", "unit", "task"):
            identity = ids.get(f"{kind}_id")
            if isinstance(identity, UUID):
                told: tuple[str, ...] = scope_of(identity)
                also: tuple[str, ...] = ()
                if kind == "task":  # its incident's journal tells all who take part of it
                    told, also = (*told, *scope_of(ids["incident_id"])), ("incident.follow",)
                found.append(
                    Token(
                        f"{side}.{kind}",
                        str(identity),
                        (f"{kind}.follow",),
                        told,
                        whole=True,
                        also=also,
                    )
                )
    return found


def scope_of(matter: UUID) -> tuple[str, ...]:
    """Whom a matter reaches now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT scope FROM matters_matter WHERE id = %s", [matter])
        return tuple(cursor.fetchone()[0])
