# SPDX-License-Identifier: Apache-2.0
"""Pictures at the desks: beside the incident and the call in hand, large when pressed, each look noted."""

from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from callbox.access.models import PersonalRead
from callbox.incidents.pictures import add_incident_picture
from callbox.intake.models import Call, CallContact
from callbox.intake.pictures import add_reported_picture
from callbox.pictures.tests.pictures import pattern, saved
from tests.browser import shot
from tests.browser_desks.steps import board, contact, incident, until
from tests.live import PHONE, SENDER, TAKER, Live
from tests.world import call_taker, dispatcher

pytestmark = pytest.mark.browser
SCENE = saved(pattern(1200, 900))
LOADED = (
    "(name) => [...document.querySelectorAll(name)].every((each) => each.complete && each.naturalWidth > 0)"
)


def previews(page: Page, name: str, count: int) -> None:
    expect(page.locator(name)).to_have_count(count)
    until(page, LOADED, name)


def test_a_dispatcher_sees_what_the_crew_sent_as_soon_as_it_is_there(site: Live, browser: Browser) -> None:
    made = incident(site)
    page = board(site, browser, SENDER, path=f"/desk/dispatch?incident={made['id']}")
    expect(page.locator("#detail")).to_contain_text("100 Larkin St")
    expect(page.locator("#detail .picture")).to_have_count(0)
    add_incident_picture(UUID(made["id"]), SCENE, by=dispatcher(), at=timezone.now())
    previews(page, "#detail .picture img", 1)
    expect(page.locator(".story")).to_contain_text("Picture added")
    page.evaluate("document.querySelector('#detail .picture img').dataset.same = 'yes'")
    add_incident_picture(UUID(made["id"]), SCENE, by=call_taker(), at=timezone.now())
    previews(page, "#detail .picture img", 2)
    assert page.locator("#detail .picture img[data-same]").count() == 1, "it was not asked for again"
    shot(page, "desk-dispatch-pictures")
    page.locator("#detail .picture").first.click()
    previews(page, "dialog.pictures-large[open] img", 1)
    shot(page, "desk-dispatch-picture-large")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.pictures-large[open]")).to_have_count(0)
    noted = PersonalRead.objects.filter(purpose="picture", subject="incident", subject_id=made["id"])
    assert noted.exists()
    small = board(
        site, browser, SENDER, path=f"/desk/dispatch?incident={made['id']}", language="zh-hans", size=PHONE
    )
    previews(small, "#detail .picture img", 2)
    small.locator("#detail .picture").first.scroll_into_view_if_needed()
    shot(small, "desk-dispatch-pictures-phone-zh")
    small.locator("#detail .picture").first.click()
    previews(small, "dialog.pictures-large[open] img", 1)
    shot(small, "desk-dispatch-picture-large-phone-zh")


def test_a_call_taker_sees_what_the_caller_sent(site: Live, browser: Browser) -> None:
    contact(site, "made-up: smoke in the stairwell")
    page = site.open(browser, TAKER, "/desk/answer", language="zh-hans")
    expect(page.locator("#queue [data-row]")).to_have_count(1)
    page.keyboard.press("a")
    expect(page.locator("#call-form")).to_be_visible()
    expect(page.locator("#call-pictures")).to_be_hidden()
    call = Call.objects.get()
    add_reported_picture(CallContact.objects.get(call=call).contact, SCENE, at=timezone.now())
    previews(page, "#call-pictures .picture img", 1)
    shot(page, "desk-answer-pictures-zh")
    assert PersonalRead.objects.filter(purpose="picture", subject="call", subject_id=call.pk).exists()
