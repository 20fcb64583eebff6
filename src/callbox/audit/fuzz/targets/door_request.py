# SPDX-License-Identifier: Apache-2.0
"""A request's headers and body as the door reads them before anything is trusted."""

from datetime import UTC, datetime
from urllib.parse import parse_qs

from callbox.door.contacts import contact_of
from callbox.door.http import headers_of

REFUSALS: tuple[type[BaseException], ...] = ()
SEEDS = (
    b"x-source\nexchange 1\nidempotency-key\n7\nx-sent-at\n2026-01-31T08:00:00+02:00\n\n{}",
    b"host\n\xff\n\n",
)
AT = datetime(2026, 1, 31, tzinfo=UTC)


def feed(data: bytes) -> None:
    """Lines are names and values by turns up to an empty one; the rest is the body."""
    head, _, body = data.partition(b"\n\n")
    lines = head.split(b"\n")
    scope = {"headers": list(zip(lines[::2], lines[1::2], strict=False)), "query_string": head}
    headers_of(scope)
    parse_qs(head.decode("latin-1"))
    contact = contact_of("web", scope, body, at=AT)
    assert contact.body == body
    for text in (contact.source, contact.key, contact.content_type):
        assert "\0" not in text
        text.encode()
