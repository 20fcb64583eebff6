# SPDX-License-Identifier: Apache-2.0
"""What the people outside remember: what they sent, what they were told, what they saw. The invariants judge by it."""

from dataclasses import dataclass, field
from uuid import UUID

from callbox.door.tickets import Ticket


@dataclass
class Sending:
    """One contact as its sender knows it. yes: where it was accepted, each time; told: when first. By sim time."""

    key: str
    source: str
    channel: str
    body: bytes
    tries: int = 0
    yes: list[str] = field(default_factory=list)
    told_at: float | None = None


@dataclass
class Seen:
    """What one screen saw. places: positions of entries as they came; begun: where it began."""

    name: str
    ticket: Ticket
    begun: tuple[int, int] | None = None
    places: list[tuple[int, int]] = field(default_factory=list)
    open_since: float | None = None
    heard_at: float = 0.0
    after_end: float | None = None  # seconds from sign-out to the last time that the stream was open


@dataclass
class Record:
    """Everything, by what it is about; `broken` holds what went wrong the moment it was noticed."""

    sendings: list[Sending] = field(default_factory=list)
    screens: list[Seen] = field(default_factory=list)
    moved: list[tuple[UUID, int, str]] = field(default_factory=list)
    answers: dict[UUID, set[tuple[bool, str]]] = field(default_factory=dict)
    passed_over: list[str] = field(default_factory=list)
    signed_out: dict[UUID, float] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    refusals: int = 0
    actions: int = 0
    contacts_at: dict[UUID, float] = field(default_factory=dict)
    calls_at: dict[UUID, float] = field(default_factory=dict)

    def note(self, problem: str) -> None:
        """Something is wrong now."""
        if problem not in self.broken:
            self.broken.append(problem)
