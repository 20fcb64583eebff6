# SPDX-License-Identifier: Apache-2.0
"""Figures: what the database counts from the journal is what reading the journal entry by entry says."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from tests.world import AT, call_taker, someone, supervisor

from callbox.kernel.errors import NotAllowed, Refusal
from callbox.requests import counting_figures as counting
from callbox.requests.actions import (
    accept_request,
    assign_request,
    close_request,
    feed_back,
    note_contact,
    reopen_request,
    resume_request,
    return_request,
    suspend_request,
    withdraw_request,
)
from callbox.requests.asking import note_said
from callbox.requests.dividing import split_request
from callbox.requests.figures import load_rates, percent
from callbox.requests.models import Request
from callbox.requests.passing import answer_pass_on, pass_on
from callbox.requests.tests.scene import desk_of, now, request, town

pytestmark = pytest.mark.django_db
SINCE, UNTIL = AT - timedelta(days=1), AT + timedelta(days=400)
CATEGORIES = ("road.pothole", "labour.wages", "other")
RESULTS = ("solved", "explained", "not_ours")
WEIGHTS = [9, 5, 9, 5, 3, 3, 1, 2, 1, 2, 1, 1, 3, 3]
SAID = ("satisfied", "unsatisfied", "not_resolved", "unreachable", "no_answer")


@pytest.fixture(autouse=True)
def in_town() -> None:
    """Agencies, areas and rules."""
    town()


def steps_of(row: Request, chance: random.Random, at: datetime) -> list[Callable[[], object]]:
    """What may be tried with it now."""
    lead = now(row).agency
    desk, taker, other = (
        desk_of(lead.code if lead else "city"),
        call_taker(),
        chance.choice(("water", "power")),
    )
    return [
        lambda: accept_request(row.pk, by=desk, at=at),
        lambda: note_contact(row.pk, "reached", by=desk, at=at),
        lambda: feed_back(row.pk, chance.choice(RESULTS), by=desk, at=at),
        lambda: note_said(row.pk, chance.choice(SAID), by=taker, at=at),
        lambda: close_request(row.pk, "solved", by=taker, at=at),
        lambda: reopen_request(row.pk, "new_facts", by=taker, at=at),
        lambda: return_request(row.pk, "not_ours", by=desk, at=at),
        lambda: assign_request(row.pk, other, "wrong_agency", by=taker, at=at),
        lambda: suspend_request(row.pk, "weather", by=desk, at=at),
        lambda: resume_request(row.pk, by=desk, at=at),
        lambda: split_request(row.pk, other, by=taker, at=at),
        lambda: withdraw_request(row.pk, "by_reporter", by=taker, at=at),
        lambda: pass_on(row.pk, other, by=desk, at=at),
        lambda: answer_pass_on(row.pk, True, by=desk_of(other), at=at),
    ]


def some_steps(chance: random.Random, start: int) -> None:
    """One request led through steps that are drawn; those that are refused are not taken."""
    row = request(chance.choice(CATEGORIES))
    at = AT + timedelta(minutes=start)
    for _ in range(chance.randrange(24)):
        at += timedelta(hours=chance.choice((1, 5, 60)))
        (step,) = chance.choices(steps_of(row, chance, at), weights=WEIGHTS)
        with suppress(Refusal):
            step()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_page_equals_reading_every_entry(seed: int) -> None:
    chance = random.Random(seed)
    for number in range(25):
        some_steps(chance, number)
    for at in (AT + timedelta(days=2), UNTIL):
        told = counting.figures_told(SINCE, UNTIL, at)
        assert told == counting.figures_counted_anew(SINCE, UNTIL, at)
    everything = told["", ""]
    assert everything["taken"] >= 25
    assert all(everything[name] for name in ("accepted", "fed_back", "due"))


def test_what_was_taken_before_or_after_does_not_count() -> None:
    request()
    assert counting.figures_told(AT, AT + timedelta(seconds=1), UNTIL)["", ""]["taken"] == 1
    assert counting.figures_told(AT - timedelta(days=1), AT, UNTIL) == {}


def test_who_was_not_reached_is_asked_and_never_satisfied() -> None:
    for said in ("satisfied", "unreachable"):
        row = request()
        accept_request(row.pk, by=desk_of("roads"), at=AT)
        feed_back(row.pk, "solved", by=desk_of("roads"), at=AT)
        note_said(row.pk, said, by=call_taker(), at=AT)
    counts = counting.figures_told(SINCE, UNTIL, AT)["", ""]
    assert (counts["asked"], counts["answered"], counts["satisfied"]) == (2, 1, 1)
    rate = next(each for each in load_rates() if each.code == "satisfaction")
    assert percent(rate, counts) == 100.0
    assert percent(rate, dict.fromkeys(counts, 0)) is None


def test_small_groups_are_not_shown_and_only_those_who_may_see_any() -> None:
    for _ in range(4):
        request()
    request("labour.wages")
    found = {
        (each.by, each.code): each.counts for each in counting.figures_for(supervisor(), SINCE, UNTIL, AT)
    }
    assert found["category", "road.pothole"] is None
    assert found["category", "labour.wages"] is None
    everything = found["", ""]
    assert everything is not None
    assert everything["taken"] == 5
    request()
    again = {
        (each.by, each.code): each.counts for each in counting.figures_for(supervisor(), SINCE, UNTIL, AT)
    }
    assert again["category", "road.pothole"] is not None
    for nobody in (desk_of("roads"), someone("dispatcher"), someone("crew")):
        with pytest.raises(NotAllowed):
            counting.figures_for(nobody, SINCE, UNTIL, AT)
