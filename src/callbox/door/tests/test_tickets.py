# SPDX-License-Identifier: Apache-2.0
"""Tickets are ours, fresh, and say what may be seen."""

import base64
import hashlib
import hmac
import json
from uuid import UUID

import pytest

from callbox.door.tickets import Ticket, TicketRefused, sign, verify

SECRET = b"k" * 32
TICKET = Ticket(
    UUID(int=1),
    UUID(int=2),
    epoch=3,
    iat=1000,
    exp=1060,
    keys=frozenset({"area:1"}),
    kinds=frozenset({"incident"}),
    all_kinds=frozenset({"warning"}),
    contacts=True,
)


def test_what_was_signed_is_read_back() -> None:
    assert verify(sign(TICKET, SECRET), SECRET, 1030) == TICKET


@pytest.mark.parametrize("now", [939, 1061])
def test_before_and_after_its_minute_it_is_refused(now: int) -> None:
    with pytest.raises(TicketRefused):
        verify(sign(TICKET, SECRET), SECRET, now)


def test_another_secret_is_refused() -> None:
    with pytest.raises(TicketRefused):
        verify(sign(TICKET, b"x" * 32), SECRET, 1030)


def test_a_changed_ticket_is_refused() -> None:
    payload, mac = sign(TICKET, SECRET).split(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "=="))
    forged = base64.urlsafe_b64encode(json.dumps(said | {"positions": True}).encode()).rstrip(b"=").decode()
    with pytest.raises(TicketRefused):
        verify(f"{forged}.{mac}", SECRET, 1030)


def test_what_the_secret_signed_for_another_purpose_is_refused() -> None:
    payload = sign(TICKET, SECRET).split(".")[0]
    raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    other = base64.urlsafe_b64encode(hmac.digest(SECRET, raw, hashlib.sha256)).rstrip(b"=").decode()
    with pytest.raises(TicketRefused):
        verify(f"{payload}.{other}", SECRET, 1030)


@pytest.mark.parametrize("text", ["", ".", "a.b", "a.b.c", "é.é", "....", "=.=", "%"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(TicketRefused):
        verify(text, SECRET, 1030)


@pytest.mark.parametrize(
    ("kind", "scope", "seen"),
    [
        ("incident", {"area:1"}, True),
        ("incident", {"area:2"}, False),
        ("incident", set(), False),
        ("warning", set(), True),
        ("assignment", {"area:1"}, False),
    ],
)
def test_who_sees_what(kind: str, scope: set[str], seen: bool) -> None:
    assert TICKET.may_see(kind, frozenset(scope)) is seen
