# SPDX-License-Identifier: Apache-2.0
"""Contacts that the release before this one wrote open are sealed. Part of the room's actions."""

from datetime import datetime

from django.db import transaction

from callbox.access.retention import note_sealed
from callbox.access.sealing import Column
from callbox.door import domain
from callbox.door.models import Contact
from callbox.door.sealing import Sealer
from callbox.host.vault import vault
from callbox.kernel.actor import Actor

COLUMN = Column("door_contact", "id")
PORTION = 200


@transaction.atomic
def seal_old(*, by: Actor, at: datetime) -> int:
    """Seal a portion; how many. Each keeps its id, and its bytes; `known_as` lets a repeat be seen."""
    rows = list(Contact.objects.select_for_update(skip_locked=True).filter(body__isnull=False)[:PORTION])
    for row in rows:
        sealed = Sealer(vault()).seal(_contact(row), known_as=row.id)
        Contact.objects.filter(pk=row.pk).update(
            sealed=sealed.sealed,
            digest=sealed.digest,
            known_as=sealed.known_as,
            body=None,
            source="",
            key="",
            content_type="",
        )
    return note_sealed("door_contact", len(rows), by=by, at=at)


def _contact(row: Contact) -> domain.Contact:
    return domain.Contact(
        id=row.id,
        channel=row.channel,
        lane=row.lane,
        source=row.source,
        key=row.key,
        digest=bytes(row.digest),
        content_type=row.content_type,
        body=bytes(row.body or b""),
        cut=row.cut,
        remote_at=row.remote_at,
        received_at=row.received_at,
        retain_until=row.retain_until,
    )
