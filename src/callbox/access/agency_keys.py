# SPDX-License-Identifier: Apache-2.0
"""Keys of agencies' systems: made and ended here, and who signed a request. Part of the room's actions."""

import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from callbox.access.domain import AGENCY_DESK, actor
from callbox.access.guesses import SYSTEM, check_guesses, marks_of, note_wrong
from callbox.access.limits import minutes
from callbox.access.models import Agency, AgencyKey, SignedRequest
from callbox.host.vault import CannotOpen, vault
from callbox.journal.actions import append
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, NotAllowed, NotFound
from callbox.kernel.ids import new_id
from callbox.kernel.signing import is_right, seconds_away
from callbox.kernel.text import gettext_noop as _

BYTES = 32
MOST = 2  # at once: the old key serves until the new one is in place
LONGEST = 200  # characters of a request's own name
TWO = _("This agency has two keys already. End one of them first.")
NOT_SIGNED = _("The request is not signed with a key that is known here. Nothing was done.")
NOT_NOW = _("The request was signed %(seconds)s seconds away from now: set the clock of the system right.")
AGAIN = _(
    "A request with this Idempotency-Key was taken before. Read how things stand, or sign a new request."
)


class NotSigned(NotAllowed):
    """Nobody knows who sent this."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A request with what signs it. path: with its query; once: its Idempotency-Key."""

    key: str
    stamp: str
    once: str
    signature: str
    method: str
    path: str
    body: bytes


@transaction.atomic
def give_key(agency: Agency, *, by: Actor, at: datetime) -> tuple[UUID, str]:
    """A new key and its secret, which is shown this once. Raises NotAllowed, or Conflict when the agency has two."""
    Agency.objects.select_for_update().get(pk=agency.pk)
    role = by.require("config.change")
    if AgencyKey.objects.filter(agency=agency, ended_at=None).count() >= MOST:
        raise Conflict(TWO)
    row, secret = AgencyKey(id=new_id(), agency=agency, since=at), secrets.token_urlsafe(BYTES)
    row.sealed = vault().encrypt_lasting(secret.encode(), _context(row.id))
    AgencyKey.objects.bulk_create([row])
    append(agency.pk, "agency", "give_key", facts={"key": row.id}, actor=by.id, role=role, at=at)
    return row.id, secret


@transaction.atomic
def end_key(key_id: UUID, *, by: Actor, at: datetime) -> None:
    """The key serves no more from now on, and its secret is gone. Raises NotAllowed, NotFound."""
    role = by.require("config.change")
    row = AgencyKey.objects.filter(pk=key_id, ended_at=None).first()
    if row is None:
        raise NotFound
    AgencyKey.objects.filter(pk=key_id).update(ended_at=at, sealed=b"")
    append(row.agency_id, "agency", "end_key", facts={"key": key_id}, actor=by.id, role=role, at=at)


def keys_in_force() -> Sequence[AgencyKey]:
    """The keys that serve now, by agency, the oldest first."""
    return list(
        AgencyKey.objects.select_related("agency").filter(ended_at=None).order_by("agency__code", "since")
    )


def signing_key(agency_id: UUID) -> tuple[UUID, str] | None:
    """With which key we sign to an agency's system: the newest; None when it has none that can be read."""
    row = AgencyKey.objects.filter(agency_id=agency_id, ended_at=None).order_by("-since", "-id").first()
    if row is None:
        return None
    with suppress(CannotOpen):
        return row.pk, _secret(row)
    return None


def system_of(signed: Signed, *, source: str, at: datetime) -> Actor:
    """The agency whose system signed this request, with the powers of an agency's desk; each request once.

    Whoever calls sees the gate. source: the address that it came from. Raises NotSigned, which is counted as a wrong
    guess; NotAllowed after too many of them; Conflict for a request that was taken before.
    """
    marks = marks_of(signed.key[:LONGEST], source, source, kind=SYSTEM)
    check_guesses(marks, at=at)
    row = _known(signed, at)
    if row is None:
        note_wrong(marks, at=at)
        raise NotSigned(NOT_SIGNED)
    away = seconds_away(signed.stamp, at)
    if away is None or away > minutes("signed_window", at.date()).total_seconds():
        raise NotSigned(NOT_NOW, seconds=int(away or 0))
    _take_once(f"{row.pk}\0{signed.once}", at)
    key = f"agency:{row.agency_id}"
    return actor(key, [AGENCY_DESK], [key])


def _known(signed: Signed, at: datetime) -> AgencyKey | None:
    """The key, if it signed this."""
    said = (signed.stamp, signed.once)
    if seconds_away(said[0], at) is None or not 0 < len(said[1]) <= LONGEST:
        return None
    try:
        key_id = UUID(signed.key)
    except ValueError:
        return None
    found = AgencyKey.objects.filter(pk=key_id, ended_at=None, agency__active=True).first()
    with suppress(CannotOpen):
        if found and is_right(
            signed.signature, _secret(found), said[0], signed.method, signed.path, said[1], signed.body
        ):
            return found
    return None


@transaction.atomic
def _take_once(name: str, at: datetime) -> None:
    SignedRequest.objects.filter(at__lt=at - 2 * minutes("signed_window", at.date())).delete()
    row = SignedRequest(id=new_id(), who=hashlib.sha256(name.encode(errors="replace")).hexdigest(), at=at)
    SignedRequest.objects.bulk_create([row], ignore_conflicts=True)
    if not SignedRequest.objects.filter(pk=row.pk).exists():
        raise Conflict(AGAIN)


@transaction.atomic
def seal_keys_anew() -> int:
    """Seal each secret with the newest lasting key; how many. What cannot be opened stays as it is."""
    count = 0
    for row in AgencyKey.objects.select_for_update().filter(ended_at=None):
        with suppress(CannotOpen):
            sealed = vault().encrypt_lasting(_secret(row).encode(), _context(row.pk))
            count += AgencyKey.objects.filter(pk=row.pk).update(sealed=sealed)
    return count


def _secret(row: AgencyKey) -> str:
    return vault().decrypt_lasting(bytes(row.sealed), _context(row.pk)).decode()


def _context(key_id: UUID) -> str:
    return f"access_agencykey/sealed/{key_id}"
