# SPDX-License-Identifier: Apache-2.0
"""What waited on a crew's phone, and when it was pressed by a clock that may say anything."""

from datetime import UTC, datetime, timedelta

from pydantic import ValidationError

from callbox.dispatch.crew_api import MessagesIn
from callbox.dispatch.phone_clock import Stamp, corrected

REFUSALS: tuple[type[BaseException], ...] = (ValidationError,)
ID = b"00000000-0000-0000-0000-000000000001"
SEEDS = (
    b'{"phone_now": "2026-01-31T08:00:00Z", "messages": [{"key": "'
    + ID
    + b'", "number": 1, "what": "arrive", '
    b'"target": "' + ID + b'", "pressed_at": "2026-01-31T07:59:00Z", "told_at": "0001-01-01T00:00:00Z"}]}',
    b'{"phone_now": "9999-12-31T23:59:59Z", "messages": []}',
)
AT = datetime(2026, 1, 31, 8, tzinfo=UTC)


def feed(data: bytes) -> None:
    """What is let in has a time that is not after now."""
    found = MessagesIn.model_validate_json(data)
    for press in found.messages:
        age, since = timedelta(milliseconds=press.age_ms), timedelta(milliseconds=press.since_ms)
        assert corrected(Stamp(press.pressed_at, age, press.told_at, since), found.phone_now, AT) <= AT
