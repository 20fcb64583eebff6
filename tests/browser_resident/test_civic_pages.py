# SPDX-License-Identifier: Apache-2.0
"""A resident reports, follows, answers and withdraws: phone and desk, both languages, without script too."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from callbox.pictures.models import Picture
from callbox.pictures.tests.pictures import telling_jpeg
from callbox.requests.actions import accept_request, feed_back
from callbox.requests.models import Details, Request
from callbox.requests.tests.scene import desk_of, now, town
from tests.axe import check_axe
from tests.browser import DESKTOP, PHONE, shot
from tests.browser_crew.conftest import Phones

pytestmark = pytest.mark.browser
SIZES = {"phone": PHONE, "desktop": DESKTOP}
NARROW = "document.documentElement.scrollWidth <= innerWidth"


def look(page: Page, name: str) -> None:
    """Nothing sticks out, nothing is wrong by WCAG, and a picture of it is kept."""
    assert page.evaluate(NARROW), name
    shot(page, f"civic-{name}", full=True)
    check_axe(page)


def opened(phones: Phones, language: str, size: str, **more: Any) -> Page:
    context = phones.open(viewport=SIZES[size], **more)
    cookie = {"name": "callbox_language", "value": language, "url": phones.site}
    context.add_cookies([cookie])  # type: ignore[list-item]  # a plain dict will do
    return context.new_page()


def send(page: Page) -> tuple[str, str]:
    """Fill in the form of a pothole; number and key."""
    page.locator("input[name=q_size][value=hand]").check()
    page.locator("#id_words").fill("Made-up: a hole before the school.")
    page.locator("#id_place").fill("Made-up Street 5")
    page.locator("#id_number").fill("+1 555 0111")
    page.locator(".report-send button").click()
    expect(page.locator("[data-number]")).to_be_visible()
    return page.locator("[data-number]").inner_text(), page.locator("[data-key]").inner_text()


def answered(row: Request) -> None:
    at = timezone.now()
    accept_request(row.pk, by=desk_of("roads"), at=at)
    feed_back(row.pk, "solved", by=desk_of("roads"), at=at)


@pytest.mark.parametrize(("language", "size"), [("en", "phone"), ("zh-hans", "desktop")])
def test_from_the_form_to_the_answer(phones: Phones, language: str, size: str, tmp_path: Path) -> None:
    town()
    page, tag = opened(phones, language, size), f"{size}-{language}"
    page.goto("/requests/")
    expect(page.locator("html")).to_have_attribute("lang", language)
    look(page, f"start-{tag}")
    page.locator("a[href='/requests/new']").click()
    look(page, f"categories-{tag}")
    page.locator("a[href$='road--pothole']").click()
    page.locator(".report-send button").click()
    expect(page.locator(".error-summary")).to_be_focused()
    look(page, f"wrong-{tag}")
    picture = tmp_path / "made-up.jpg"
    picture.write_bytes(telling_jpeg())
    page.locator("#id_pictures").set_input_files(picture)
    number, key = send(page)
    look(page, f"received-{tag}")
    row = Request.objects.get(number=number)
    assert Picture.objects.filter(matter_id=row.pk).count() == 1
    page.locator("a[href='/requests/follow']").click()
    look(page, f"follow-{tag}")
    page.locator("#id_number").fill(number)
    page.locator("#id_code").fill(key.lower())
    page.locator("form[action='/requests/follow'] button").click()
    expect(page.locator("[data-now]")).to_be_visible()
    look(page, f"mine-{tag}")
    answered(row)
    page.reload()
    page.locator("input[name=said][value=unsatisfied]").check()
    look(page, f"asked-{tag}")
    page.locator(".civic-ask button").click()
    expect(page.locator(".civic-ask")).to_have_count(0)
    assert (now(row).matter.state, now(row).reopened) == ("assigned", 1)
    page.locator("a[href='/requests/mine/held']").click()
    expect(page.locator(".civic-held")).to_contain_text("Made-up Street 5")
    expect(page.locator(".status-line")).to_be_hidden()
    look(page, f"held-{tag}")
    page.go_back()
    page.locator("a[href='/requests/mine/withdraw']").click()
    look(page, f"withdraw-{tag}")
    page.locator("main form button").click()
    expect(page.locator("a[href='/requests/mine/withdraw']")).to_have_count(0)
    assert now(row).matter.state == "withdrawn"
    assert number not in page.url


def test_without_script_and_without_a_name(phones: Phones) -> None:
    town()
    page = opened(phones, "en", "phone", java_script_enabled=False)
    page.goto("/requests/new/other")
    expect(page.locator("[data-place-map]")).to_be_hidden()
    page.locator("#id_words").fill("Made-up: something else.")
    page.locator(".report-send button").click()
    number, key = page.locator("[data-number]").inner_text(), page.locator("[data-key]").inner_text()
    page.goto("/requests/follow")
    page.locator("#id_number").fill(number)
    page.locator("#id_code").fill("000000")
    page.locator("form[action='/requests/follow'] button").click()
    expect(page.locator("#id_code_error")).to_be_visible()
    page.locator("#id_code").fill(key)
    page.locator("form[action='/requests/follow'] button").click()
    expect(page.locator("h1")).to_contain_text(number)


def test_a_place_is_pressed_on_the_map(phones: Phones) -> None:
    town()
    page = opened(phones, "en", "phone")
    page.goto("/requests/new/road--pothole")
    page.locator("[data-place-map] > summary").click()
    expect(page.locator("#place-map[data-ready]")).to_have_count(1)
    page.locator("#place-map canvas").click(position={"x": 150, "y": 150})
    expect(page.locator("[data-here-said]")).to_contain_text("you chose on the map")
    look(page, "map-phone-en")
    number, _key = send(page)
    details = Details.objects.get(request__number=number)
    assert details.lon is not None
    assert details.lat is not None
    assert -123 < details.lon < -122
    assert 37 < details.lat < 38
