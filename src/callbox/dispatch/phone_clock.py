# SPDX-License-Identifier: Apache-2.0
"""When something was pressed on a phone whose clock may be wrong, or was put right in between. Pure.

Three things are known. The phone's clock at the press and at the sending gives `pressed_at + (at - phone_now)`:
exact, however wrong the clock is, unless it was set in between. The browser's monotonic clock gives two bounds
that hold whatever anybody does to the clock, because it never runs ahead (it may stand still while the phone
sleeps): the press was at least `age` before `at`, and at least `since` after `told_at`, our own time as the
phone last heard it. So the first is taken, and held within the two bounds. Without sleep the bounds meet, and
the answer is exact for any clock; with sleep it is exact unless the clock was also set; with both the error is
no longer than the sleep.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a press was so, as the phone can tell. Times are aware.

    pressed_at: by the phone's clock. age: monotonic time from press to sending (zero when the page was loaded
    anew in between). told_at: our time, last heard before the press. since: monotonic time from that to the press.
    """

    pressed_at: datetime
    age: timedelta = timedelta()
    told_at: datetime | None = None
    since: timedelta = timedelta()


def corrected(stamp: Stamp, phone_now: datetime, at: datetime) -> datetime:
    """When it was so by our clock, never after now.

    phone_now: the phone's clock when it sent the message; at: ours when it came. What cannot be true is brought
    to the nearest bound.
    """
    latest = at - max(stamp.age, timedelta())
    try:
        said = stamp.pressed_at + (at - phone_now)
        earliest = stamp.told_at + max(stamp.since, timedelta()) if stamp.told_at else said
    except OverflowError:  # a clock thousands of years off
        return latest
    return min(max(said, earliest), latest)
