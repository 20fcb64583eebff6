# SPDX-License-Identifier: Apache-2.0
"""The pages of a task and of an incident's handling: remarks with their agency, pictures, the map."""

from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from tests.signed_in import Signed, person, signed_in
from tests.world import LATER, dispatcher

from callbox.access.actions import agency_id
from callbox.access.models import PersonalRead
from callbox.coordination import actions
from callbox.coordination.tests.scene import desk_of, fire, task_of, town
from callbox.coordination.tests.signing import system_of
from callbox.incidents.models import Remark
from callbox.incidents.pictures import add_incident_picture
from callbox.pictures.tests.pictures import telling_jpeg

pytestmark = pytest.mark.django_db


def at_desk(code: str) -> Signed:
    """Somebody who works at an agency's desk, with a name that others need not know."""
    return signed_in(
        person(f"{code}-person", "agency_desk", keys=(f"agency:{agency_id(code)}",), agency=code)
    )


@pytest.fixture
def found(db: None) -> Any:
    town()
    return fire(2)


def page(client: Signed, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def task_page(incident_id: UUID, code: str) -> str:
    return f"/desk/tasks/{task_of(incident_id, code).pk}"


def test_a_remark_says_from_which_agency_it_is_and_not_from_whom(found: Any) -> None:
    ems, police = at_desk("ems"), at_desk("police")
    answer = ems.post(f"{task_page(found.pk, 'ems')}/remark", {"words": "made-up: gate is locked"})
    assert answer.status_code == 302
    system_of("city").post(
        f"/tasks/{task_of(found.pk, 'city', 'gas').pk}/remarks", {"words": "made-up: gas off"}
    )
    shown = page(police, task_page(found.pk, "police"))
    for name, words in (("Ems", "gate is locked"), ("City", "gas off")):
        line = next(line for line in shown.split("<li") if words in line)
        assert f"<strong>{name}</strong>" in line
    assert "ems-person" not in shown
    assert PersonalRead.objects.filter(subject="incident", purpose="handle").count() == 1


def test_the_desk_that_leads_it_all_remarks_too(found: Any) -> None:
    desk = signed_in(person("sends", "dispatcher"))
    answer = desk.post(f"/desk/handling/{found.pk}/remark", {"words": "made-up: use the north gate"})
    assert (answer.status_code, Remark.objects.count()) == (302, 1)
    assert "north gate" in page(at_desk("ems"), task_page(found.pk, "ems"))


def test_a_picture_is_seen_by_all_who_take_part_until_they_leave(found: Any) -> None:
    added = add_incident_picture(found.pk, telling_jpeg(), by=desk_of("ems"), at=timezone.now())
    police, ems = at_desk("police"), at_desk("ems")
    assert str(added.pk) in page(police, task_page(found.pk, "police"))
    assert police.get(f"/api/pictures/{added.pk}").status_code == 200
    assert str(added.pk) in page(ems, f"/desk/handling/{found.pk}")
    actions.withdraw_task(task_of(found.pk, "police").pk, "not_needed", by=dispatcher(), at=LATER)
    for address in (
        task_page(found.pk, "police"),
        f"/desk/handling/{found.pk}",
        f"/desk/handling/{found.pk}/report",
        f"/api/pictures/{added.pk}",
        f"/api/pictures/{added.pk}/preview",
    ):
        assert police.get(address).status_code == 404, address
    assert police.post(f"/desk/handling/{found.pk}/remark", {"words": "still here"}).status_code == 404
    assert Remark.objects.count() == 0


def test_the_map_shows_where_it_is(sf_city: None, found: Any) -> None:
    shown = page(at_desk("ems"), task_page(found.pk, "ems"))
    assert 'data-map data-tiles="/map/' in shown
    assert '"lon": -122.' in shown


def test_every_part_that_redraws_itself_has_a_key_that_changes_with_it(found: Any) -> None:
    ems, address = at_desk("ems"), task_page(found.pk, "ems")

    def keys() -> dict[str, str]:
        parts = page(ems, address).split('data-live="')[1:]
        return {part.split('"')[0]: part.split('data-key="')[1].split('"')[0] for part in parts}

    before = keys()
    actions.accept_task(task_of(found.pk, "ems").pk, by=desk_of("ems"), at=LATER)
    after = keys()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == set(before) - {"pictures"}
