# SPDX-License-Identifier: Apache-2.0
"""A contact as it may stand on a disk: what it says is sealed, and nothing about it can be guessed from the rest.

Without Django: the door seals each contact before it goes anywhere; whoever makes calls of them opens it.
"""

import json
import struct
from datetime import date
from uuid import UUID

from callbox.door.domain import Contact, Sealed, channels
from callbox.host.vault import Vault

META = struct.Struct("<I")
IN_WORDS = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":")
).encode  # made once: it is in the hot path


class Sealer:
    """Seals contacts with the keys of one vault; makes no key itself, for a disk may be slow or full."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def make_keys(self, today: date) -> None:
        """Make the keys that the contacts of the coming weeks will need. Raises OSError."""
        self._vault.make_ahead(today, {channel.kept for channel in channels().values()})

    def identity(self, contact: Contact) -> UUID:
        """The contact's id: that of its source, key and bytes, so changed that nobody can guess from it."""
        return UUID(bytes=self._vault.mark("contact", contact.id.bytes)[:16])

    def seal(self, contact: Contact, *, known_as: UUID | None = None) -> Sealed:
        """The contact, sealed. known_as: the id under which it was accepted already, if it is another.

        Raises OSError when there is no key at all.
        """
        identity = self.identity(contact)
        kept = known_as or identity
        return Sealed(
            id=kept,
            channel=contact.channel,
            lane=contact.lane,
            digest=self._vault.mark("digest", contact.digest),
            sealed=self._vault.encrypt(_said(contact), contact.retain_until, context(kept), make=False),
            cut=contact.cut,
            remote_at=contact.remote_at,
            received_at=contact.received_at,
            retain_until=contact.retain_until,
            known_as=identity if kept != identity else None,
        )


def context(contact_id: UUID) -> str:
    """Which row it belongs to."""
    return f"door_contact/sealed/{contact_id}"


def opened(vault: Vault, contact_id: UUID, sealed: bytes) -> tuple[dict[str, str], bytes]:
    """What a contact says: source, key and content_type, and the raw bytes. Raises CannotOpen."""
    said = vault.decrypt(sealed, context(contact_id))
    (length,) = META.unpack_from(said)
    head: dict[str, str] = json.loads(said[META.size : META.size + length])
    return head, said[META.size + length :]


def _said(contact: Contact) -> bytes:
    head = {"source": contact.source, "key": contact.key, "content_type": contact.content_type}
    text = IN_WORDS(head).encode()
    return META.pack(len(text)) + text + contact.body
