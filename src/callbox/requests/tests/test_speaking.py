# SPDX-License-Identifier: Apache-2.0
"""Residents act on their own request themselves: so says the journal, and the database shows them no other."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone
from tests.signed_in import Signed, signed_in
from tests.world import AT, LATER, call_taker, journal_size

from callbox.access.domain import resident_actor, system_actor
from callbox.access.seeing import seeing_one
from callbox.journal import queries as journal
from callbox.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from callbox.matters.domain import Moved
from callbox.matters.models import Matter
from callbox.requests.actions import accept_request, close_request, feed_back, withdraw_request
from callbox.requests.asking import note_said
from callbox.requests.dividing import split_request
from callbox.requests.domain import limit
from callbox.requests.models import Request
from callbox.requests.speaking import answer_own, withdraw_own
from callbox.requests.tests.scene import desk_of, now, request, town

pytestmark = pytest.mark.django_db
Step = Callable[[UUID], Moved]
STEPS: dict[str, Step] = {
    "satisfied": lambda key: answer_own(key, "satisfied", at=LATER),
    "unsatisfied": lambda key: answer_own(key, "unsatisfied", at=LATER),
    "withdraw": lambda key: withdraw_own(key, at=LATER),
}


@pytest.fixture(autouse=True)
def in_town() -> None:
    """Agencies, areas and rules."""
    town()


def answered(row: Request | None = None) -> Request:
    """A request that the agency has answered: the resident is asked."""
    row = row or request()
    accept_request(row.pk, by=desk_of("roads"), at=AT)
    feed_back(row.pk, "solved", by=desk_of("roads"), at=AT)
    return now(row)


def stands() -> list[object]:
    """Every request and matter as it stands, and how much the journal says: a refusal changes nothing of it."""
    return [
        list(Matter.objects.order_by("pk").values_list("pk", "state", "version", "owner", "round")),
        list(Request.objects.order_by("pk").values_list("pk", "said", "open", "reopened")),
        journal_size(),
    ]


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("satisfied", [("ask", "resident"), ("close", "system")]),
        ("unsatisfied", [("ask", "resident"), ("reopen", "system")]),
        ("withdraw", [("withdraw", "resident")]),
    ],
)
def test_the_step_is_theirs_and_what_follows_is_callboxs(step: str, told: list[tuple[str, str]]) -> None:
    row = answered()
    before = len(journal.history(row.pk))
    STEPS[step](row.pk)
    entries = journal.history(row.pk)[before:]
    assert [(entry.move, entry.role) for entry in entries] == told
    assert entries[0].actor == f"resident:{row.pk}", "of them the journal says no more"
    assert "made-up" not in str(entries).lower()


@pytest.mark.parametrize("step", [note_said, withdraw_request])
def test_under_the_sight_of_one_no_other_is_found(step: Callable[..., Moved]) -> None:
    mine, other = answered(), answered()
    said = "satisfied" if step is note_said else "by_reporter"
    before = stands()
    with seeing_one(mine.pk), pytest.raises(NotFound):
        step(other.pk, said, by=resident_actor(mine.pk), at=LATER)
    assert stands() == before
    with seeing_one(mine.pk):
        step(mine.pk, said, by=resident_actor(mine.pk), at=LATER)
    assert now(other).matter.state == "answered"


def test_a_part_of_callbox_neither_answers_nor_withdraws_for_them() -> None:
    row = answered()
    before = stands()
    with pytest.raises(NotAllowed):
        note_said(row.pk, "satisfied", by=system_actor("resident"), at=LATER)
    with pytest.raises(NotAllowed):
        withdraw_request(row.pk, "by_reporter", by=system_actor("resident"), at=LATER)
    assert stands() == before


@pytest.mark.parametrize("step", ["satisfied", "withdraw"])
def test_it_does_not_end_while_a_part_is_open_though_no_resident_sees_the_part(step: str) -> None:
    row = request()
    split_request(row.pk, "water", by=call_taker(), at=AT)
    before = stands() if step == "withdraw" else (answered(row), stands())[1]
    with pytest.raises(Conflict, match="Still open"):
        STEPS[step](row.pk)
    assert stands() == before


@pytest.mark.parametrize("step", ["satisfied", "unsatisfied"])
def test_nobody_answers_before_they_are_asked(step: str) -> None:
    row = request()
    before = stands()
    with pytest.raises(Conflict):
        STEPS[step](row.pk)
    assert stands() == before


@pytest.mark.parametrize("step", sorted(STEPS))
def test_what_was_withdrawn_is_over(step: str) -> None:
    row = answered()
    withdraw_own(row.pk, at=AT)
    before = stands()
    with pytest.raises(Conflict):
        STEPS[step](row.pk)
    assert stands() == before


def test_the_time_for_an_answer_ends() -> None:
    row = answered()
    close_request(row.pk, "solved", by=call_taker(), at=AT)
    before, late = stands(), AT + timedelta(days=limit("ask_days", AT.date()) + 1)
    with pytest.raises(Conflict):
        answer_own(row.pk, "unsatisfied", at=late)
    assert stands() == before


@pytest.mark.parametrize("said", ["", "delighted", "unreachable"])
def test_they_say_one_of_the_answers_and_not_that_they_were_not_reached(said: str) -> None:
    row = answered()
    before = stands()
    with pytest.raises(Invalid):
        answer_own(row.pk, said, at=LATER)
    assert stands() == before


@pytest.mark.parametrize(("path", "said"), [("answer", {"said": "satisfied"}), ("withdraw", {})])
@pytest.mark.parametrize("until", ["over", "never"])
def test_a_browser_without_a_code_or_past_its_time_changes_nothing(
    path: str, said: dict[str, str], until: str
) -> None:
    row, browser = answered(), signed_in(None)
    if until == "over":
        _open(browser, row, timezone.now() - timedelta(seconds=1))
    before = stands()
    assert browser.post(f"/requests/mine/{path}", said).status_code == 403
    assert stands() == before
    _open(browser, row, timezone.now() + timedelta(hours=1))
    assert browser.post(f"/requests/mine/{path}", said).status_code == 302
    assert stands() != before


def _open(browser: Signed, row: Request, until: datetime) -> None:
    session = browser.session
    session["followed"] = {"request": str(row.pk), "until": until.isoformat()}
    session.save()
