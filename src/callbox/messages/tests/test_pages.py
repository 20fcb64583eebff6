# SPDX-License-Identifier: Apache-2.0
"""The supervisors' page of what was not delivered, and one's own addresses; in both languages."""

from datetime import timedelta

import pytest
from tests.signed_in import person, signed_in
from tests.world import AT, journal_size

from callbox.access.models import PersonalRead
from callbox.messages import queries
from callbox.messages.domain import SETTLED, UNDELIVERED, WAITING
from callbox.messages.models import Message, Reach
from callbox.messages.sending import give_up_unserved
from callbox.messages.tests.outbox import SENDER, TO, queued, state_of

pytestmark = pytest.mark.django_db
CHINESE = {"accept-language": "zh-hans"}


def undelivered(key: str = "k1") -> object:
    found = queued(key)
    give_up_unserved([], by=SENDER, at=AT + timedelta(days=5))
    return found


def test_the_list_names_nobody_and_opening_one_is_noted() -> None:
    message = undelivered()
    chief = signed_in(person("chief", "supervisor"))
    page = chief.get("/desk/messages").content.decode()
    assert "No gateway is set up" in page
    assert TO["email"] not in page
    assert PersonalRead.objects.count() == 0
    shown = chief.get(f"/desk/messages/{message}").content.decode()
    assert TO["email"] in shown
    assert "Reminder" in shown
    assert PersonalRead.objects.get().purpose == queries.PURPOSE
    assert "未送达的消息" in chief.get("/desk/messages", headers=CHINESE).content.decode()


def test_it_is_tried_again_or_settled_by_a_button() -> None:
    message, other = undelivered(), undelivered("k2")
    chief = signed_in(person("chief", "supervisor"))
    assert chief.post(f"/desk/messages/{message}/retry").status_code == 302
    assert state_of(message)[0] == WAITING  # type: ignore[arg-type]  # an id
    assert chief.post(f"/desk/messages/{message}/retry").status_code == 409
    assert chief.post(f"/desk/messages/{other}/settle").status_code == 302
    assert state_of(other)[0] == SETTLED  # type: ignore[arg-type]  # an id


@pytest.mark.parametrize("role", ["call_taker", "dispatcher", "crew", "administrator"])
def test_other_roles_find_nothing_there(role: str) -> None:
    message = undelivered()
    client, before = signed_in(person("other", role)), journal_size()
    assert client.get("/desk/messages").status_code == 403
    assert client.get(f"/desk/messages/{message}").status_code == 404
    for what in ("retry", "settle"):
        assert client.post(f"/desk/messages/{message}/{what}").status_code in (403, 404)
    assert (journal_size(), Message.objects.get().state) == (before, UNDELIVERED)


def test_ones_own_addresses_are_set_corrected_and_emptied() -> None:
    client = signed_in(person("somebody", "dispatcher"))
    wrong = client.post("/account/reach", {"email": "nobody", "sms": ""})
    assert wrong.status_code == 422
    assert Reach.objects.count() == 0
    client.post("/account/reach", {"email": TO["email"], "sms": "+1 555 010-4711"})
    page = client.get("/account/reach").content.decode()
    assert TO["email"] in page
    assert TO["sms"] in page
    client.post("/account/reach", {"email": "", "sms": ""})
    assert Reach.objects.filter(sealed__isnull=False).count() == 0
    assert "我的消息接收方式" in client.get("/account/reach", headers=CHINESE).content.decode()
    assert signed_in(None).get("/account/reach").status_code == 302
