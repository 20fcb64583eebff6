# SPDX-License-Identifier: Apache-2.0
"""What requests came to is kept by the worker; the page is right however far it has come, and in between."""

import random
from datetime import timedelta

import pytest
from tests.world import AT, call_taker, moves_in_between

from callbox.journal.queries import position_of
from callbox.requests import counting_figures as counting
from callbox.requests import outcomes
from callbox.requests.actions import accept_request, withdraw_request
from callbox.requests.models import Outcome
from callbox.requests.outcomes import keep_outcomes
from callbox.requests.tests.scene import desk_of, request, town
from callbox.requests.tests.test_figures import SINCE, UNTIL, some_steps
from callbox.requests.told import READER

pytestmark = pytest.mark.usefixtures("committed")


def keep_all(limit: int = 7) -> None:
    while keep_outcomes(limit):
        pass


def test_the_page_equals_reading_every_entry_however_far_the_worker_has_come() -> None:
    town()
    chance = random.Random(11)
    for number in range(18):
        some_steps(chance, number)
        if number in (5, 11):
            keep_outcomes(40)
        if number % 6 == 5:
            for at in (AT + timedelta(days=2), UNTIL):
                assert counting.figures_told(SINCE, UNTIL, at) == counting.figures_counted_anew(
                    SINCE, UNTIL, at
                )
    assert 0 < Outcome.objects.count() < 18
    keep_all()
    assert counting.figures_told(SINCE, UNTIL, UNTIL) == counting.figures_counted_anew(SINCE, UNTIL, UNTIL)


def test_a_step_taken_after_it_was_kept_counts_at_once() -> None:
    town()
    row, other = request(), request()
    keep_all()
    before = counting.figures_told(SINCE, UNTIL, AT)["", ""]
    accept_request(row.pk, by=desk_of("roads"), at=AT)
    after = counting.figures_told(SINCE, UNTIL, AT)["", ""]
    assert (before["taken"], before["accepted"], after["taken"], after["accepted"]) == (2, 0, 2, 1)
    assert not Outcome.objects.get(pk=row.pk).accepted
    keep_all()
    assert Outcome.objects.get(pk=row.pk).accepted
    assert not Outcome.objects.get(pk=other.pk).accepted


def test_what_is_kept_is_not_read_again() -> None:
    town()
    row = request()
    keep_all()
    Outcome.objects.filter(pk=row.pk).update(category="other")
    assert counting.figures_told(SINCE, UNTIL, AT)["category", "other"]["taken"] == 1
    withdraw_request(row.pk, "by_reporter", by=call_taker(), at=AT)
    keep_all()
    assert Outcome.objects.get(pk=row.pk).category == "road.pothole"


def test_of_two_who_keep_at_once_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    town()
    request()
    moves_in_between(monkeypatch, outcomes, "position_of", lambda: keep_all(100))
    assert keep_outcomes() == 0
    assert Outcome.objects.count() == 1
    assert position_of(READER) > (0, 0)
    assert keep_outcomes() == 0
