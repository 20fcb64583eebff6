# SPDX-License-Identifier: Apache-2.0
"""Tickets: what one sign-in may see on the stream, signed by web, believed by the door for a minute."""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from uuid import UUID

from callbox.access.sight import SEE, Sight

LIFETIME_S = 60
PURPOSE = b"callbox stream ticket 1"


class TicketRefused(ValueError):  # noqa: N818 - an answer
    """This is no ticket of ours, or no longer one."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a stream carries.

    keys: the scope keys of the person. kinds: kinds of matters shown where a scope key matches; all_kinds:
    those shown without. positions: where units are; contacts: that a contact came in. epoch: the person's,
    a change of which ends the stream. iat, exp: seconds since 1970, issued and last moment to connect.
    """

    person: UUID
    signin: UUID
    epoch: int
    iat: int
    exp: int
    keys: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    all_kinds: frozenset[str] = frozenset()
    positions: bool = False
    contacts: bool = False

    def may_see(self, kind: str, scope: frozenset[str]) -> bool:
        """Whether an entry of that kind and scope is for this person."""
        return kind in self.all_kinds or (kind in self.kinds and not self.keys.isdisjoint(scope))

    @property
    def sight(self) -> Sight:
        """The same as the database is told it; alike for all whose tickets say the same of what they see."""
        everywhere, reached = ({f"{kind}{SEE}" for kind in kinds} for kinds in (self.all_kinds, self.kinds))
        keys = self.keys if self.kinds else frozenset[str]()
        return Sight(keys=keys, any=frozenset(everywhere), scoped=frozenset(reached))


def sign(ticket: Ticket, secret: bytes) -> str:
    """A ticket as text for a URL."""
    said = asdict(ticket)
    plain = {name: _plain(value) for name, value in said.items()}
    payload = json.dumps(plain, separators=(",", ":"), sort_keys=True).encode()
    return f"{_text(payload)}.{_text(_mac(payload, secret))}"


def verify(text: str, secret: bytes, now: float) -> Ticket:
    """The ticket that we signed. Raises TicketRefused when it is not ours, or its minute is over."""
    try:
        payload, mac = (_bytes(part) for part in text.split("."))
    except (ValueError, binascii.Error):
        raise TicketRefused("not a ticket") from None
    if not hmac.compare_digest(mac, _mac(payload, secret)):
        raise TicketRefused("not signed by us")
    said = json.loads(payload)
    if not said["iat"] - LIFETIME_S <= now <= said["exp"]:
        raise TicketRefused("its time is over")
    sets = {name: frozenset(said[name]) for name in ("keys", "kinds", "all_kinds")}
    return Ticket(**said | sets | {name: UUID(said[name]) for name in ("person", "signin")})


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    return str(value) if isinstance(value, UUID) else value


def _mac(payload: bytes, secret: bytes) -> bytes:
    """The purpose is signed with it: what the secret signs elsewhere never passes for a ticket."""
    return hmac.digest(secret, PURPOSE + payload, hashlib.sha256)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
