# SPDX-License-Identifier: Apache-2.0
"""A call-taker takes a request, the agency signs for it, the desk asks the resident: in both languages and sizes."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from callbox.access.models import PersonalRead
from callbox.pictures.models import Picture
from callbox.pictures.tests.pictures import pattern, saved
from callbox.requests.actions import accept_request
from callbox.requests.models import Request
from callbox.requests.personal import Contact
from callbox.requests.taking import Report, open_request
from callbox.requests.tests.scene import WHERE, desk_of, now, town
from tests.browser import shot
from tests.browser_desks.steps import check
from tests.live import DESKTOP, PHONE, TAKER, Live
from tests.request_scenes import DESK_KEYS
from tests.signed_in import person, signed_in
from tests.world import call_taker

pytestmark = pytest.mark.browser
ROADS = "roads"
SIZES = {"desktop": DESKTOP, "phone": PHONE}
EACH = pytest.mark.parametrize(
    ("language", "size"), [("en", "desktop"), ("zh-hans", "desktop"), ("en", "phone"), ("zh-hans", "phone")]
)


@pytest.fixture
def city(site: Live) -> Live:
    """Agencies with rules, and somebody at the desk of one of them."""
    town()
    site.people[ROADS] = signed_in(person("roads-desk", "agency_desk", keys=DESK_KEYS))
    return site


def request() -> Request:
    """A pothole that is reported now: no promise about it runs out, and no sweep moves it, while the page is open."""
    contact = Contact("Made-up Name", "+15550100")
    report = Report("road.pothole", WHERE, "made-up words", {"size": "hand"}, contact)
    return open_request(report, by=call_taker(), at=timezone.now())


@EACH
def test_a_request_from_the_call_to_the_answer(
    city: Live, browser: Browser, language: str, size: str
) -> None:
    taker = city.open(browser, TAKER, "/desk/requests/new", language=language, size=SIZES[size])
    category = taker.locator("#id_category")
    category.fill("pothole" if language == "en" else "坑洞")
    expect(taker.locator("#id_category_list [role=option]")).to_have_count(1)
    category.press("ArrowDown")
    category.press("Enter")
    taker.locator("input[name=q_size][value=hand]").check()
    taker.locator("#id_words").fill("made-up words")
    taker.locator("#id_place").fill("made-up street 1")
    taker.locator("#id_name").fill("Made-up Name")
    check(taker, "new", language, size)
    taker.locator("#new-request .button--primary").click()
    taker.wait_for_url(re.compile(r"/desk/requests/[0-9a-f-]{36}$"))
    expect(taker.locator("main")).to_contain_text("made-up words")
    row = Request.objects.get()
    assert now(row).agency is not None
    by_agency(city, browser, row, language, size)
    taker.goto(f"{city.address}/desk/requests?view=ask")
    expect(taker.locator("tr[data-row]")).to_have_count(1)
    check(taker, "inbox-desk", language, size)
    taker.locator("tr[data-row] a").click()
    taker.locator("select[name=said]").select_option("satisfied")
    taker.locator("form[action$='/step/ask'] button").click()
    expect(taker.locator("#status")).not_to_be_empty()
    expect(taker.locator("form[action$='/step/ask']")).to_have_count(1)
    assert now(row).matter.state == "closed"
    check(taker, "over", language, size)


def by_agency(city: Live, browser: Browser, row: Request, language: str, size: str) -> None:
    """The agency opens it from its inbox by keys alone, signs for it, and feeds back."""
    agency = city.open(browser, ROADS, "/desk/requests", language=language, size=SIZES[size])
    expect(agency.locator("tr[data-row]")).to_have_count(1)
    check(agency, "inbox-agency", language, size)
    agency.keyboard.press("j")
    agency.keyboard.press("Enter")
    agency.wait_for_url(f"**/desk/requests/{row.pk}")
    expect(agency.locator("main")).to_contain_text("Made-up Name")
    check(agency, "one", language, size)
    agency.keyboard.press("a")
    expect(agency.locator("form[action$='/step/feed_back']")).to_be_visible()
    assert now(row).matter.state == "accepted"
    agency.locator("select[name=result]").select_option("solved")
    agency.locator("form[action$='/step/feed_back'] textarea").fill("made-up: filled")
    agency.locator("form[action$='/step/feed_back'] button").click()
    expect(agency.locator("form[action$='/step/feed_back']")).to_have_count(0)
    assert now(row).matter.state == "answered"
    assert PersonalRead.objects.filter(subject="request", subject_id=row.pk, role="agency_desk").exists()


def test_an_inbox_that_hears_nothing_more_says_how_stale_it_is(city: Live, browser: Browser) -> None:
    request()
    page = city.open(browser, ROADS, "/design")
    page.clock.install()
    page.goto(f"{city.address}/desk/requests")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    expect(page.locator("[data-stale]")).to_be_hidden()
    request()
    page.clock.fast_forward(11_000)
    expect(page.locator("tr[data-row]")).to_have_count(2)
    expect(page.locator("tr.is-changed")).to_have_count(1)
    page.route("**/desk/requests?*rows=1*", lambda route: route.abort())
    page.clock.fast_forward(40_000)
    expect(page.locator("[data-stale]")).to_be_visible()
    shot(page, "requests-stale")
    page.unroute("**/desk/requests?*rows=1*")
    page.locator("[data-reconnect]").click()
    expect(page.locator("[data-stale]")).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_grid_worker_signs_takes_a_picture_and_feeds_back(
    city: Live, browser: Browser, language: str
) -> None:
    row = request()
    page = city.open(browser, ROADS, "/field/requests", language=language, size=PHONE)
    check(page, "field-list", language, "phone")
    page.locator(".field-card").click()
    page.locator("form:has([value=accept]) button").click()
    page.set_input_files(
        "#id_picture", {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": saved(pattern(64, 48))}
    )
    expect(page.locator("#picture-told")).to_have_text(re.compile("Picture sent|图片已发送|照片已发送"))
    assert Picture.objects.filter(matter_id=row.pk).count() == 1
    check(page, "field-one", language, "phone")
    page.locator("input[name=result][value=solved]").check()
    page.locator("form:has([value=feed_back]) button").click()
    expect(page.locator(".field-card")).to_have_count(0)
    assert now(row).matter.state == "answered"


def test_what_an_agency_gives_back_leaves_its_inbox(city: Live, browser: Browser) -> None:
    row = request()
    page = city.open(browser, ROADS, f"/desk/requests/{row.pk}")
    page.locator(".requests-further summary").click()
    page.locator("form[action$='/step/return'] select").select_option("not_ours")
    page.locator("form[action$='/step/return'] button").click()
    page.wait_for_url("**/desk/requests")
    expect(page.locator("tr[data-row]")).to_have_count(0)
    accept = city.people[ROADS].post(f"/desk/requests/{row.pk}/step/accept", {})
    assert accept.status_code == 404


def test_a_form_that_is_out_of_date_changes_nothing(city: Live, browser: Browser) -> None:
    row = request()
    page = city.open(browser, ROADS, f"/desk/requests/{row.pk}")
    accept_request(row.pk, by=desk_of("roads", "other"), at=timezone.now())
    page.locator("form[action$='/step/accept'] button").click()
    expect(page.locator("main")).to_contain_text("cannot be done")
    assert now(row).matter.state == "accepted"
