# SPDX-License-Identifier: Apache-2.0
"""The call's states and moves, and what a contact says once it is read. Pure."""

from dataclasses import dataclass
from datetime import datetime

from callbox.door.domain import lane_of, rank
from callbox.kernel.workflow import Workflow, step
from callbox.matters.domain import register

KIND = "call"
WAITING, ANSWERED, LOST, DONE = "waiting", "answered", "lost", "done"
ANSWER_CLOCK = "answer"
QUEUE = "desk:answering"

EMERGENCY, CIVIC = "emergency", "civic"
OUTCOMES = (
    "incident",
    "request",
    "information",
    "no_help_needed",
    "silent",
    "test",
    "misuse",
    "handed_over",
    "not_reached",
)
BECAME = ("incident", "request", "handed_over")  # said by what was made of the call, never chosen from a list

WORKFLOW = register(
    Workflow(
        KIND,
        version=1,
        start=WAITING,
        final=frozenset({DONE}),
        moves=(
            step("contact", f"{WAITING} {ANSWERED} {LOST}", needs="contact"),
            step("claim", f"{WAITING} {LOST}", ANSWERED, stops=ANSWER_CLOCK),
            step("release", ANSWERED, WAITING, needs="reason", starts=ANSWER_CLOCK),
            step("lose", WAITING, LOST),
            step("try_back", LOST, needs="result"),
            step("note", ANSWERED),
            step("add_picture", f"{WAITING} {ANSWERED} {LOST} {DONE}", needs="picture digest"),
            step("link", ANSWERED, needs="incident"),
            step("wrap_up", f"{ANSWERED} {LOST}", DONE, needs="outcome", closes=True),
        ),
    )
)


def rank_of(lane: str, channel: str) -> int:
    """Whose turn it is in the queue, the lower first: what is no emergency is last, whatever its channel."""
    return rank(CIVIC) if lane == CIVIC else lane_of(channel).rank


@dataclass(frozen=True, slots=True)
class Said:
    """What a contact says, as far as it could be read; all of it is personal data.

    lon, lat: WGS84, only when the sender shared it. thread: what the sender's messages have in common.
    readable: False means that a person must look at the bytes themselves.
    lost: the exchange says that the caller hung up before an answer.
    """

    name: str = ""
    number: str = ""
    words: str = ""
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    thread: str = ""
    type_hint: str = ""
    readable: bool = True
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """Who called and what they said, as it is kept. unreadable: why it cannot be read, "" when it can."""

    retain_until: datetime
    name: str = ""
    number: str = ""
    words: str = ""
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    type_hint: str = ""
    unreadable: str = ""
