# SPDX-License-Identifier: Apache-2.0
"""Adding pictures to matters. The journal says that one was added, by whom, and a keyed digest of what is kept."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from callbox.access.seeing import end_reading
from callbox.host.vault import vault
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, Invalid
from callbox.kernel.ids import new_id
from callbox.kernel.text import gettext_noop as _
from callbox.matters.actions import move
from callbox.matters.domain import Change
from callbox.matters.models import Matter
from callbox.pictures import queries
from callbox.pictures.developing import develop
from callbox.pictures.domain import Developed, limits_on, packed
from callbox.pictures.models import Picture
from callbox.pictures.queries import COLUMN

MOVE = "add_picture"
COLUMNS = ("id", "matter_id", "by", "at", "width", "height", "sealed", "retain_until")
INSERT = f"""
INSERT INTO pictures_picture ({", ".join(f'"{name}"' for name in COLUMNS)})
VALUES ({", ".join(["%s"] * len(COLUMNS))}) ON CONFLICT (id) DO NOTHING
"""


def add_picture(
    find: Callable[[], Matter],
    data: bytes,
    *,
    kept: timedelta,
    most: int,
    picture_id: UUID | None = None,
    by: Actor,
    at: datetime,
) -> Picture:
    """Make what somebody sent a picture of a matter. A repeat of the same id by the same actor counts once.

    find: reads the matter as this actor may, and raises what they are to hear; asked before anything is decoded, and
    again in the transaction. most: pictures that one actor may add to it. kept: from `at` on. Raises Invalid,
    NotAllowed, NotFound, Conflict, Unavailable; nothing is changed then.
    """
    matter = find()
    by.require(f"{matter.kind}.{MOVE}", matter.scope)
    if picture_id and (before := queries.added_before(by, picture_id, matter.id)):
        return before
    _check_number(matter, by, most)
    end_reading()  # the database waits for no picture
    return keep_picture(
        find,
        develop(data, limits_on(at.date())),
        kept=kept,
        most=most,
        picture_id=picture_id,
        by=by,
        at=at,
    )


@transaction.atomic
def keep_picture(
    find: Callable[[], Matter],
    developed: Developed,
    *,
    kept: timedelta,
    most: int,
    picture_id: UUID | None = None,
    by: Actor,
    at: datetime,
) -> Picture:
    """Keep a picture that was made anew. Otherwise as `add_picture`."""
    matter, data = find(), packed(developed)
    picture = Picture(
        id=picture_id or new_id(),
        matter=matter,
        by=by.id,
        at=at,
        width=developed.width,
        height=developed.height,
        retain_until=at + kept,
    )
    picture.sealed = vault().encrypt(data, picture.retain_until, COLUMN.context(picture.id))
    facts = {"picture": picture.id, "digest": vault().mark("picture", data).hex()}
    move(matter, MOVE, Change(facts), by=by, at=at)
    _check_number(matter, by, most)  # after the move: who adds another at the same time waits for this one
    _insert(picture)
    return picture


def _check_number(matter: Matter, by: Actor, most: int) -> None:
    if queries.number_by(matter.id, by.id) >= most:
        raise Invalid(
            _("You have added %(most)s pictures here already: there is room for no more."), most=most
        )


def _insert(picture: Picture) -> None:
    """One that is there already may belong to what this actor must not see: then it is a Conflict all the same."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [getattr(picture, name) for name in COLUMNS])
        if not cursor.rowcount:
            raise Conflict
