# SPDX-License-Identifier: Apache-2.0
"""A ticket for the stream: what this person may follow, signed for one minute."""

from uuid import UUID

from django.conf import settings
from django.utils import timezone
from ninja import Router, Schema

from callbox.access.middleware import SESSION_KEY
from callbox.door.tickets import LIFETIME_S, Ticket, sign
from callbox.kernel.actor import ANY, Actor
from callbox.web.fields import Asked

router = Router(tags=["door"])
FOLLOW = ".follow"


class TicketGiven(Schema):
    """Connect to `url` with `ticket` within a minute."""

    ticket: str
    url: str


@router.post("/stream-ticket", response=TicketGiven)
def stream_ticket(request: Asked) -> TicketGiven:
    """A ticket for the live stream of this sign-in; it ends with the sign-out or a change of role."""
    ticket = ticket_of(
        request.actor,
        UUID(request.session[SESSION_KEY]),
        request.user.epoch,  # type: ignore[union-attr]  # a signed-in Person
        int(timezone.now().timestamp()),
    )
    return TicketGiven(ticket=sign(ticket, settings.CONFIG.secret), url="/door/stream")


def ticket_of(actor: Actor, sign_in: UUID, epoch: int, now: int) -> Ticket:
    """What the actor's `<kind>.follow` powers give; positions with those of units, contacts with those of calls."""
    follow = {
        action.removesuffix(FOLLOW): power[1]
        for action, power in actor.powers.items()
        if action.endswith(FOLLOW)
    }
    everywhere = frozenset(kind for kind, relation in follow.items() if relation == ANY)
    return Ticket(
        person=UUID(actor.id.removeprefix("person:")),
        signin=sign_in,
        epoch=epoch,
        iat=now,
        exp=now + LIFETIME_S,
        keys=actor.keys,
        kinds=frozenset(follow) - everywhere,
        all_kinds=everywhere,
        positions="unit" in everywhere,
        contacts="call" in everywhere,
    )
