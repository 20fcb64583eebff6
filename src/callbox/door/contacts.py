# SPDX-License-Identifier: Apache-2.0
"""POST /door/contacts/{channel}: what anybody sends, accepted before anybody reads it."""

import asyncio
import time
from datetime import datetime
from urllib.parse import parse_qs

from callbox.door.accept import Acceptor, Taken
from callbox.door.domain import Contact, contact_from
from callbox.door.failures import NotAccepted
from callbox.door.http import Gone, Receive, Scope, Send, answer, body_of, headers_of, problem
from callbox.door.meter import REFUSED, Meter
from callbox.door.options import Options
from callbox.door.pages import received_page, refused_page, wants_page
from callbox.door.steps import step
from callbox.host.clock import CLOCK

BODY_DEADLINE_S = 30.0


async def take_contact(
    scope: Scope,
    receive: Receive,
    send: Send,
    channel: str,
    acceptor: Acceptor,
    options: Options,
    meter: Meter,
) -> None:
    """Answer 201 once the contact is durable, 503 with a telephone number when it could not be made so.

    A body over the limit is kept up to it and marked as cut. A sender that goes away before the end of its
    body has not sent a contact: it hears no yes, and says it again.
    """
    try:
        async with asyncio.timeout(BODY_DEADLINE_S):
            body, cut = await body_of(receive, options.body_limit)
    except (Gone, TimeoutError):
        return
    contact = contact_of(channel, scope, body, at=CLOCK.now(), cut=cut)
    begun = time.monotonic()
    try:
        taken = await acceptor.accept(contact)
    except NotAccepted:
        meter.accepted(contact.lane, REFUSED, time.monotonic() - begun)
        await _say_no(send, scope, options.emergency_number)
        return
    meter.accepted(contact.lane, taken.accepted, time.monotonic() - begun)
    step("answer")
    await _say_yes(send, scope, taken, options.emergency_number)
    step("answered")


def contact_of(channel: str, scope: Scope, body: bytes, *, at: datetime, cut: bool = False) -> Contact:
    """A request and its body as a contact, whatever they say."""
    return contact_from(channel, _headers(scope), body, received_at=at, cut=cut)


async def _say_yes(send: Send, scope: Scope, taken: Taken, numbers: str) -> None:
    if wants_page(scope):
        await received_page(send, scope, taken.id, numbers)
        return
    repeated = "true" if taken.repeated else "false"
    said = f'{{"id": "{taken.id}", "accepted": "{taken.accepted}", "repeated": {repeated}}}'
    await answer(send, 201, said.encode(), b"application/json")


async def _say_no(send: Send, scope: Scope, numbers: str) -> None:
    if wants_page(scope):
        await refused_page(send, scope, numbers)
        return
    await problem(send, scope, 503, "not_accepted", "telephone", number=numbers)


def _headers(scope: Scope) -> dict[str, str]:
    """The headers; a form without script cannot send one of its own, so its key stands in its address."""
    headers = headers_of(scope)
    key = parse_qs(scope["query_string"].decode("latin-1")).get("key", [""])[0]
    return {"idempotency-key": key, **headers} if key else headers
