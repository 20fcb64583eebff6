# SPDX-License-Identifier: Apache-2.0
"""Who is refused for now hears it: a connection that ends with bytes unread loses the answer on its way."""

import asyncio
from collections.abc import MutableMapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from callbox.door.app import Door
from callbox.door.http import READ_AWAY, read_away
from callbox.door.options import Options

PIECE = b"x" * READ_AWAY


def part(body: bytes, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


class Talk:
    """What is sent to the door piece by piece, and in which order it reads and answers."""

    def __init__(self, *pieces: dict[str, Any]) -> None:
        self.pieces = list(pieces)
        self.order: list[str] = []

    async def receive(self) -> MutableMapping[str, Any]:
        self.order.append("read")
        return self.pieces.pop(0)

    async def send(self, message: MutableMapping[str, Any]) -> None:
        self.order.append(str(message.get("status", "rest")))


@pytest.mark.parametrize("path", ["/door/contacts/civic", "/report"])
def test_the_answer_goes_out_after_what_was_sent_is_read(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = SimpleNamespace(
        behind_proxy=False, gateways=frozenset(), hosts={"x"}, emergency_number="112", https=False
    )
    door = Door(cast(Options, known))
    for name in ("wait_for_contact", "wait_for_page"):
        monkeypatch.setattr(door.limits, name, lambda *_: 2.0)
    door._own = {}
    talk = Talk(part(b"half", True), part(b"rest", False))
    scope = {"type": "http", "path": path, "method": "POST", "headers": [(b"host", b"x")]}
    asyncio.run(door(scope, talk.receive, talk.send))
    assert talk.order == ["read", "read", "429", "rest"]


def test_no_more_is_read_than_a_refused_sender_may_cost() -> None:
    talk = Talk(*[part(PIECE, True)] * 40)
    asyncio.run(read_away(talk.receive))
    assert 0 < len(talk.order) < 40


def test_who_has_gone_is_no_error() -> None:
    talk = Talk({"type": "http.disconnect"})
    asyncio.run(read_away(talk.receive))
    assert talk.order == ["read"]
