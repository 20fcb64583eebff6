# SPDX-License-Identifier: Apache-2.0
"""The pages of a task and of an incident's handling: remarks with their agency, pictures, the map."""

from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from django.utils.html import strip_tags
from tests.signed_in import Signed, person, signed_in
from tests.world import AT, LATER, dispatcher

from callbox.access.actions import agency_id
from callbox.access.models import PersonalRead
from callbox.coordination import actions
from callbox.coordination.tests.scene import ABSENT, desk_of, fire, task_of, town
from callbox.coordination.tests.signing import system_of
from callbox.incidents.actions import close_incident
from callbox.incidents.linking import waive_incident_part
from callbox.incidents.models import Remark
from callbox.incidents.pictures import add_incident_picture
from callbox.matters.queries import calendar_in_force
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


def test_the_printed_report_shows_the_pictures(found: Any) -> None:
    added = add_incident_picture(found.pk, telling_jpeg(), by=desk_of("ems"), at=timezone.now())
    shown = page(signed_in(person("sends", "dispatcher")), f"/desk/handling/{found.pk}/report")
    assert f'src="/api/pictures/{added.pk}"' in shown
    assert "Picture 1" in shown


def test_the_times_of_the_story_are_those_of_the_city(found: Any) -> None:
    desk, zone = signed_in(person("sends", "dispatcher")), calendar_in_force().zone
    add_incident_picture(found.pk, telling_jpeg(), by=desk_of("ems"), at=LATER)
    for address in (f"/desk/handling/{found.pk}", f"/desk/handling/{found.pk}/report"):
        shown = page(desk, address)
        assert f"{AT.astimezone(zone):%Y-%m-%d %H:%M:%S}" in shown
        assert f"{AT:%Y-%m-%d %H:%M:%S}" not in shown
    assert f"{LATER.astimezone(zone):%Y-%m-%d %H:%M}" in shown
    assert zone.key in shown
    assert f"{AT.astimezone(zone):%H:%M:%S}" in page(at_desk("ems"), task_page(found.pk, "ems"))


def test_the_report_tells_why_each_agency_left_what_came_of_it_and_how_it_ended(found: Any) -> None:
    by, ems, gas = dispatcher(), task_of(found.pk, "ems").pk, task_of(found.pk, "city", "gas").pk
    actions.refuse_task(ems, "no_people", by=desk_of("ems"), at=LATER)
    actions.pass_task_on(ems, ABSENT, "nearer", by=by, at=LATER)
    actions.withdraw_task(task_of(found.pk, "police").pk, "done_by_others", by=by, at=LATER)
    actions.accept_task(gas, by=desk_of("city"), at=LATER)
    actions.feed_back(gas, "done", by=desk_of("city"), at=LATER)
    for part in (ems, task_of(found.pk, "fire").pk, task_of(found.pk, "city", "water").pk):
        waive_incident_part(found.pk, part, "goes_on_after", by=by, at=LATER)
    close_incident(found.pk, "handled", by=by, at=LATER)
    shown = page(signed_in(person("sends", "dispatcher")), f"/desk/handling/{found.pk}/report")
    told = [
        strip_tags(line.split("</time>")[1].split("</li>")[0]).strip() for line in shown.split("<li>")[1:]
    ]
    for line in (
        "Ems cannot: Treat and carry the injured (Nobody is free)",
        "Ems passed on: Treat and carry the injured (Another one is nearer)",
        "Police need not any more: Cordon off and direct traffic (Others have done it)",
        "City fed back: Switch off gas (Done)",
        "Water is not waited for: Treat and carry the injured (It goes on after the incident)",
        "Incident closed (Dealt with at the scene)",
    ):
        assert line in told, told
