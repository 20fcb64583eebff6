# SPDX-License-Identifier: Apache-2.0
"""A crew's phone in a real browser, with and without network, against a running installation."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from callbox.dispatch.actions import assign_unit, move_assignment
from callbox.dispatch.models import Assignment, Position, Unit
from callbox.incidents.models import Incident
from callbox.incidents.personal import remark_told
from callbox.journal.queries import history
from tests.browser import shot
from tests.browser_crew.conftest import SMALL, Phones
from tests.signed_in import person
from tests.world import dispatcher, incident, unit

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
ON_THE_WAY = timedelta(seconds=1)  # the time a message takes counts as the phone's error
PLACE = {"latitude": 37.7793, "longitude": -122.4192}


class Scene:
    """A unit with its crew member, sent to a fire; `page` is the crew's phone."""

    def __init__(self, phones: Phones, *, assigned: bool = True, **more: Any) -> None:
        self.unit = unit("E07")
        keys = (f"unit:{self.unit.pk}",)
        self.crew = person("crew-e07", "crew", keys=keys)
        self.fire = incident(lon=-122.4156, lat=37.7773)
        self.assignment = self.assign(self.fire) if assigned else None
        self.context = phones.open(self.crew, geolocation=PLACE, permissions=["geolocation"], **more)
        self.page = self.open()

    def assign(self, to: Incident, **more: Any) -> Assignment:
        return assign_unit(to.pk, self.unit.pk, by=dispatcher(), at=timezone.now(), **more)

    def open(self) -> Page:
        page = self.context.new_page()
        page.goto("/crew")
        return page


def ready(page: Page) -> None:
    """The worker has taken the page over and kept all files, so that it opens without network."""
    expect(page.locator("body[data-kept]")).to_be_attached()


def press(page: Page, name: str) -> None:
    button = page.locator("[data-next]")
    expect(button).to_have_text(name)
    expect(button).not_to_have_attribute("aria-disabled", "true")
    button.click()


def all_sent(page: Page) -> None:
    expect(page.locator("[data-sending]")).to_be_hidden()
    expect(page.locator("[data-log] .is-waiting")).to_have_count(0)


def moves(assignment: Assignment | None) -> list[str]:
    assert assignment is not None
    return [entry.move for entry in history(assignment.pk)][1:]


def test_every_step_with_network(phones: Phones) -> None:
    scene = Scene(phones)
    page = scene.page
    expect(page.locator("[data-active]")).to_contain_text("made-up address 1")
    expect(page.locator("[data-route-sum]")).to_contain_text("km")
    shot(page, "crew-assigned-phone-en")
    for name in ("Acknowledge", "En route", "On scene", "Clear"):
        press(page, name)
    expect(page.locator("[data-log] li")).to_have_count(4)
    all_sent(page)
    expect(page.locator("[data-empty]")).to_be_visible()
    assert moves(scene.assignment) == ["acknowledge", "go", "arrive", "clear"]


def test_pressed_without_network_is_sent_once_in_order_with_both_times(phones: Phones) -> None:
    scene = Scene(phones)
    page = scene.page
    ready(page)
    expect(page.locator("[data-next]")).to_have_text("Acknowledge")
    scene.context.set_offline(True)
    began = timezone.now()
    press(page, "Acknowledge")
    press(page, "En route")
    expect(page.locator("[data-sending-text]")).to_contain_text("2 waiting to be sent")
    expect(page.locator("[data-log] .is-waiting")).to_have_count(2)
    shot(page, "crew-offline-phone-en", full=True)
    page.reload()
    expect(page.locator("[data-sending-text]")).to_contain_text("2 waiting to be sent")
    expect(page.locator("[data-active]")).to_contain_text("made-up address 1")
    press(page, "On scene")
    expect(page.locator("[data-sending-text]")).to_contain_text("3 waiting to be sent")
    assert moves(scene.assignment) == []
    ended = timezone.now()
    scene.context.set_offline(False)
    all_sent(page)
    entries = history(scene.assignment.pk)[1:]  # type: ignore[union-attr]  # it was assigned
    assert [entry.move for entry in entries] == ["acknowledge", "go", "arrive"]
    assert began <= entries[0].at <= entries[1].at <= entries[2].at <= ended + ON_THE_WAY
    assert all(entry.recorded_at > ended for entry in entries)
    assert all(datetime.fromisoformat(str(entry.facts["pressed_at"])) for entry in entries)


@pytest.mark.parametrize("hours", [1, -1])
def test_a_phone_an_hour_off(phones: Phones, hours: int) -> None:
    scene = Scene(phones, assigned=False)
    scene.page.close()
    scene.context.add_init_script(
        f"const off = {hours} * 3600000, real = Date.now.bind(Date), Old = Date;"
        "globalThis.Date = class extends Old { constructor(...a) { a.length ? super(...a) : super(real() + off); }"
        " static now() { return real() + off; } };"
    )
    scene.assignment = scene.assign(scene.fire)
    page = scene.open()
    ready(page)
    scene.context.set_offline(True)
    began = timezone.now()
    press(page, "Acknowledge")
    expect(page.locator("[data-sending-text]")).to_contain_text("1 waiting")
    ended = timezone.now()
    scene.context.set_offline(False)
    all_sent(page)
    entry = history(scene.assignment.pk)[1]
    assert began <= entry.at <= ended + ON_THE_WAY
    claimed = datetime.fromisoformat(str(entry.facts["pressed_at"]))
    assert timedelta(minutes=59) < (claimed - entry.at) * hours < timedelta(minutes=61)


def test_a_new_assignment_appears_by_itself_and_alarms(phones: Phones) -> None:
    scene = Scene(phones, assigned=False)
    page = scene.page
    expect(page.locator("[data-empty-title]")).to_have_text("Nothing assigned")
    expect(page.locator("[data-connection-text]")).to_have_text("Live")
    shot(page, "crew-free-phone-en")
    scene.assignment = scene.assign(scene.fire)
    expect(page.locator("[data-news-text]")).to_contain_text("NEW ASSIGNMENT")
    expect(page.locator("[data-next]")).to_have_text("Acknowledge")
    shot(page, "crew-news-phone-en")
    move_assignment(scene.assignment.pk, "acknowledge", radio=True, by=dispatcher(), at=timezone.now())
    expect(page.locator("[data-next]")).to_have_text("En route")


def test_position_is_sent_on_duty_only(phones: Phones) -> None:
    scene = Scene(phones, assigned=False)
    page = scene.page
    page.get_by_role("button", name="Menu").click()
    expect(page.locator("strong[data-position]")).to_contain_text("Position sent at")
    shot(page, "crew-menu-phone-en", full=True)
    assert Position.objects.get(unit=scene.unit).lat == pytest.approx(PLACE["latitude"])
    page.get_by_role("button", name="End duty").click()
    page.get_by_role("button", name="Menu").click()
    expect(page.locator("strong[data-position]")).to_have_text("Off duty: no position is sent.")
    all_sent(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    scene.context.set_geolocation({"latitude": 37.78, "longitude": -122.42})
    page.reload()
    expect(page.locator("[data-empty-title]")).to_have_text("Off duty")
    assert not [url for url in asked if url.endswith("/position")]
    page.locator("[data-begin-duty]").click()
    expect(page.locator("[data-empty-title]")).to_have_text("Nothing assigned")


def test_not_available_needs_a_reason(phones: Phones) -> None:
    scene = Scene(phones, assigned=False)
    page = scene.page
    expect(page.locator("[data-empty-title]")).to_have_text("Nothing assigned")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Not available").click()
    expect(page.locator("#status")).to_contain_text("Choose a reason")
    page.get_by_label("Reason").select_option(label="Vehicle fault")
    page.get_by_role("button", name="Not available").click()
    expect(page.locator("[data-unit-state]")).to_have_text("Not available: Vehicle fault")
    all_sent(page)
    assert Unit.objects.get(pk=scene.unit.pk).reason == "vehicle_fault"


def test_the_alarm_by_holding_and_by_two_presses(phones: Phones) -> None:
    scene = Scene(phones)
    page = scene.page
    expect(page.locator("[data-next]")).to_have_text("Acknowledge")
    alarm = page.locator("[data-alarm]")
    # In one go: on a busy machine a slow click is a hold, and a slow second press comes after the few seconds.
    after_one = alarm.evaluate(
        "b => { b.click(); const said = b.ownerDocument.querySelector('[data-alarm-text]').textContent;"
        " b.click(); return said; }"
    )
    assert after_one == "Press again for the ALARM"
    expect(page.locator("[data-news-text]")).to_contain_text("The desk has your safety alarm")
    all_sent(page)
    page.locator("[data-news-hide]").click()
    alarm.hover()
    page.mouse.down()
    expect(page.locator("[data-news-text]")).to_contain_text("The desk has your safety alarm")
    page.mouse.up()
    all_sent(page)
    shot(page, "crew-alarm-phone-en")
    assert [entry.move for entry in history(scene.fire.pk)].count("safety_alarm") == 2


def test_stacked_found_and_remarks_without_network(phones: Phones) -> None:
    scene = Scene(phones)
    behind = scene.assign(incident("MED.CHEST", lon=-122.42, lat=37.78), stack=True)
    page = scene.page
    ready(page)
    expect(page.locator("[data-stacked] li")).to_have_count(1)
    scene.context.set_offline(True)
    press(page, "Acknowledge")
    page.get_by_text("Write a remark").click()
    page.get_by_label("Remark", exact=True).fill("Made-up: the gate is open.")
    page.get_by_role("button", name="Send the remark").click()
    page.get_by_text("Report an incident you came upon").click()
    page.get_by_label("What is it?").select_option(label="Traffic accident with injury")
    page.get_by_label("Where is it?").fill("Made-up bridge, east end")
    page.get_by_role("button", name="Report it").click()
    expect(page.locator("[data-active]")).to_contain_text("Made-up bridge, east end")
    expect(page.locator("[data-stacked] li")).to_have_count(2)
    shot(page, "crew-found-phone-en", full=True)
    press(page, "Clear")
    scene.context.set_offline(False)
    all_sent(page)
    found = Incident.objects.get(type="TRA.INJURY")
    assert [row.clear_at is not None for row in Assignment.objects.filter(incident_id=found.pk)] == [True]
    assert remark_told(scene.fire.remarks.get()).text == "Made-up: the gate is open."
    expect(page.locator("[data-active]")).to_contain_text("made-up address 1")
    page.locator("[data-stacked] button").click()
    expect(page.locator("[data-log] [data-what=activate]")).to_have_count(1)
    all_sent(page)
    assert Assignment.objects.get(pk=behind.pk).active


def test_a_refused_press_says_so(phones: Phones) -> None:
    scene = Scene(phones)
    page = scene.page
    ready(page)
    expect(page.locator("[data-next]")).to_have_text("Acknowledge")
    scene.context.set_offline(True)
    press(page, "Acknowledge")
    move_assignment(scene.assignment.pk, "acknowledge", radio=True, by=dispatcher(), at=timezone.now())  # type: ignore[union-attr]  # it was assigned
    scene.context.set_offline(False)
    expect(page.locator("[data-log] .is-refused")).to_contain_text("Not taken")
    expect(page.locator("[data-next]")).to_have_text("En route")
    all_sent(page)


def test_who_is_not_signed_in_is_sent_to_the_sign_in(phones: Phones) -> None:
    page = phones.open().new_page()
    page.goto("/crew")
    expect(page).to_have_url(re.compile(r"/sign-in\?next=%2Fcrew"))


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_narrow_screens_and_the_map(phones: Phones, locale: str) -> None:
    scene = Scene(phones, viewport=SMALL, locale=locale)
    page = scene.page
    expect(page.locator("[data-active]")).to_contain_text("made-up address 1")
    expect(page.locator("[data-route-sum]")).to_contain_text(re.compile("km|公里"))
    language = locale[:2]
    shot(page, f"crew-320-{language}")
    shot(page, f"crew-320-full-{language}", full=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]
    page.locator("[data-map-part] > summary").click()
    expect(page.locator("#crew-map")).to_have_attribute("data-ready", "")
    page.locator("[data-streets] > summary").click()
    page.locator("[data-menu-button]").click()
    shot(page, f"crew-open-{language}", full=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]
    assert "%(" not in page.locator("body").inner_text()
