# SPDX-License-Identifier: Apache-2.0
"""What a gateway says later of what it took: it arrived, or it did not. Part of the room's actions."""

from datetime import datetime

from django.db import transaction

from callbox.access.seeing import seeing_everything
from callbox.journal.actions import append
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound
from callbox.messages.actions import KIND
from callbox.messages.domain import DELIVERED, Receipt, decide_receipt, message_of
from callbox.messages.models import Message

FAILED = "failed_"
MOVES = {True: "arrive", False: "fail"}


@transaction.atomic
def note_receipt(gateway: str, receipt: Receipt, *, by: Actor, at: datetime) -> bool:
    """Note what this gateway says of a letter of its own; whether it is news. Raises NotFound, Invalid, NotAllowed.

    A try that goes on while the receipt comes writes nothing over it: its claim is gone.
    """
    role = by.require("message.send")
    message_id, round_ = message_of(receipt.id)
    with seeing_everything():  # who asks is no person, and is told nothing of it
        found = Message.objects.select_for_update().filter(pk=message_id, gateway=gateway).first()
        if found is None or found.attempts == 0 or round_ > found.round:
            raise NotFound
        then = decide_receipt(found.state, receipt.delivered, is_last=round_ == found.round)
        if then == found.state:
            return False
        _write(found, then, receipt, at)
        facts = {"gateway": gateway, "tries": found.attempts, "problem": _problem(receipt)}
        move = MOVES[receipt.delivered]
        append(
            found.pk, KIND, move, was=found.state, becomes=then, facts=facts, actor=by.id, role=role, at=at
        )
    return True


def _write(message: Message, then: str, receipt: Receipt, at: datetime) -> None:
    failed = then != DELIVERED
    Message.objects.filter(pk=message.pk).update(
        state=then,
        problem=_problem(receipt),
        stuck=False,
        claim=None,
        claimed_until=None,
        ended_at=at,
        round=message.round + failed,
    )


def _problem(receipt: Receipt) -> str:
    return "" if receipt.delivered else f"{FAILED}{receipt.code}"
