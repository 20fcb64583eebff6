# SPDX-License-Identifier: Apache-2.0
"""What the world outside knows: what was sent, what was answered, what was seen. Kept on the sender's side alone."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

FOLLOWED = frozenset({"call", "incident", "unit", "assignment"})
Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to send: when (monotonic seconds), how long it took, and what came of it."""

    at: float
    took_s: float
    outcome: str


@dataclass(frozen=True, slots=True)
class Ack:
    """A yes: the identity given, by what it was made durable, and when it arrived (monotonic seconds)."""

    id: str
    accepted: str
    at: float


@dataclass(slots=True)
class Sent:
    """One contact as its sender knows it; every try bears the same key and bytes. No two have the same bytes."""

    key: str
    channel: str
    source: str
    body: bytes
    first_at: float
    lane: str = ""
    attempts: list[Attempt] = field(default_factory=list)
    acks: list[Ack] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hexadecimal: what to look for."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def always_answered(self) -> bool:
        """Whether no try ended without an answer: the door was there all the time."""
        return all(attempt.outcome.isdigit() for attempt in self.attempts)

    @property
    def wait_s(self) -> float | None:
        """Seconds from the first try until the first yes; None without one."""
        return self.acks[0].at - self.first_at if self.acks else None


@dataclass(frozen=True, slots=True)
class Move:
    """A move of a matter that was answered with a yes."""

    chain: str
    move: str


@dataclass(slots=True)
class Followed:
    """What one screen was shown: after a position, entry by entry, without being told to load itself anew."""

    after: Position
    shown: list[Position] = field(default_factory=list)


@dataclass(slots=True)
class Ledger:
    """Everything of one run."""

    sent: list[Sent] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    followed: list[Followed] = field(default_factory=list)
    refused: int = 0

    def acknowledged(self) -> Iterator[Sent]:
        """The contacts whose sender heard a yes."""
        return (each for each in self.sent if each.acks)

    def gap_s(self, *, door_there: bool = False) -> float:
        """The longest wait for a first yes. door_there: of contacts that the door itself answered at every try."""
        waits = [each.wait_s for each in self.sent if not door_there or each.always_answered]
        return max((wait for wait in waits if wait is not None), default=0.0)
