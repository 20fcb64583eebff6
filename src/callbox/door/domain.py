# SPDX-License-Identifier: Apache-2.0
"""A contact as it came in: raw bytes, who sent it, and an identity that makes repeats harmless."""

import csv
import hashlib
import json
import re
import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

from callbox.kernel.tables import Row, read_table

OTHER = "other"
UNKNOWN_RANK = 5
TEXT_LIMIT = 200  # characters kept of a header
META = struct.Struct("<I")
UNFIT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Channel:
    """How contacts of one channel are received: the queue they wait in, and how long their bytes are kept."""

    name: str
    lane: str
    kept: timedelta


@dataclass(frozen=True, slots=True)
class Lane:
    """A queue of contacts. rank: the lower goes first. urgent: never refused or slowed, whoever sends.

    a_minute, at_once: what one address may send in a lane that is not urgent.
    """

    name: str
    rank: int
    urgent: bool
    a_minute: int
    at_once: int


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact by any medium, before anybody has read it, as it was sent: only ever in memory.

    id: the same for the same source, key and bytes; what is kept bears another made of it, see `sealing.py`.
    remote_at: when the sender says it sent. cut: the body was longer than what is kept. Times are aware UTC.
    """

    id: UUID
    channel: str
    lane: str
    source: str
    key: str
    digest: bytes
    content_type: str
    body: bytes
    cut: bool
    remote_at: datetime | None
    received_at: datetime
    retain_until: datetime


@dataclass(frozen=True, slots=True)
class Sealed:
    """One contact as it is kept: `sealed` holds its bytes, source, key and content type.

    id: the same for the same contact, so that the table's primary key refuses a repeat. known_as: the id it would
    have, when the release before this one gave it another. digest: a keyed hash of the bytes.
    """

    id: UUID
    channel: str
    lane: str
    digest: bytes
    sealed: bytes
    cut: bool
    remote_at: datetime | None
    received_at: datetime
    retain_until: datetime
    known_as: UUID | None = None


@cache
def channels() -> Mapping[str, Channel]:
    """The channels by name, from `data/channels.tsv`."""
    lines = (Path(__file__).parent / "data" / "channels.tsv").read_text().splitlines()
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    return {
        row["channel"]: Channel(row["channel"], row["lane"], timedelta(days=int(row["days"]))) for row in rows
    }


@cache
def lanes() -> Mapping[str, Lane]:
    """The lanes by name, most urgent first, from `data/lanes.tsv`. Raises TableError."""
    found = [_lane(row) for row in read_table("callbox.door", "lanes.tsv")]
    return {lane.name: lane for lane in sorted(found, key=lambda lane: lane.rank)}


def rank(lane: str) -> int:
    """Where a lane stands among all; one that is not in the table counts as urgent, after those that are."""
    known = lanes().get(lane)
    return known.rank if known else UNKNOWN_RANK


def lane_of(channel: str) -> Lane:
    """The lane of a channel's contacts."""
    return lanes()[(channels().get(channel) or channels()[OTHER]).lane]


def _lane(row: Row) -> Lane:
    urgent = row.one_of("urgent", ("yes", "no")) == "yes"
    place, limits = row.whole("rank", 1, 9), (row.whole(name, 0, 100_000) for name in ("a_minute", "at_once"))
    return Lane(row.need("lane"), place, urgent, *limits)


def contact_id(source: str, key: str, digest: bytes) -> UUID:
    """The identity of a contact: the first 16 bytes of SHA-256 over source, key and the body's digest."""
    return UUID(bytes=hashlib.sha256(b"\0".join((source.encode(), key.encode(), digest))).digest()[:16])


def contact_from(
    channel: str, headers: Mapping[str, str], body: bytes, *, received_at: datetime, cut: bool = False
) -> Contact:
    """What was sent, as a contact; nothing a sender can write makes this fail.

    headers: names in lower case. `idempotency-key` names this sending (without one, each is new), `x-source`
    the sender, `x-sent-at` its own time (RFC 3339). An unknown channel is received as `other`.
    """
    known = channels().get(channel) or channels()[OTHER]
    source = _clean(headers.get("x-source", ""))
    key = _clean(headers.get("idempotency-key", "")) or secrets.token_hex(16)
    digest = hashlib.sha256(body).digest()
    return Contact(
        id=contact_id(source, key, digest),
        channel=known.name,
        lane=known.lane,
        source=source,
        key=key,
        digest=digest,
        content_type=_clean(headers.get("content-type", "")),
        body=body,
        cut=cut,
        remote_at=_time(headers.get("x-sent-at", "")),
        received_at=received_at,
        retain_until=received_at + known.kept,
    )


def packed(contact: Sealed) -> bytes:
    """A contact as bytes, for the spool: length of the head, head as JSON, what is sealed."""
    head = {
        "id": contact.id.hex,
        "channel": contact.channel,
        "lane": contact.lane,
        "digest": contact.digest.hex(),
        "cut": contact.cut,
        "remote_at": contact.remote_at.isoformat() if contact.remote_at else None,
        "received_at": contact.received_at.isoformat(),
        "retain_until": contact.retain_until.isoformat(),
    }
    text = json.dumps(head, ensure_ascii=False).encode()
    return META.pack(len(text)) + text + contact.sealed


def unpacked(data: bytes) -> Sealed | Contact:
    """What `packed` made those bytes of; or the open contact that the release before this one kept."""
    (length,) = META.unpack_from(data)
    head = json.loads(data[META.size : META.size + length])
    rest = data[META.size + length :]
    for name in ("remote_at", "received_at", "retain_until"):
        head[name] = datetime.fromisoformat(head[name]) if head[name] else None
    head["id"] = UUID(hex=head["id"])
    if "digest" in head:
        return Sealed(**head | {"digest": bytes.fromhex(head["digest"])}, sealed=rest)
    return Contact(**head, body=rest, digest=hashlib.sha256(rest).digest())


def _clean(text: str) -> str:
    """A header's text as every database and log can hold it: no control characters, not long."""
    return (text if text.isprintable() else UNFIT.sub("", text))[:TEXT_LIMIT]


def _time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip())
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None
