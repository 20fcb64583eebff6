# SPDX-License-Identifier: Apache-2.0
"""Connected screens that note when each contact reached them."""

import asyncio
import json
import time
from uuid import UUID, uuid4

import psycopg

from callbox.benches._senders import BODY, request
from callbox.door.tickets import LIFETIME_S, Ticket, sign


def sign_in(owner_url: str) -> Ticket:
    """A person with a sign-in, and the ticket that lets them see contacts."""
    person, signin, now = uuid4(), uuid4(), int(time.time())
    with psycopg.connect(owner_url) as link:
        link.execute(
            "INSERT INTO access_person (id, username, name, password, epoch, is_active)"
            " VALUES (%s, %s, 'bench', '', 1, true)",
            [person, person.hex],
        )
        link.execute(
            "INSERT INTO access_signin (id, person_id, started_at) VALUES (%s, %s, now())", [signin, person]
        )
    return Ticket(person, signin, epoch=1, iat=now, exp=now + LIFETIME_S, contacts=True)


async def watch(port: int, ticket: str, seen: dict[UUID, list[float]], ready: asyncio.Event) -> None:
    """Follow the stream; note the time of each contact's event."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    try:
        writer.write(f"GET /door/stream?ticket={ticket} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        contact = False
        while line := await reader.readline():
            if line.startswith(b"event: hello"):
                ready.set()
            contact = line == b"event: contact\n" or (contact and not line.startswith(b"event:"))
            if contact and line.startswith(b"data: "):
                seen.setdefault(UUID(json.loads(line[6:])["id"]), []).append(time.perf_counter())
    finally:
        writer.close()


async def times_to_shown(
    port: int, ticket: Ticket, secret: bytes, *, screens: int, contacts: int, gap_s: float
) -> tuple[list[float], list[float]]:
    """Milliseconds from the sender's yes, and from its sending, to each screen's having the event."""
    seen: dict[UUID, list[float]] = {}
    events = [asyncio.Event() for _ in range(screens)]
    crowd = [asyncio.create_task(watch(port, sign(ticket, secret), seen, event)) for event in events]
    await asyncio.gather(*(event.wait() for event in events))
    sent: dict[UUID, tuple[float, float]] = {}
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number in range(contacts):
        begun = time.perf_counter()
        writer.write(request(f"shown-{number}-{begun}", BODY))
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]))
        sent[UUID(json.loads(body)["id"])] = (begun, time.perf_counter())
        await asyncio.sleep(gap_s)
    await asyncio.sleep(1)
    writer.close()
    for task in crowd:
        task.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)
    missing = sum(screens - len(seen.get(contact, [])) for contact in sent)
    if missing:
        raise RuntimeError(f"{missing} events did not reach their screen within a second")
    accepted = [
        1000 * max(0.0, at - sent[key][1]) for key, times in seen.items() if key in sent for at in times
    ]
    from_sending = [1000 * (at - sent[key][0]) for key, times in seen.items() if key in sent for at in times]
    return accepted, from_sending
