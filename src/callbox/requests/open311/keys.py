# SPDX-License-Identifier: Apache-2.0
"""Keys of apps: made and ended here, kept as keyed digests. Part of the room's actions."""

import secrets
from datetime import datetime
from uuid import uuid5

from django.db import transaction

from callbox.access.seeing import seeing_everything
from callbox.journal.actions import append
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, NotFound
from callbox.kernel.ids import new_id
from callbox.kernel.text import gettext_noop as _
from callbox.requests.counting import mark_of
from callbox.requests.editions import NAMESPACE
from callbox.requests.models import ApiKey

BYTES = 24
TAKEN = _("There is a key for %(name)s already. End it first.")


def _mark(key: str) -> str:
    return mark_of("api_key", key)


@transaction.atomic
def open_key(name: str, *, by: Actor, at: datetime) -> str:
    """A new key for an app, which is shown this once. Raises NotAllowed, or Conflict when the app has one."""
    role = by.require("config.change")
    if ApiKey.objects.filter(name=name, ended_at=None).exists():
        raise Conflict(TAKEN, name=name)
    row, key = ApiKey(id=new_id(), name=name, since=at), secrets.token_urlsafe(BYTES)
    row.key = _mark(key)
    ApiKey.objects.bulk_create([row])
    append(
        uuid5(NAMESPACE, f"api_key/{row.id}"),
        "api_key",
        "open",
        facts={"key": row.id},
        actor=by.id,
        role=role,
        at=at,
    )
    return key


@transaction.atomic
def end_key(name: str, *, by: Actor, at: datetime) -> None:
    """The app's key serves no more. Raises NotAllowed, NotFound."""
    role = by.require("config.change")
    row = ApiKey.objects.filter(name=name, ended_at=None).first()
    if row is None:
        raise NotFound
    ApiKey.objects.filter(pk=row.pk).update(ended_at=at)
    append(
        uuid5(NAMESPACE, f"api_key/{row.id}"),
        "api_key",
        "end",
        facts={"key": row.id},
        actor=by.id,
        role=role,
        at=at,
    )


def names_of_keys() -> list[str]:
    """The apps that have a key now."""
    return list(ApiKey.objects.filter(ended_at=None).order_by("name").values_list("name", flat=True))


def key_known(key: str) -> str:
    """What stands for the app whose key this is; "" for none."""
    if not key:
        return ""
    with seeing_everything():
        found = ApiKey.objects.filter(key=_mark(key), ended_at=None).values_list("id", flat=True).first()
    return str(found) if found else ""
