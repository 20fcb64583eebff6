# SPDX-License-Identifier: Apache-2.0
"""The push API: an agency's system tells what happened in its cases, signed (docs/reference/push-api.md)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from ninja import Schema
from pydantic import ConfigDict, Field

from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _
from callbox.oversight import queries
from callbox.oversight.actions import append_events
from callbox.oversight.domain.events import Event, Link, recorded_after
from callbox.oversight.domain.telling import problem_of, read_link, read_told
from callbox.oversight.retention import limit
from callbox.web.fields import Asked
from callbox.web.systems import signed_api

REFUSED = "refused"
TOO_MANY = _("A batch holds at most %(most)s events and as many links. Send the rest in a batch of its own.")
EMPTY = _("There is neither an event nor a link in this batch.")

histories = signed_api(
    "Callbox for systems that tell of cases", "histories", "See docs/reference/push-api.md."
)


class Batch(Schema):
    """Events, and what objects are to each other; each is judged by itself."""

    model_config = ConfigDict(extra="forbid")

    events: list[Any] = Field(default_factory=list)
    links: list[Any] = Field(default_factory=list)


class Answer(Schema):
    """What became of one: new, known, changed (what was said first stands), or refused and why."""

    answer: str
    problem: str = ""


class Answered(Schema):
    """Of each event and each link, in the order in which they were sent."""

    events: list[Answer]
    links: list[Answer]


class KeptAside(Schema):
    """An event that was told otherwise than before; what was said first stands."""

    id: str
    at: datetime


@histories.post("/events", response=Answered)
def push(request: Asked, said: Batch) -> dict[str, list[dict[str, str]]]:
    """Take a batch in. What can be taken is, once each; the answer says of each what became of it."""
    at, source = timezone.now(), request.actor.id
    if not (said.events or said.links):
        raise Invalid(EMPTY)
    most = limit("batch_most", at.date())
    if len(said.events) > most or len(said.links) > most:
        raise Invalid(TOO_MANY, most=most)
    events = [_event(each) for each in said.events]
    links = [_link(each) for each in said.links]
    taken = [each for each in events if isinstance(each, Event)]
    linked = [each for each in links if isinstance(each, Link)]
    done = iter(append_events(source, taken, linked, by=request.actor, at=at).answers)
    return {
        "events": [_answer(each if isinstance(each, str) else "", done) for each in events],
        "links": [_answer(each if isinstance(each, str) else "", iter(("taken",))) for each in links],
    }


@histories.get("/aside", response=list[KeptAside])
def aside(request: Asked) -> list[dict[str, object]]:
    """Of what this system has told, what was kept aside last: told again, and otherwise than before."""
    found = queries.kept_aside_of(request.actor, request.actor.id)
    return [{"id": each.key, "at": each.at} for each in found]


def _answer(problem: str, done: Iterator[str]) -> dict[str, str]:
    return {"answer": REFUSED, "problem": problem} if problem else {"answer": next(done)}


def _event(said: object) -> Event | str:
    """The event, with how long after it was recorded; or why it cannot be taken."""
    try:
        told = read_told(said)
    except ValueError as problem:
        return str(problem)
    event = replace(told, values={**told.values, **recorded_after(told.happened, told.recorded)})
    return problem_of(event) or event


def _link(said: object) -> Link | str:
    try:
        return read_link(said)
    except ValueError as problem:
        return str(problem)
