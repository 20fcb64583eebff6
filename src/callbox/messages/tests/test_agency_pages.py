# SPDX-License-Identifier: Apache-2.0
"""Where agencies are told: kept by an administrator, sealed, each look noted; refusals change nothing."""

import pytest
from tests.signed_in import person, signed_in
from tests.world import AT, SETUP, journal_size

from callbox.access.actions import agency_id, define_agency
from callbox.access.models import PersonalRead
from callbox.messages import queries
from callbox.messages.models import Reach
from callbox.messages.telling import addresses

pytestmark = pytest.mark.django_db
CHINESE = {"accept-language": "zh-hans"}
LIST = "/desk/agencies/reached"
SAID = {"email": "roads@city.example", "sms": "+1 555 010-4711", "language": "zh-hans"}


@pytest.fixture(autouse=True)
def roads() -> str:
    define_agency("roads", "Roads", "道路处", "city", by=SETUP, at=AT)
    return f"{LIST}/{agency_id('roads')}"


def test_an_administrator_keeps_them_and_the_agency_is_told_there(roads: str) -> None:
    client, holder = signed_in(person("admin", "administrator")), f"agency:{agency_id('roads')}"
    assert "Its people alone" in client.get(LIST).content.decode()
    assert client.post(roads, SAID).status_code == 302
    page = client.get(LIST).content.decode()
    assert "Mail, Text message" in page
    assert SAID["email"] not in page
    assert PersonalRead.objects.count() == 0
    shown = client.get(roads).content.decode()
    assert SAID["email"] in shown
    assert "+15550104711" in shown
    assert PersonalRead.objects.filter(subject="reach").count() == 2
    assert list(addresses([holder])) == [(holder, ("email", SAID["email"], "zh-hans"))]
    assert "道路处" in client.get(LIST, headers=CHINESE).content.decode()
    client.post(roads, {**SAID, "email": "", "sms": ""})
    assert Reach.objects.filter(sealed__isnull=False).count() == 0
    assert list(addresses([holder])) == []


@pytest.mark.parametrize(
    ("said", "status"),
    [({**SAID, "email": "nobody"}, 422), ({**SAID, "sms": "call me"}, 422)],
)
def test_an_address_that_is_none_is_refused(roads: str, said: dict[str, str], status: int) -> None:
    client = signed_in(person("admin", "administrator"))
    before = journal_size()
    answer = client.post(roads, said)
    assert (answer.status_code, journal_size(), Reach.objects.count()) == (status, before, 0)
    assert said["email"] in answer.content.decode()


@pytest.mark.parametrize("role", ["call_taker", "dispatcher", "crew", "agency_desk", "supervisor"])
def test_other_roles_neither_see_nor_change_them(roads: str, role: str) -> None:
    signed_in(person("admin", "administrator")).post(roads, SAID)
    client = signed_in(person("other", role))
    before = journal_size()
    assert client.get(LIST).status_code == 403
    assert client.get(roads).status_code == 404
    assert client.post(roads, {**SAID, "email": ""}).status_code == 404
    assert (journal_size(), PersonalRead.objects.count()) == (before, 0)
    assert Reach.objects.filter(sealed__isnull=False).count() == 2


def test_an_agency_that_is_none_is_not_found() -> None:
    client = signed_in(person("admin", "administrator"))
    assert client.get(f"{LIST}/00000000-0000-0000-0000-000000000000").status_code == 404
    assert signed_in(None).get(LIST).status_code == 302
    assert queries.MANAGE == "reach.manage"
