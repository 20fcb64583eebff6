# SPDX-License-Identifier: Apache-2.0
"""The admin is for configuration only, through the same actions: journalled, and can be taken back."""

import pytest

import callbox.urls  # noqa: F401 - hangs every room on the site
from callbox.access.domain import ROLES
from callbox.access.models import Agency, Grant, Person
from callbox.access.site import site
from callbox.dispatch.models import Station, Unit
from callbox.journal.queries import history
from tests.scenes import my_unit
from tests.signed_in import Signed, person, signed_in
from tests.world import journal_size

pytestmark = pytest.mark.django_db
FIRE = {"code": "fire2", "name_en": "Fire two", "name_zh": "消防二", "kind": "fire"}


@pytest.fixture
def admin() -> Signed:
    return signed_in(person("admin", "administrator"))


def test_only_configuration_is_there() -> None:
    assert {model for model, _admin in site._registry.items()} == {Agency, Person, Grant, Station, Unit}


@pytest.mark.parametrize("role", ROLES)
def test_only_who_may_change_configuration_gets_in(role: str) -> None:
    answer = signed_in(person("somebody", role)).get("/admin/", follow=True)
    led = [address for address, _status in answer.redirect_chain]
    assert (led == []) is (role == "administrator")
    assert led == [] or led[-1].startswith("/sign-in?next=")


def test_a_save_is_an_action_that_the_journal_keeps(admin: Signed) -> None:
    before = journal_size()
    assert admin.post("/admin/access/agency/add/", FIRE).status_code == 302
    made = Agency.objects.get(code="fire2")
    [entry] = history(made.pk)
    assert (journal_size() - before, entry.move, entry.facts["name_en"]) == (1, "open", "Fire two")
    assert entry.actor.startswith("person:")


def test_a_change_can_be_taken_back(admin: Signed) -> None:
    admin.post("/admin/access/agency/add/", FIRE)
    made = Agency.objects.get(code="fire2")
    changed = {"name_en": "Wrong", "name_zh": "错", "kind": "fire"}
    assert admin.post(f"/admin/access/agency/{made.pk}/change/", changed).status_code == 302
    assert Agency.objects.get(pk=made.pk).name_en == "Wrong"
    back = {"action": "take_back", "_selected_action": [str(made.pk)]}
    assert admin.post("/admin/access/agency/", back).status_code == 302
    assert Agency.objects.get(pk=made.pk).name_en == "Fire two"
    assert [entry.move for entry in history(made.pk)] == ["open", "change", "change"]


def test_what_was_never_changed_says_so(admin: Signed) -> None:
    admin.post("/admin/access/agency/add/", FIRE)
    made = Agency.objects.get(code="fire2")
    back = {"action": "take_back", "_selected_action": [str(made.pk)]}
    page = admin.post("/admin/access/agency/", back, follow=True).content.decode()
    assert "nothing to go back to" in page


def test_a_station_moves_and_goes_back(admin: Signed) -> None:
    my_unit()
    post = Station.objects.get()
    said = {"name": post.name, "agency": str(post.agency_id), "lon": "-122.4", "lat": "37.7"}
    assert admin.post(f"/admin/dispatch/station/{post.pk}/change/", said).status_code == 302
    assert Station.objects.get().lon == -122.4
    admin.post("/admin/dispatch/station/", {"action": "take_back", "_selected_action": [str(post.pk)]})
    assert Station.objects.get().lon == post.lon


def test_a_grant_begins_and_ends(admin: Signed) -> None:
    lin = person("lin")
    grant = {"person": str(lin.pk), "role": "dispatcher", "keys": ""}
    assert admin.post("/admin/access/grant/add/", grant).status_code == 302
    given = Grant.objects.get(person=lin)
    assert signed_in(Person.objects.get(pk=lin.pk)).get("/api/queue").status_code == 200
    admin.post("/admin/access/grant/", {"action": "take_back", "_selected_action": [str(given.pk)]})
    assert Grant.objects.get(pk=given.pk).until is not None
    assert [entry.move for entry in history(lin.pk)][-1] == "end_grant"


def test_people_and_units_are_added(admin: Signed) -> None:
    my_unit()
    agency = Agency.objects.get(code="fire")
    new = {"username": "lin", "name": "Lin", "agency": str(agency.pk), "new_password": "made-up password 2"}
    assert admin.post("/admin/access/person/add/", new).status_code == 302
    assert Person.objects.get(username="lin").check_password("made-up password 2")
    unit = {
        "callsign": "T02",
        "agency": str(agency.pk),
        "kind": "truck",
        "capabilities": ["ladder"],
        "station": "",
    }
    assert admin.post("/admin/dispatch/unit/add/", unit).status_code == 302
    assert Unit.objects.get(callsign="T02").matter.state == "off_duty"


@pytest.mark.parametrize(
    "model", ["access/agency", "access/person", "access/grant", "dispatch/station", "dispatch/unit"]
)
def test_nothing_is_deleted_and_every_list_opens(admin: Signed, model: str) -> None:
    my_unit()
    assert admin.get(f"/admin/{model}/").status_code == 200
    assert admin.get(f"/admin/{model}/add/").status_code == 200
    row = {"agency": Agency, "person": Person, "grant": Grant, "station": Station, "unit": Unit}[
        model.split("/")[1]
    ]
    found = row.objects.first()  # type: ignore[attr-defined]  # each of them has it
    before = row.objects.count()  # type: ignore[attr-defined]  # each of them has it
    assert admin.post(f"/admin/{model}/{found.pk}/delete/", {"post": "yes"}).status_code == 403
    assert row.objects.count() == before  # type: ignore[attr-defined]  # each of them has it
