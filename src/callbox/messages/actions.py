# SPDX-License-Identifier: Apache-2.0
"""Queuing messages, with the move they tell of; trying again by hand; where people are reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import connection, transaction

from callbox.access.actions import NAMESPACE
from callbox.access.seeing import seeing_everything
from callbox.host.vault import vault
from callbox.journal.actions import append
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid, Unavailable
from callbox.kernel.ids import new_id
from callbox.kernel.tables import Words
from callbox.kernel.text import gettext_noop as _
from callbox.matters.ladders import ANYBODY, tell_at
from callbox.matters.queries import calendar_in_force, ladders_in_force
from callbox.messages import queries
from callbox.messages.domain import NO_ADDRESS, SETTLED, UNDELIVERED, WAITING, check_to
from callbox.messages.letters import Form, fill, form
from callbox.messages.models import Message, Reach, Text
from callbox.messages.ways import WAYS, Kind, gateways_for, kind_on

KIND = "message"
REACH_KEPT = timedelta(days=365)  # set by the authority; of who still works here it is held on
LANGUAGES = ("en", "zh-hans")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A message to be sent once. key: names the occasion and the recipient, by ids alone; letter: `<room>.<letter>`.

    words: fill the letter's places; `Words` are put in the letter's language. matter_id: what it tells of.
    holder: whose address `to` is, where the gateway must know.
    """

    key: str
    letter: str
    way: str
    to: str
    language: str
    words: Mapping[str, str | Words] = field(default_factory=dict)
    matter_id: UUID | None = None
    holder: str = ""


@transaction.atomic
def queue_message(wanted: Wanted, *, by: Actor, at: datetime) -> UUID | None:
    """Queue a message in the caller's transaction: it goes out if that commits. None when its key was used before.

    by: a part of Callbox; people's moves have messages as their consequence. Raises Invalid for an address that is
    none, Unavailable when this recipient got as many of that kind as they may, NotAllowed.
    """
    role = by.require("message.queue")
    letter = form(wanted.letter)
    kind, to = kind_on(letter.kind, at.date()), check_to(wanted.way, wanted.to)
    mark = vault().mark("recipient", f"{wanted.way}/{to}".encode()).hex()
    with seeing_everything():  # whoever moves a matter need not see what is sent because of it
        _check_number(mark, kind, at)
        message = _new(wanted, letter, kind, mark, at)
        if not _insert(message):
            return None
        _keep_words(message, wanted, letter, to, at)
        append(
            message.pk, KIND, "queue", becomes=WAITING, facts=_facts(message), actor=by.id, role=role, at=at
        )
    return message.pk


def _new(wanted: Wanted, letter: Form, kind: Kind, mark: str, at: datetime) -> Message:
    gateways = gateways_for(wanted.way, at.date())
    due_at = quiet_until(at) if kind.quiet else at
    return Message(
        id=new_id(),
        key=wanted.key,
        letter=wanted.letter,
        kind=kind.name,
        way=wanted.way,
        matter_id=wanted.matter_id,
        mark=mark,
        rank=kind.rank,
        state=WAITING,
        gateway=gateways[0].name if gateways else "",
        queued_at=at,
        due_at=due_at,
        until=due_at + kind.until,
    )


def quiet_until(at: datetime) -> datetime:
    """The same moment, or the end of the quiet hours that it lies in."""
    return tell_at(at, ANYBODY, calendar_in_force(), ladders_in_force())


def _check_number(mark: str, kind: Kind, at: datetime) -> None:
    if not kind.most:
        return
    with connection.cursor() as cursor:  # two at once for one recipient: the second counts the first
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [mark])
    if queries.number_to(mark, kind.name, at - kind.window) >= kind.most:
        raise Unavailable(
            _("Enough has been sent there for now. Try again in %(minutes)s minutes."),
            minutes=int(kind.window.total_seconds()) // 60,
        )


def _insert(message: Message) -> bool:
    """Whether it is the first of its key."""
    Message.objects.bulk_create([message], ignore_conflicts=True)
    return Message.objects.filter(pk=message.pk).exists()


def _keep_words(message: Message, wanted: Wanted, letter: Form, to: str, at: datetime) -> None:
    said = {
        name: word.in_language(wanted.language) if isinstance(word, Words) else word
        for name, word in wanted.words.items()
    }
    subject, body = fill(letter, wanted.language, said)
    fields = {"to": to, "subject": subject, "body": body, "language": wanted.language}
    if wanted.holder:
        fields["holder"] = wanted.holder
    until = message.until + letter.kept
    sealed = queries.WORDS.seal(message.pk, fields, until)
    Text.objects.bulk_create([Text(message=message, sealed=sealed, retain_until=until)])


def _facts(message: Message) -> dict[str, object]:
    return {
        "letter": message.letter,
        "way": message.way,
        "matter": message.matter_id,
        "key": message.key,
    }


@transaction.atomic
def note_unreachable(key: str, letter: str, matter_id: UUID | None, *, by: Actor, at: datetime) -> bool:
    """Put into view that somebody was to be told and there is no way to; whether it is news."""
    role, kind = by.require("message.queue"), form(letter).kind
    message = Message(
        id=new_id(), key=key, letter=letter, kind=kind, way="", matter_id=matter_id, state=UNDELIVERED,
        rank=kind_on(kind, at.date()).rank, gateway="", problem=NO_ADDRESS, queued_at=at, due_at=at, until=at,
        ended_at=at,
    )  # fmt: skip
    with seeing_everything():
        if not _insert(message):
            return False
        facts = {**_facts(message), "problem": NO_ADDRESS}
        append(message.pk, KIND, "queue", becomes=UNDELIVERED, facts=facts, actor=by.id, role=role, at=at)
    return True


@transaction.atomic
def retry_message(message_id: UUID, *, by: Actor, at: datetime) -> None:
    """Try an undelivered message again from now on, for as long as a new one. Raises NotAllowed, NotFound, Conflict."""
    role, message = by.require("message.retry"), queries.message_for(by, message_id)
    kind = kind_on(message.kind, at.date())
    if not Text.objects.filter(pk=message_id, sealed__isnull=False).exists():
        raise Conflict(
            _("This message cannot be sent again: nobody is named in it any more. Tell them otherwise.")
        )
    again = {"state": WAITING, "due_at": at, "until": at + kind.until, "ended_at": None, "problem": ""}
    if not message.stuck:
        again["gateway"] = gateways_for(message.way, at.date())[0].name
    _end_waiting_for_somebody(message, again, "retry", role, by, at)


@transaction.atomic
def settle_message(message_id: UUID, *, by: Actor, at: datetime) -> None:
    """Somebody told them otherwise: it is in view no more. Raises NotAllowed, NotFound, Conflict."""
    role, message = by.require("message.settle"), queries.message_for(by, message_id)
    _end_waiting_for_somebody(message, {"state": SETTLED}, "settle", role, by, at)


def _end_waiting_for_somebody(
    message: Message, change: dict[str, object], move: str, role: str, by: Actor, at: datetime
) -> None:
    if not Message.objects.filter(pk=message.pk, state=UNDELIVERED).update(**change):
        raise Conflict
    becomes = str(change["state"])
    facts = {"tries": message.attempts, "problem": message.problem}
    append(
        message.pk, KIND, move, was=UNDELIVERED, becomes=becomes, facts=facts, actor=by.id, role=role, at=at
    )


@transaction.atomic
def set_reach(holder: str, way: str, to: str, language: str, *, by: Actor, at: datetime) -> None:
    """Where somebody is reached by a way from now on; an empty `to`: nowhere. One's own, or with the right to manage.

    Raises NotAllowed, Invalid.
    """
    role = by.require("reach.own" if holder == by.id else "reach.manage")
    if way not in WAYS or language not in LANGUAGES:
        raise Invalid
    identity = uuid5(NAMESPACE, f"reach/{holder}/{way}")
    until = at + REACH_KEPT
    fields = {"to": check_to(way, to), "language": language} if to.strip() else None
    sealed = queries.REACH.seal(identity, fields, until) if fields else None
    said = {"holder": holder, "way": way, "sealed": sealed, "retain_until": until}
    Reach.objects.update_or_create(id=identity, defaults=said)
    facts = {"holder": holder, "way": way}
    append(identity, "reach", "set" if sealed else "remove", facts=facts, actor=by.id, role=role, at=at)
