# SPDX-License-Identifier: Apache-2.0
"""What a resident is shown of their own request: how it stands, and all that is held. Part of the queries.

Whoever calls has made sure, by key or code, that it is theirs; see following.py. The database shows these functions
that one request and no other row (access/rows.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from callbox.access.queries import agencies_by_code, reads_of, staff_with
from callbox.access.seeing import seeing_everything, seeing_one
from callbox.journal import queries as journal
from callbox.kernel.tables import Words
from callbox.matters.models import Clock
from callbox.messages.queries import messages_about
from callbox.pictures.queries import pictures_of
from callbox.requests import domain, queries
from callbox.requests.article_rows import article_named
from callbox.requests.asking import may_say
from callbox.requests.catalogue import Category
from callbox.requests.following import RESIDENT
from callbox.requests.models import Remark, Request
from callbox.requests.personal import Contact, Told

PURPOSE = "own"
PROMISED = (domain.FIRST_CONTACT, domain.RESOLVE)


@dataclass(frozen=True, slots=True)
class Step:
    """One step that a resident is told of. move: its name; agency: whom it names, if anybody."""

    move: str
    at: datetime
    agency: Words | None = None
    result: Words | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised by when, and when it was kept. stands: it does not run for now."""

    name: str
    due_at: datetime
    kept_at: datetime | None
    stands: bool


@dataclass(frozen=True, slots=True)
class Status:
    """How a request stands, for the person who reported it. answers: what they may say now about its end.

    article: title and text of what it was answered with last.
    """

    request: Request
    category: Words
    steps: Sequence[Step]
    promises: Sequence[Promise]
    answers: Sequence[str]
    may_withdraw: bool
    article: tuple[Words, Words] | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """Somebody looked at it. agency: its code; role: a code."""

    at: datetime
    agency: str
    role: str
    purpose: str
    own: bool


@dataclass(frozen=True, slots=True)
class Held:
    """All that is held about whoever reports. remarks: how many; messages: when which letter was written to them."""

    status: Status
    told: Told
    contact: Contact
    has_place: bool
    answers: Sequence[tuple[Words, Words | bool]]
    remarks: int
    pictures: int
    messages: Sequence[tuple[datetime, str, str]]
    reads: Sequence[Read]
    erased_at: datetime


_SHOWN = """open assign reassign accept return contact suspend resume grant_extension feed_back ask close reopen
  supervise withdraw merge add_picture"""
AGAIN = ("reopen", "supervise")
SHOWN_MOVES = frozenset(_SHOWN.split())


def status_of(request_id: UUID, *, at: datetime) -> Status:
    """How it stands, without what is personal. Raises NotFound."""
    with seeing_one(request_id):
        row = queries.request_for(RESIDENT, request_id)
        category = queries.catalogue_in_force().categories.get(row.category)
        return Status(
            request=row,
            category=category.name if category else Words(row.category, row.category),
            steps=_steps(row),
            promises=_promises(row),
            answers=may_say(row, at),
            may_withdraw=row.open,
            article=_article(row),
        )


def _article(row: Request) -> tuple[Words, Words] | None:
    """What it is answered with, in the very words that were sent; not after it was opened again."""
    for entry in reversed(journal.history(row.pk)):
        if entry.move in AGAIN:
            return None
        if found := article_named(entry.facts):
            return found.title, found.text
    return None


def _steps(row: Request) -> list[Step]:
    agencies = {str(each.pk): Words(each.name_en, each.name_zh) for each in agencies_by_code().values()}
    results = domain.load_dispositions()
    return [
        Step(
            entry.move,
            entry.at,
            agencies.get(str(entry.facts.get("agency", ""))),
            results.get(str(entry.facts.get("result") or entry.facts.get("disposition") or "")),
        )
        for entry in journal.history(row.pk)
        if entry.move in SHOWN_MOVES
    ]


def _promises(row: Request) -> list[Promise]:
    found: Mapping[str, Clock] = {
        clock.name: clock
        for clock in Clock.objects.filter(matter_id=row.pk, name__in=PROMISED).order_by("id")
    }
    return [
        Promise(name, clock.due_at, clock.stopped_at, clock.paused_at is not None)
        for name in PROMISED
        if (clock := found.get(name))
    ]


def held_about(request_id: UUID, *, at: datetime) -> Held:
    """All that is held, and who has read it; that it was looked at is noted too. Raises NotFound."""
    status = status_of(request_id, at=at)
    with seeing_one(request_id):
        row = status.request
        details, told = queries.details_for(RESIDENT, row, purpose=PURPOSE, at=at)
        contact = queries.reporter_for(RESIDENT, row, purpose=PURPOSE, at=at)
        category = queries.catalogue_in_force().categories.get(row.category)
        return Held(
            status=status,
            told=told,
            contact=contact,
            has_place=details.lon is not None,
            answers=_answered(category, told),
            remarks=Remark.objects.filter(request=row, sealed__isnull=False).count(),
            pictures=len(pictures_of(RESIDENT, [row.matter])),
            messages=[(each.queued_at, each.letter, each.state) for each in messages_about(row.pk)],
            reads=_reads(row),
            erased_at=details.retain_until,
        )


def _answered(category: Category | None, told: Told) -> list[tuple[Words, Words | bool]]:
    """Each question that was answered, with the answer in words, or as yes or no."""
    found: list[tuple[Words, Words | bool]] = []
    for question in category.questions if category else ():
        said = told.answers.get(question.code)
        if isinstance(said, bool):
            found.append((question.title, said))
        elif said not in (None, ""):
            found.append((question.title, question.choices.get(str(said), Words(str(said), str(said)))))
    return found


def _reads(row: Request) -> list[Read]:
    rows = list(reads_of(RESIDENT, domain.KIND, row.pk))
    with seeing_everything():  # of which agency who has read it is; of the people nothing is handed out
        staff = staff_with({each.actor for each in rows})
    return [
        Read(each.at, staff.get(each.actor, ("", ""))[0], each.role, each.purpose, each.actor == RESIDENT.id)
        for each in rows
    ]
