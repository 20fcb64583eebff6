# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.dispatch.phone_clock import Stamp, corrected

HEARD = datetime(2026, 11, 22, 12, tzinfo=UTC)
PRESS = HEARD + timedelta(minutes=5)
SEND = HEARD + timedelta(minutes=25)
HOUR, ZERO = timedelta(hours=1), timedelta()
SPANS = st.timedeltas(timedelta(), timedelta(days=2))
ERRORS = st.timedeltas(timedelta(days=-4000), timedelta(days=4000))


def pressed(error: timedelta, *, slept_before: timedelta = ZERO, slept_after: timedelta = ZERO) -> Stamp:
    """A press at PRESS on a phone with this error, whose monotonic clock stood still while it slept."""
    return Stamp(PRESS + error, SEND - PRESS - slept_after, HEARD, PRESS - HEARD - slept_before)


@pytest.mark.parametrize("error", [ZERO, HOUR, -HOUR, timedelta(days=-20000)])
def test_a_clock_that_is_off_changes_nothing(error: timedelta) -> None:
    assert corrected(pressed(error), SEND + error, SEND) == PRESS


@pytest.mark.parametrize("error", [ZERO, HOUR, -HOUR])
@pytest.mark.parametrize("set_by", [HOUR, -HOUR, timedelta(days=365)])
def test_a_clock_set_between_press_and_sending_changes_nothing(error: timedelta, set_by: timedelta) -> None:
    assert corrected(pressed(error), SEND + error + set_by, SEND) == PRESS


@pytest.mark.parametrize("error", [ZERO, HOUR, -HOUR])
def test_a_page_loaded_anew_still_knows_by_the_clock(error: timedelta) -> None:
    assert corrected(Stamp(PRESS + error), SEND + error, SEND) == PRESS


def test_a_page_loaded_anew_and_a_clock_set_back_is_held_by_what_was_heard() -> None:
    assert corrected(Stamp(PRESS, ZERO, HEARD, PRESS - HEARD), SEND + HOUR, SEND) == PRESS


def test_a_press_is_never_after_its_coming() -> None:
    assert corrected(Stamp(SEND + HOUR), SEND, SEND) == SEND


def test_a_clock_beyond_the_calendar_counts_as_now() -> None:
    far = datetime(9999, 12, 31, tzinfo=UTC)
    assert corrected(Stamp(far), datetime(1970, 1, 1, tzinfo=UTC), SEND) == SEND


@given(error=ERRORS, before=SPANS, after=SPANS)
def test_sleep_changes_nothing_while_the_clock_is_not_set(
    error: timedelta, before: timedelta, after: timedelta
) -> None:
    asleep = pressed(error, slept_before=min(before, PRESS - HEARD), slept_after=min(after, SEND - PRESS))
    assert corrected(asleep, SEND + error, SEND) == PRESS


@given(error=ERRORS, set_by=ERRORS, before=SPANS, after=SPANS)
def test_with_sleep_and_a_set_clock_the_error_is_at_most_the_sleep(
    error: timedelta, set_by: timedelta, before: timedelta, after: timedelta
) -> None:
    before, after = min(before, PRESS - HEARD), min(after, SEND - PRESS)
    so_at = corrected(pressed(error, slept_before=before, slept_after=after), SEND + error + set_by, SEND)
    assert PRESS - before <= so_at <= PRESS + after
