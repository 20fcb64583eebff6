# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from tests.world import AT, LATER, journal_size

from callbox.journal import queries as journal
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict, NotAllowed, NotFound
from callbox.matters import handover
from callbox.matters.models import Matter
from callbox.matters.tests.test_moves import WORKER, errand

pytestmark = pytest.mark.django_db

TAKER = Actor("person:taker", frozenset({"worker"}), frozenset({"agency:b"}))
OTHER = Actor("person:other", frozenset({"worker"}), frozenset({"agency:c"}))


def offer(matter: Matter, by: Actor = WORKER) -> UUID:
    with transaction.atomic():
        return handover.offer_matter(matter, "agency:b", timedelta(minutes=5), by=by, at=AT)


def answer(offer_id: UUID, accept: bool, by: Actor = TAKER) -> None:
    with transaction.atomic():
        handover.answer_offer(offer_id, accept, by=by, at=LATER)


def owner(matter: Matter) -> str:
    return Matter.objects.get(pk=matter.pk).owner


def test_the_giver_owns_it_until_it_is_accepted() -> None:
    matter = errand()
    offered = offer(matter)
    assert owner(matter) == "agency:a"
    answer(offered, accept=True)
    assert owner(matter) == "agency:b"
    assert [entry.move for entry in journal.history(matter.id)] == ["open", "offer", "offer_accepted"]


def test_who_was_asked_sees_it_and_no_more_after_refusing() -> None:
    matter = errand()
    offered = offer(matter)
    assert "agency:b" in Matter.objects.get(pk=matter.pk).scope
    answer(offered, accept=False)
    assert owner(matter) == "agency:a"
    assert "agency:b" not in Matter.objects.get(pk=matter.pk).scope


def test_nobody_else_may_offer_or_answer() -> None:
    matter = errand()
    with pytest.raises(NotAllowed):
        offer(matter, by=OTHER)
    offered = offer(matter)
    size = journal_size()
    with pytest.raises(NotFound):
        answer(offered, accept=True, by=OTHER)
    with pytest.raises(NotAllowed):
        answer(offered, accept=True, by=WORKER)
    assert (owner(matter), journal_size()) == ("agency:a", size)


def test_one_offer_at_a_time_and_one_answer() -> None:
    matter = errand()
    offered = offer(matter)
    with pytest.raises(Conflict):
        offer(matter)
    answer(offered, accept=True)
    with pytest.raises(Conflict):
        answer(offered, accept=False)
    assert owner(matter) == "agency:b"


def test_an_offer_that_nobody_answers_ends_and_the_giver_keeps_it() -> None:
    matter = errand()
    offered = offer(matter)
    with transaction.atomic():
        assert handover.time_out_offers(by=WORKER, at=AT + timedelta(minutes=4)) == 0
        assert handover.time_out_offers(by=WORKER, at=AT + timedelta(minutes=5)) == 1
    assert owner(matter) == "agency:a"
    with pytest.raises(Conflict):
        answer(offered, accept=True)
