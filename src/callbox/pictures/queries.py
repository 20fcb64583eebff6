# SPDX-License-Identifier: Apache-2.0
"""Reading pictures. What one shows is read through `picture_for`, which notes who read it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from callbox.access.actions import note_read
from callbox.access.sealing import WHY, Column
from callbox.host.vault import CannotOpen, vault
from callbox.kernel.actor import Actor
from callbox.kernel.errors import NotFound
from callbox.kernel.text import gettext_noop as _
from callbox.matters.models import Matter
from callbox.pictures.domain import unpacked
from callbox.pictures.models import Picture

SEE, PURPOSE = "picture.see", "picture"
COLUMN = Column("pictures_picture", "id")


@dataclass(frozen=True, slots=True)
class Shown:
    """The two files of a picture, as JPEG."""

    large: bytes
    preview: bytes


def pictures_of(actor: Actor, matters: Iterable[Matter]) -> Sequence[Picture]:
    """The pictures of these matters that are not erased, oldest first, without what they show."""
    seen = [matter.id for matter in matters if actor.may(SEE, matter.scope)]
    found = Picture.objects.filter(matter_id__in=seen, sealed__isnull=False).defer("sealed")
    return list(found.order_by("at", "id"))


def picture_for(actor: Actor, picture_id: UUID, *, at: datetime) -> Shown:
    """What a picture shows; that it was read is noted first, as a read of its matter. Raises NotFound."""
    picture = Picture.objects.select_related("matter").filter(pk=picture_id).first()
    if picture is None:
        raise NotFound
    matter = picture.matter
    note_read(matter.kind, [matter.id], PURPOSE, action=SEE, scope=matter.scope, by=actor, at=at)
    if picture.sealed is None:
        raise NotFound(_("This picture was erased at its date."))
    try:
        return Shown(*unpacked(vault().decrypt(bytes(picture.sealed), COLUMN.context(picture.pk))))
    except CannotOpen as refused:
        raise NotFound(WHY[refused.why]) from None


def number_by(matter_id: UUID, by: str) -> int:
    """How many pictures this actor has added to a matter, the erased ones included."""
    return Picture.objects.filter(matter_id=matter_id, by=by).count()


def added_before(actor: Actor, picture_id: UUID, matter_id: UUID) -> Picture | None:
    """The picture of this id, when this actor added it to this matter before."""
    found = Picture.objects.filter(pk=picture_id, matter_id=matter_id, by=actor.id)
    return found.defer("sealed").first()
