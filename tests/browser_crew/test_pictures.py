# SPDX-License-Identifier: Apache-2.0
"""Pictures from a crew's phone, with and without network, and from a resident's, against a running installation."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from callbox.intake.models import Call
from callbox.pictures.models import Picture
from callbox.pictures.queries import picture_for
from callbox.pictures.tests.pictures import WORDS, pattern, read, telling_jpeg
from tests.browser import shot
from tests.browser_crew.conftest import Phones
from tests.browser_crew.test_crew_page import Scene, ready
from tests.browser_crew.test_report_page import fill, open_form
from tests.world import call_taker, dispatcher

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
SIDEWAYS = telling_jpeg(6, pattern(2400, 1800))


def choose(page: Page, field: str, data: bytes = SIDEWAYS, name: str = "IMG 1.JPG") -> None:
    """What the telephone's own chooser hands over."""
    page.locator(field).set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": data})


def all_pictures_sent(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-pictures", "0")


def test_a_crew_sends_one_that_is_small_before_it_leaves_the_phone(phones: Phones) -> None:
    scene = Scene(phones)
    page = scene.page
    sent: list[bytes] = []
    page.on(
        "request",
        lambda asked: sent.append(asked.post_data_buffer or b"") if "/pictures" in asked.url else None,
    )
    button = page.get_by_text("Take or choose a picture")
    expect(button).to_be_visible()
    box = button.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    choose(page, "#picture")
    expect(page.locator("#status")).to_contain_text("Picture sent.")
    all_pictures_sent(page)
    preview = page.locator("[data-active] .picture img")
    expect(preview).to_have_js_property("complete", True)
    shot(page, "crew-picture-phone-en", full=True)
    page.locator("[data-active] .picture").click()
    expect(page.locator("dialog.pictures-large[open] img")).to_be_visible()
    page.get_by_role("button", name="Close the picture").click()
    picture = Picture.objects.get()
    assert (picture.matter_id, picture.by, picture.width, picture.height) == (
        scene.fire.pk, f"person:{scene.crew.pk}", 1200, 1600,
    )  # fmt: skip
    shown = read(picture_for(dispatcher(), picture.pk, at=timezone.now()).large)
    red = shown.getpixel((600, 200))
    assert isinstance(red, tuple)
    assert red[0] > 120 > red[2], "upright: what was left is above"
    assert sent
    assert not [word for word in WORDS if any(word.encode() in body for body in sent)]


def test_without_network_it_waits_on_the_phone_and_is_sent_once(phones: Phones) -> None:
    scene = Scene(phones)
    page = scene.page
    ready(page)
    expect(page.locator("[data-picture-part]")).to_be_visible()
    scene.context.set_offline(True)
    choose(page, "#picture")
    waits = page.locator("[data-picture-said]")
    expect(waits).to_have_text("Pictures waiting to be sent: 1")
    page.reload()
    expect(waits).to_have_text("Pictures waiting to be sent: 1")
    assert Picture.objects.count() == 0
    scene.context.set_offline(False)
    all_pictures_sent(page)
    expect(waits).to_have_text("")
    assert Picture.objects.count() == 1


def test_what_is_no_picture_is_said_and_waits_no_longer(phones: Phones) -> None:
    scene = Scene(phones)
    page = scene.page
    expect(page.locator("[data-picture-part]")).to_be_visible()
    choose(page, "#picture", b"not a picture at all", "notes.txt")
    expect(page.locator("#status")).to_contain_text("This is not a picture.")
    all_pictures_sent(page)
    assert Picture.objects.count() == 0


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_resident_adds_one_to_the_message_that_was_received(phones: Phones, language: str) -> None:
    page = open_form(phones, locale="zh-CN" if language != "en" else "en-GB")
    fill(page)
    page.locator("[data-send]").click()
    part = page.locator("[data-picture-part]")
    expect(part).to_be_visible()
    choose(page, "#report_picture")
    said = part.locator("[data-picture-said]")
    expect(said).to_have_text(re.compile("Picture sent" if language == "en" else "照片已发送"))
    shot(page, f"report-picture-phone-{language[:2]}", full=True)
    picture = Picture.objects.get()
    assert picture.matter_id == Call.objects.get().pk
    assert picture.by == "system:reporter"
    assert max(read(picture_for(call_taker(), picture.pk, at=timezone.now()).large).size) == 1600


def test_a_refused_picture_leaves_the_message_as_it_is(phones: Phones) -> None:
    page = open_form(phones)
    fill(page)
    page.locator("[data-send]").click()
    choose(page, "#report_picture", b"not a picture", "x.jpg")
    expect(page.locator("[data-picture-said]")).to_contain_text("This is not a picture.")
    expect(page.get_by_role("heading", name="We have your message")).to_be_visible()
    assert Call.objects.count() == 1
    assert Picture.objects.count() == 0
