# SPDX-License-Identifier: Apache-2.0
"""One try of one message: claimed, handed to its gateway outside any transaction, noted. Part of the actions."""

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from callbox.journal.actions import append
from callbox.kernel.actor import Actor
from callbox.kernel.ids import new_id
from callbox.messages import queries
from callbox.messages.actions import KIND, quiet_until
from callbox.messages.domain import (
    CUT_OFF,
    NO_GATEWAY,
    REFUSED,
    SENT,
    UNDELIVERED,
    UNSURE,
    WAITING,
    Answer,
    Next,
    Standing,
    decide_next,
)
from callbox.messages.gateways import Settings, configured, hand_over, protocols
from callbox.messages.models import Message
from callbox.messages.ways import Gateway, Kind, gateways_for, gateways_on, kind_on

log = logging.getLogger(__name__)

LEASE = timedelta(
    seconds=60
)  # well above the time a gateway has: who died while trying is taken for dead after it
PORTION = 200
MOVES = {SENT: "take", UNDELIVERED: "give_up"}


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a try; well: the gateway did its part, whatever it thought of this message."""

    outcome: str
    well: bool


def send_next(gateway: Gateway, settings: Settings, *, by: Actor, at: datetime) -> Tried | None:
    """Try the next message of a gateway; None when there is none. Takes as long as the gateway, and holds nothing."""
    for message_id in queries.due_messages(gateway.name, at, 1):
        message = claim_message(message_id, gateway.name, by=by, at=at)
        if message is None:
            return Tried(WAITING, well=True)  # another worker was first
        begun = time.monotonic()
        letter = queries.letter_of(message)
        answer = hand_over(gateway, settings, letter) if letter else Answer(REFUSED, "words_gone")
        ended = at + timedelta(seconds=time.monotonic() - begun)
        note_answer(message, answer, by=by, at=ended)
        return Tried(answer.outcome, well=answer.outcome not in (UNSURE, "not_taken"))
    return None


@transaction.atomic
def claim_message(message_id: UUID, gateway: str, *, by: Actor, at: datetime) -> Message | None:
    """Take a message to try it; None when somebody else has. Committed before anything is sent."""
    by.require("message.send")
    claim = new_id()
    free = Message.objects.filter(pk=message_id, gateway=gateway, state=WAITING, claim=None, due_at__lte=at)
    found = free.select_for_update(skip_locked=True).first()
    if found is None:
        return None
    found.claim, found.attempts = claim, found.attempts + 1
    Message.objects.filter(pk=message_id).update(
        claim=claim, claimed_until=at + LEASE, attempts=found.attempts
    )
    return found


@transaction.atomic
def note_answer(message: Message, answer: Answer, *, by: Actor, at: datetime) -> bool:
    """Note what came of a try, by whoever holds its claim; False when that was taken for cut off meanwhile."""
    mine = Message.objects.select_for_update().filter(pk=message.pk, claim=message.claim, state=WAITING)
    now = mine.first()
    if now is None:
        log.warning("A try of message %s came to its end after it was taken for cut off.", message.pk)
        return False
    then = _decided(now, answer, at)
    _write(now, then, by, at)
    if then.state == WAITING and _is_far_side(now, at):
        _let_wait(now, then.due_at)
    return True


def _is_far_side(message: Message, at: datetime) -> bool:
    """Whether its recipient is a far side of its own."""
    tried = {gateway.name: gateway for gateway in gateways_on(at.date())}.get(message.gateway)
    return tried is not None and protocols()[tried.protocol].FAR_SIDE_OF_ITS_OWN


def _let_wait(message: Message, until: datetime) -> None:
    """What else waits for a recipient that did not take this waits as long: one that hangs holds up the others once."""
    same = Message.objects.filter(gateway=message.gateway, state=WAITING, claim=None, due_at__lt=until)
    same.filter(mark=message.mark).exclude(mark="").update(due_at=until)


def _decided(message: Message, answer: Answer, at: datetime) -> Next:
    day = at.date()
    named = {gateway.name: gateway for gateway in gateways_on(day)}
    tried = named.get(message.gateway)
    drops = tried is not None and protocols()[tried.protocol].DROPS_REPEATS
    was = Standing(message.gateway, message.attempts, message.stuck, message.until)
    ring = configured(gateways_for(message.way, day))
    return decide_next(answer, was, kind_on(message.kind, day), ring, drops, at)


def _write(message: Message, then: Next, by: Actor, at: datetime) -> None:
    role, over = by.require("message.send"), then.state != WAITING
    Message.objects.filter(pk=message.pk).update(
        state=then.state,
        gateway=then.gateway,
        due_at=_allowed(then.due_at, kind_on(message.kind, at.date())),
        stuck=then.stuck,
        problem=then.problem,
        claim=None,
        claimed_until=None,
        ended_at=at if over else None,
    )
    if over:
        facts = {"gateway": then.gateway, "tries": message.attempts, "problem": then.problem}
        append(
            message.pk, KIND, MOVES[then.state], was=WAITING, becomes=then.state, facts=facts,
            actor=by.id, role=role, at=at,
        )  # fmt: skip


def _allowed(due_at: datetime, kind: Kind) -> datetime:
    return quiet_until(due_at) if kind.quiet else due_at


@transaction.atomic
def end_cut_off(*, by: Actor, at: datetime) -> int:
    """Tries that nobody ended: whether the gateway took the message is not known; how many."""
    found = queries.cut_off_messages(at, PORTION)
    return sum(note_answer(message, Answer(UNSURE, CUT_OFF), by=by, at=at) for message in found)


@transaction.atomic
def give_up_unserved(served: Iterable[str], *, by: Actor, at: datetime) -> int:
    """Put into view what waits past its end for a gateway that nobody serves; how many."""
    late = Message.objects.select_for_update(skip_locked=True).filter(
        state=WAITING, claim=None, until__lte=at
    )
    found = list(late.exclude(gateway__in=list(served))[:PORTION])
    for message in found:
        _write(message, Next(UNDELIVERED, message.gateway, at, message.stuck, NO_GATEWAY), by, at)
    return len(found)


@transaction.atomic
def hand_on(away: str, ways: Sequence[str], to: str, *, keep: int, by: Actor, at: datetime) -> int:
    """Give what waits at a gateway that does not answer, or is not there, to another; how many.

    Not what is stuck to it. keep: so many stay, to find out when it answers again.
    """
    by.require("message.send")
    waiting = Message.objects.select_for_update(skip_locked=True).filter(
        gateway=away, way__in=ways, state=WAITING, claim=None, stuck=False, due_at__lte=at
    )
    ids = [message.pk for message in waiting.order_by("rank", "due_at")[: PORTION + keep]][keep:]
    return Message.objects.filter(pk__in=ids).update(gateway=to)
