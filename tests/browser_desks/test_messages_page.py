# SPDX-License-Identifier: Apache-2.0
"""A supervisor finds what was not delivered, reads it, tries it again: at a desk and on a phone, in both languages."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from callbox.access.models import PersonalRead
from callbox.messages.actions import Wanted, queue_message
from callbox.messages.models import Message
from callbox.messages.sending import give_up_unserved
from callbox.messages.tests.outbox import SENDER, TO, wanted
from tests.browser import shot
from tests.live import CHIEF, PHONE, Live

pytestmark = pytest.mark.browser
LONG_AGO = timedelta(days=4)


def undelivered(key: str) -> UUID:
    """A message that was given up: no gateway is set up for it."""
    said, now = wanted(key), timezone.now()
    found = queue_message(
        Wanted(key, said.letter, "email", TO["email"], "en", said.words), by=SENDER, at=now - LONG_AGO
    )
    assert found is not None
    Message.objects.filter(pk=found).update(due_at=now, until=now)
    give_up_unserved([], by=SENDER, at=now)
    return found


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_undelivered_are_read_and_tried_again(site: Live, browser: Browser, language: str) -> None:
    message, other = undelivered("b1"), undelivered("b2")
    page = site.open(browser, CHIEF, "/desk/messages", language=language, size=PHONE)
    expect(page.locator("[data-message]")).to_have_count(2)
    expect(page.locator("html")).to_have_attribute("lang", language)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert TO["email"] not in page.content()
    shot(page, f"desk-messages-phone-{language}", full=True)
    page.locator(f"[data-message='{message}'] a").click()
    expect(page.locator(".message-words")).to_contain_text(TO["email"])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert PersonalRead.objects.filter(subject="message", subject_id=message).count() == 1
    page.locator("button.button--primary").click()
    expect(page.locator("[data-message]")).to_have_count(1)
    assert Message.objects.get(pk=message).state == "waiting"
    settle = page.locator(f"[data-message='{other}'] form[action$='/settle'] button")
    expect(page.locator("[data-connection]")).to_have_attribute("data-state", "live")  # its scripts are there
    settle.click()
    expect(page.locator(".is-armed")).to_have_count(1)
    page.wait_for_timeout(300)  # a double click is one press
    page.locator(".is-armed").click()
    expect(page.locator("[data-message]")).to_have_count(0)
    page.set_viewport_size({"width": 1600, "height": 1000})
    shot(page, f"desk-messages-{language}")
