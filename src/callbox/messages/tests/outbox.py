# SPDX-License-Identifier: Apache-2.0
"""Messages of tests: gateways that stand in a folder or on this machine, and what reached them."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.world import AT

from callbox.access.domain import system_actor
from callbox.messages.actions import Wanted, queue_message
from callbox.messages.models import Message
from callbox.messages.turns import Turn
from callbox.messages.ways import gateways_on

SENDER, ERASER = system_actor("messages"), system_actor("retention")
TO = {"email": "made-up@city.example", "sms": "+15550104711"}


def folder(patch: pytest.MonkeyPatch, path: Path) -> Path:
    """The file gateway, and no other."""
    patch.setenv("CALLBOX_GATEWAY_FILE", str(path / "out"))
    return path / "out"


def wanted(
    key: str = "k1", way: str = "email", language: str = "en", letter: str = "messages.step"
) -> Wanted:
    words = {"matter": "Request", "number": "1", "action": "Reminder", "level": "1", "due": "noon"}
    return Wanted(key, letter, way, TO[way], language, words)


def queued(key: str = "k1", way: str = "email", at: datetime = AT, kind: str = "") -> UUID:
    """One message in the outbox; of another kind than its letter's, if named."""
    found = queue_message(wanted(key, way), by=SENDER, at=at)
    assert found is not None
    if kind:
        Message.objects.filter(pk=found).update(kind=kind)
    return found


def turn(name: str) -> Turn:
    return Turn({gateway.name: gateway for gateway in gateways_on(AT.date())}[name])


def run(name: str, at: datetime = AT, most: int = 20) -> int:
    """Let a gateway have its turns while it has something to do; how many."""
    mine = turn(name)
    count = 0
    while count < most and mine.step(at):
        count += 1
    return count


def files_in(path: Path) -> list[dict[str, str]]:
    return [json.loads(file.read_text()) for file in sorted(path.glob("*.json"))]


def state_of(message_id: UUID) -> tuple[str, str]:
    row = Message.objects.get(pk=message_id)
    return row.state, row.problem


LATER = AT + timedelta(minutes=2)
