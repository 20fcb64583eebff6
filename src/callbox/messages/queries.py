# SPDX-License-Identifier: Apache-2.0
"""Reading messages. To whom and in which words is read through `words_for`, which notes who read it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from callbox.access.actions import note_read
from callbox.access.sealing import Column
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound
from callbox.messages.domain import DELIVERED, SENT, UNDELIVERED, WAITING, Letter, id_of
from callbox.messages.models import Message, Reach, Text

SEE, PERSONAL = "message.see", "message.personal"
SUBJECT, PURPOSE = "message", "undelivered"
MANAGE, AGENCY, REACHED, KEEP = "reach.manage", "agency:", "reach", "keep"
MOST = 100
WORDS = Column("messages_text", "message_id")
REACH = Column("messages_reach", "id")


@dataclass(frozen=True, slots=True)
class Words:
    """To whom and what; why: what keeps it from being read, a code of `sealing.WHY`; all empty once erased."""

    to: str
    subject: str
    body: str
    language: str
    why: str = ""
    holder: str = ""

    @property
    def erased(self) -> bool:
        """Whether there is nothing left to read."""
        return not self.to and not self.why


def due_messages(gateway: str, at: datetime, limit: int) -> Sequence[UUID]:
    """Messages whose turn it is at a gateway and that nobody tries: by rank of their kind, then by time."""
    found = Message.objects.filter(gateway=gateway, state=WAITING, claim=None, due_at__lte=at)
    return list(found.order_by("rank", "due_at").values_list("pk", flat=True)[:limit])


def cut_off_messages(at: datetime, limit: int) -> Sequence[Message]:
    """Messages that somebody tried and never said what came of it."""
    found = Message.objects.filter(state=WAITING, claim__isnull=False, claimed_until__lte=at)
    return list(found.order_by("claimed_until")[:limit])


def letter_of(message: Message) -> Letter | None:
    """What a gateway is given; None when it was erased or its key is gone."""
    said = _words(message.pk)
    if not said.to:
        return None
    return Letter(
        id_of(message.pk, message.round),
        message.way,
        said.to,
        said.subject,
        said.body,
        said.language,
        said.holder,
    )


def _words(message_id: UUID) -> Words:
    row = Text.objects.filter(pk=message_id).first()
    said, why = WORDS.read(message_id, row.sealed if row else None)
    names = ("to", "subject", "body", "language", "holder")
    to, subject, body, language, holder = (str(said.get(name, "")) for name in names)
    return Words(to, subject, body, language, why, holder)


def number_to(mark: str, kind: str, since: datetime) -> int:
    """How many messages of a kind were queued for one recipient since then."""
    return Message.objects.filter(mark=mark, kind=kind, queued_at__gt=since).count()


def undelivered(actor: Actor) -> Sequence[Message]:
    """What did not arrive and nobody has dealt with yet, the latest first, at most MOST. Raises NotFound."""
    actor.require_sight(SEE)
    found = Message.objects.filter(state=UNDELIVERED).select_related("matter")
    return list(found.order_by("-queued_at")[:MOST])


def undelivered_count(actor: Actor) -> int:
    """How many there are. Raises NotFound."""
    actor.require_sight(SEE)
    return Message.objects.filter(state=UNDELIVERED).count()


def waiting_by_gateway(actor: Actor) -> dict[str, int]:
    """How many messages wait, by the gateway whose turn it is. Raises NotFound."""
    actor.require_sight(SEE)
    counted = Message.objects.filter(state=WAITING).values("gateway").annotate(rows=Count("id"))
    return {each["gateway"]: each["rows"] for each in counted.order_by("gateway")}


def ended_since(actor: Actor, since: datetime) -> dict[str, int]:
    """How many messages ended since then: sent, delivered, undelivered. Raises NotFound."""
    actor.require_sight(SEE)
    ended = Message.objects.filter(ended_at__gt=since, state__in=(SENT, DELIVERED, UNDELIVERED))
    counted = dict(ended.values_list("state").annotate(rows=Count("id")))
    return {state: counted.get(state, 0) for state in (SENT, DELIVERED, UNDELIVERED)}


def messages_about(matter_id: UUID) -> Sequence[Message]:
    """The messages that tell of a matter, without recipient and words, oldest first; for who may see the matter."""
    return list(Message.objects.filter(matter_id=matter_id).order_by("queued_at"))


def message_for(actor: Actor, message_id: UUID) -> Message:
    """One message, without recipient and words. Raises NotFound."""
    actor.require_sight(SEE)
    found = Message.objects.select_related("matter").filter(pk=message_id).first()
    if found is None:
        raise NotFound
    return found


def words_for(actor: Actor, message_id: UUID, *, at: datetime) -> Words:
    """To whom and in which words; that it was read is noted first. Raises NotFound."""
    note_read(SUBJECT, [message_for(actor, message_id).pk], PURPOSE, action=PERSONAL, by=actor, at=at)
    return _words(message_id)


def reaches_of(holders: Iterable[str]) -> dict[str, list[Reach]]:
    """Where these holders are reached, by holder, mail before text messages."""
    found: dict[str, list[Reach]] = {}
    for row in Reach.objects.filter(holder__in=set(holders), sealed__isnull=False).order_by("holder", "way"):
        found.setdefault(row.holder, []).append(row)
    return found


def address_of(reach: Reach) -> tuple[str, str]:
    """Address and language; both empty when it cannot be read."""
    said, _why = REACH.read(reach.pk, reach.sealed)
    return str(said.get("to", "")), str(said.get("language", ""))


def ways_of_agencies(actor: Actor) -> dict[str, set[str]]:
    """By which ways each agency is reached, by its scope key; no address is told. Raises NotFound."""
    actor.require_sight(MANAGE)
    found = Reach.objects.filter(holder__startswith=AGENCY, sealed__isnull=False)
    ways: dict[str, set[str]] = {}
    for holder, way in found.values_list("holder", "way"):
        ways.setdefault(holder, set()).add(way)
    return ways


def reaches_for(actor: Actor, holder: str, *, at: datetime) -> dict[str, tuple[str, str, str]]:
    """Address, language and what keeps it from being read, by way, of an agency; the read is noted. Raises NotFound."""
    rows = reaches_of([holder]).get(holder, [])
    note_read(REACHED, [row.pk for row in rows], KEEP, action=MANAGE, by=actor, at=at)
    found = {}
    for row in rows:
        said, why = REACH.read(row.pk, row.sealed)
        found[row.way] = (str(said.get("to", "")), str(said.get("language", "")), why)
    return found


def own_reaches(actor: Actor) -> dict[str, tuple[str, str]]:
    """One's own addresses with their language, by way. It is no read of somebody's data: it is theirs."""
    found = reaches_of([actor.id]).get(actor.id, [])
    return {row.way: address_of(row) for row in found}
