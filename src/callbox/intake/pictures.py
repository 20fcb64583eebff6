# SPDX-License-Identifier: Apache-2.0
"""A resident adds a picture to the report they just sent. Part of the room's actions.

Only the sender knows the whole id of their contact: the door told it to nobody else. With it they may add pictures for
a while, and read nothing.
"""

from datetime import datetime
from uuid import UUID

from callbox.access.domain import system_actor
from callbox.access.seeing import seeing_everything
from callbox.intake import queries
from callbox.intake.actions import RETENTION
from callbox.intake.models import CallContact
from callbox.kernel.errors import NotAllowed, Unavailable
from callbox.kernel.text import gettext_noop as _
from callbox.matters.models import Matter
from callbox.pictures.actions import add_picture
from callbox.pictures.domain import limits_on

REPORTER = system_actor("reporter")
NOT_YET = _("Your message is not with us yet. Send the picture again in a moment.")
OVER = _("Pictures can be added to a message for a day.")


def add_reported_picture(contact: UUID, data: bytes, *, picture_id: UUID | None = None, at: datetime) -> None:
    """Add a picture to the call that this contact became.

    Raises Unavailable while it has become none (a contact that never was looks the same), NotAllowed when its time is
    over, and what `pictures.actions.add_picture` raises.
    """
    limits = limits_on(at.date())

    def find() -> Matter:
        taken = CallContact.objects.filter(contact=contact).first()
        if taken is None:
            raise Unavailable(NOT_YET)
        call = queries.call_for(REPORTER, taken.call_id)
        if at > call.received_at + limits.reported_until:
            raise NotAllowed(OVER)
        return call.matter

    with seeing_everything():  # nobody is signed in; nothing of it is handed out
        add_picture(
            find,
            data,
            kept=RETENTION,
            most=limits.by_reporter,
            picture_id=picture_id,
            by=REPORTER,
            at=at,
        )
