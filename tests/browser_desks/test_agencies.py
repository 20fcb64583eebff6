# SPDX-License-Identifier: Apache-2.0
"""A dispatcher calls agencies by a plan; an agency's desk accepts, feeds back and closes: in both languages."""

from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from callbox.coordination.actions import accept_task, add_task, withdraw_task
from callbox.coordination.models import Response, Task
from callbox.incidents.actions import Kind, Where, add_remark
from callbox.incidents.linking import open_for_call
from callbox.incidents.pictures import add_incident_picture
from callbox.matters.models import Matter, Part
from callbox.pictures.tests.pictures import pattern, saved
from tests.axe import check_axe
from tests.browser import shot
from tests.live import DESKTOP, PHONE, SENDER, Live
from tests.signed_in import person, signed_in
from tests.world import call_taker, dispatcher

pytestmark = pytest.mark.browser
AMBULANCE, WATCHING = "ambulance-desk", "fire-desk"


@pytest.fixture
def desks(site: Live) -> Live:
    """Somebody at the desks of two agencies."""
    for name, agency in ((AMBULANCE, "ems"), (WATCHING, "fire")):
        site.people[name] = signed_in(person(name, "agency_desk", agency=agency))
    return site


def incident() -> UUID:
    where = Where(-122.4194, 37.7749, "made-up address 1", "made-up note")
    opened = open_for_call(where, Kind("FIRE.BUILDING"), by=call_taker(), at=timezone.now())
    return opened.matter_id


def looked_at(page: Page, name: str, language: str) -> None:
    """It fits, speaks the language, and axe finds nothing."""
    expect(page.locator("html")).to_have_attribute("lang", language)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    check_axe(page)
    shot(page, f"agencies-{name}-{language}", full=True)


def press(page: Page, key: str) -> None:
    """Press a key once the page's scripts are there."""
    expect(page.locator("[data-connection]")).to_have_attribute("data-state", "live")
    page.keyboard.press(key)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_agencies_are_called_and_one_of_them_does_its_part(
    desks: Live, browser: Browser, language: str
) -> None:
    found = incident()
    page = desks.open(browser, SENDER, f"/desk/handling/{found}", language=language)
    page.locator("input[name=level][value='2']").check()
    page.locator("form[action$='/respond'] button").click()
    expect(page.locator("[data-part]")).to_have_count(5)
    assert Response.objects.get(incident=found).lead.code == "fire"
    looked_at(page, "handling", language)

    ours = Task.objects.get(incident=found, agency__code="ems")
    phone = desks.open(browser, AMBULANCE, "/desk/tasks", language=language, size=PHONE)
    expect(phone.locator("[data-task]")).to_have_count(1)
    looked_at(phone, "tasks-phone", language)
    phone.locator(f"[data-task='{ours.pk}'] a").click()
    expect(phone.locator("[data-state=alerted]")).to_be_visible()
    looked_at(phone, "task-phone", language)
    expect(phone.locator("[data-connection]")).to_have_attribute(
        "data-state", "live"
    )  # its scripts are there
    phone.keyboard.press("a")
    expect(phone.locator("[data-state=accepted]")).to_be_visible()
    press(phone, "o")
    expect(phone.locator("[data-state=on_site]")).to_be_visible()
    phone.locator("textarea[name=words]").fill("made-up: two carried")
    phone.locator("form[action$='/feed_back'] button").click()
    expect(phone.locator("[data-state=fed_back]")).to_be_visible()
    phone.set_viewport_size(DESKTOP)  # type: ignore[arg-type]  # Playwright's own typed dict
    looked_at(phone, "task", language)
    phone.locator("form[action$='/close'] button").click()
    expect(phone.locator("[data-state=closed]")).to_be_visible()
    assert Matter.objects.get(pk=ours.pk).final

    other = desks.open(browser, WATCHING, f"/desk/handling/{found}", language=language, size=PHONE)
    expect(other.locator(".timeline-remark")).to_contain_text("made-up: two carried")
    expect(other.locator("form[action$='/respond']")).to_have_count(0)
    other.goto(f"{desks.address}/desk/tasks/{ours.pk}")
    expect(other.locator("[data-state]:not([data-connection])")).to_have_count(0)
    other.goto(f"{desks.address}/desk/handling/{found}/report")
    looked_at(other, "report-phone", language)


def test_a_dispatcher_adds_withdraws_and_waives(desks: Live, browser: Browser) -> None:
    found = incident()
    page = desks.open(browser, SENDER, "/desk/dispatch")
    page.locator("#incidents [role=option]").first.click()
    page.locator("#detail-keys [data-page-of^='/desk/handling']").click()
    expect(page.locator(f"[data-handling='{found}']")).to_be_visible()
    for agency, work in (("ems", "treat"), ("city", "water")):
        page.locator("[data-add] summary").click()
        page.locator("[data-add] select[name=agency]").select_option(agency)
        page.locator("[data-add] select[name=work]").select_option(work)
        page.locator("[data-add] form button").click()
        expect(
            page.locator(f"[data-part]:has-text('{'Treat' if work == 'treat' else 'water'}')")
        ).to_have_count(1)
    first, second = Task.objects.filter(incident=found).order_by("alerted_at")
    page.locator(f"[data-change='{first.pk}'] summary").click()
    page.locator(f"[data-change='{first.pk}'] form[action$='/withdraw'] button").click()
    expect(page.locator(f"[data-change='{first.pk}']")).to_have_count(0)
    assert Response.objects.get(incident=found).lead_id == second.agency_id
    page.locator(f"[data-change='{second.pk}'] summary").click()
    page.locator(f"[data-change='{second.pk}'] form[action$='/waive'] button").click()
    expect(page.locator("form[action$='/waive']")).to_have_count(0)
    assert Part.objects.get(part=second.pk).waived


def test_pages_keep_up_by_themselves_and_what_is_being_written_stays(desks: Live, browser: Browser) -> None:
    found = incident()
    add_task(found, "ems", "treat", by=dispatcher(), at=timezone.now())
    add_task(found, "fire", "fight_fire", by=dispatcher(), at=timezone.now())
    ours = Task.objects.get(incident=found, agency__code="ems")
    page = desks.open(browser, AMBULANCE, f"/desk/tasks/{ours.pk}")
    expect(page.locator("[data-connection]")).to_have_attribute("data-state", "live")
    expect(page.locator(".coordination-map canvas")).to_be_visible()
    page.evaluate("document.body.dataset.same = 'yes'")
    page.locator("#id_remark").fill("half a sentence")
    add_remark(found, "made-up: from the desk", by=dispatcher(), at=timezone.now())
    expect(page.locator(".timeline-remark")).to_contain_text("made-up: from the desk")
    add_incident_picture(found, saved(pattern(640, 480)), by=dispatcher(), at=timezone.now())
    expect(page.locator("#pictures .picture img")).to_have_count(1)
    accept_task(ours.pk, by=dispatcher(), at=timezone.now())
    expect(page.locator("[data-state=accepted]")).to_be_visible()
    expect(page.locator("#id_remark")).to_have_value("half a sentence")
    page.locator("#id_picture").set_input_files(
        {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": saved(pattern(1200, 900))}
    )
    expect(page.locator("#pictures .picture img")).to_have_count(2)
    assert page.evaluate("document.body.dataset.same") == "yes", "it was not loaded anew"
    looked_at(page, "task-kept-up", "en")
    withdraw_task(ours.pk, "not_needed", by=dispatcher(), at=timezone.now())
    expect(page.locator("[data-task]")).to_have_count(0, timeout=40_000)
