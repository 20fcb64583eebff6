# SPDX-License-Identifier: Apache-2.0
"""Between 110 and 12345 on the screen: given in one step, taken on, refused, kept, and danger the other way round."""

import re
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from callbox.access.models import PersonalRead
from callbox.incidents.models import Incident
from callbox.matters.models import Matter
from callbox.requests import handing, lines
from callbox.requests.models import HandedOver, Request
from callbox.requests.tests.scene import now, town
from tests.browser_desks.steps import board, check, contact, incident
from tests.browser_desks.test_requests_desk import request
from tests.live import DESKTOP, PHONE, SENDER, TAKER, Live
from tests.signed_in import person, signed_in
from tests.world import call_taker

pytestmark = pytest.mark.browser
OTHER_LINE = "other-line"
SIZES = {"desktop": DESKTOP, "phone": PHONE}
BOTH = pytest.mark.parametrize(("language", "size"), [("en", "desktop"), ("zh-hans", "phone")])
WORDS = "made-up: a hole in the road, nobody is hurt"
POTHOLE = {"en": "pothole", "zh-hans": "坑洞"}


@pytest.fixture
def lines_of(site: Live) -> Live:
    """A town, and somebody who answers for the civic line."""
    town()
    site.people[OTHER_LINE] = signed_in(person("other-line", "call_taker"))
    return site


def given(incident_id: str) -> None:
    """Somebody else hands an incident over."""
    at, giver = timezone.now(), call_taker("giver")
    handing.hand_over(lines.INCIDENT, UUID(incident_id), "dispute", by=giver, at=at)


def choose_category(page: Page, language: str) -> None:
    page.locator("#id_category").fill(POTHOLE[language])
    expect(page.locator("#id_category_list [role=option]")).to_have_count(1)
    page.locator("#id_category").press("Enter")
    expect(page.locator("input[name=q_size]").first).to_be_visible()


@BOTH
def test_a_call_goes_over_in_one_step_and_both_sides_see_what_becomes_of_it(
    lines_of: Live, browser: Browser, language: str, size: str
) -> None:
    site, taker = lines_of, lines_of.open(browser, TAKER, "/desk/answer", language=language)
    expect(taker.locator("[data-connection]")).to_have_attribute("data-state", "live")
    contact(site, WORDS)
    expect(taker.locator("#queue [data-row]")).to_have_count(1)
    taker.keyboard.press("a")
    expect(taker.locator("#id_words")).to_have_value(WORDS)
    taker.keyboard.press("Alt+h")
    expect(taker.locator("#id_step_0")).to_be_focused()
    taker.keyboard.press("ArrowDown")
    expect(taker.locator("#id_step_0_list [role=option]")).to_have_count(4)
    check(taker, "handover-call", language, "desktop")
    taker.keyboard.press("Enter")
    expect(taker.locator("#no-call")).to_be_visible()
    expect(taker.locator("#status")).to_have_class(re.compile("is-done"))
    row = HandedOver.objects.get()
    assert Matter.objects.get(pk=row.pk).owner == "desk:answering"
    taker.goto(f"{site.address}/desk/handovers?line=emergency")
    expect(taker.locator("tr[data-row] .due")).to_have_count(1)
    take_on(site, browser, row, language, size)
    made = Request.objects.get()
    expect(taker.locator(f"tr[data-row] a[href='/desk/requests/{made.pk}']")).to_be_visible()
    check(taker, "handovers-given", language, "desktop")
    assert Matter.objects.get(pk=row.pk).owner == "desk:requests"


def take_on(site: Live, browser: Browser, row: HandedOver, language: str, size: str) -> None:
    """The other line opens it by keys, reads what was told, says what it is about, and has a request."""
    page = site.open(browser, OTHER_LINE, "/desk/handovers", language=language, size=SIZES[size])
    expect(page.locator("tr[data-row]")).to_have_count(1)
    check(page, "handovers-offered", language, size)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/handovers/{row.pk}")
    expect(page.locator("main")).to_contain_text(WORDS)
    assert PersonalRead.objects.filter(subject_id=row.of, purpose="handover").count() == 1
    choose_category(page, language)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    check(page, "handover-take", language, size)
    page.locator("input[name=q_size][value=hand]").check()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/desk/requests/[0-9a-f-]{36}$"))
    expect(page.locator("main")).to_contain_text(WORDS)
    expect(page.locator(f"a[href='/desk/handovers/{row.pk}']")).to_be_visible()
    check(page, "handover-taken", language, size)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_incident_goes_over_from_the_board_and_a_refusal_comes_back(
    lines_of: Live, browser: Browser, language: str
) -> None:
    site, found = lines_of, incident(lines_of)
    page = board(site, browser, SENDER, language=language)
    expect(page.locator("#incidents [data-row]")).to_be_focused()
    page.keyboard.press("h")
    form = page.locator("form[data-drawer=step_0]")
    expect(form).to_be_visible()
    check(page, "handover-incident", language, "desktop")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_have_class(re.compile("is-done"))
    row = HandedOver.objects.get()
    assert (str(row.of), row.reason) == (found["id"], "dispute")
    refuse(site, browser, row, language)
    page.locator("a[data-page-of*='/desk/handovers/']").click()
    page.wait_for_url(f"**/desk/handovers/incident/{found['id']}")
    expect(page.locator("tr.is-late-row")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator("form[action$='/step/talk'] select").select_option("resident_disagrees")
    page.locator("form[action$='/step/talk'] button").click()
    expect(page.locator("#status")).to_have_class(re.compile("is-told"))
    check(page, "handover-refused", language, "desktop")
    page.keyboard.press("a")
    expect(page.locator("form[action$='/step/offer']")).to_have_count(0)
    expect(page.locator(".due")).to_have_count(1)
    refuse(site, browser, row, language)
    page.reload()
    page.locator("form[action$='/step/keep'] select").select_option("dealt_with")
    page.locator("form[action$='/step/keep'] button").click()
    expect(page.locator("main form")).to_have_count(0)
    assert not HandedOver.objects.get(pk=row.pk).open


def refuse(site: Live, browser: Browser, row: HandedOver, language: str) -> None:
    page = site.open(browser, OTHER_LINE, f"/desk/handovers/{row.pk}", language=language, size=PHONE)
    page.locator("form[action$='/step/refuse'] select").select_option("not_civic")
    page.locator("form[action$='/step/refuse'] button").click()
    expect(page.locator("form[action$='/step/refuse']")).to_have_count(0)
    assert Matter.objects.get(pk=row.pk).state == "open"


@BOTH
def test_danger_in_a_request_is_on_the_dispatch_board_at_once(
    lines_of: Live, browser: Browser, language: str, size: str
) -> None:
    site, row = lines_of, request()
    dispatcher = board(site, browser, SENDER, language=language)
    page = site.open(browser, OTHER_LINE, f"/desk/requests/{row.pk}", language=language, size=SIZES[size])
    page.locator("select[name=type]").select_option("FIRE.BUILDING")
    page.locator("form[action$='/step/danger'] button").click()
    expect(page.locator("form[action$='/step/danger']")).to_have_count(0)
    check(page, "danger", language, size)
    began = Incident.objects.get()
    expect(dispatcher.locator(f"#incidents [data-row='{began.pk}']")).to_be_visible()
    assert now(row).open
    page.goto(f"{site.address}/desk/handovers?line=civic")
    expect(page.locator("tr[data-row]")).to_contain_text(str(began.number))
    check(page, "handovers-danger", language, size)


def test_who_gave_it_is_not_asked_to_take_it_on_and_the_list_brings_itself_up_to_date(
    lines_of: Live, browser: Browser
) -> None:
    site = lines_of
    page = site.open(browser, OTHER_LINE, "/design")
    page.clock.install()
    page.goto(f"{site.address}/desk/handovers")
    expect(page.locator("tr[data-row]")).to_have_count(0)
    given(incident(site)["id"])
    page.clock.fast_forward(11_000)
    expect(page.locator("tr[data-row].is-changed")).to_have_count(1)
    expect(page.locator("tr[data-row] .due")).to_have_count(1)
    page.route("**/desk/handovers?*rows=1*", lambda route: route.abort())
    page.clock.fast_forward(40_000)
    expect(page.locator("[data-stale]")).to_be_visible()
    mine = {"source": "incident", "id": incident(site)["id"], "reason": "dispute"}
    own = site.people[OTHER_LINE].post_json("/api/handovers", mine).json()
    assert own["mine"]
    page.goto(f"{site.address}/desk/handovers/{own['id']}")
    expect(page.locator("form[action$='/step/talk']")).to_have_count(1)
    expect(page.locator("form[action$='/step/take'], form[action$='/step/refuse']")).to_have_count(0)


# Counts the tones that a page asks for: the browser of a test has no loudspeaker.
TONES = """
window.tones = 0;
window.AudioContext = class {
  state = "running"; currentTime = 0; destination = {};
  createOscillator() { window.tones += 1; return { frequency: {}, connect: (to) => to, start() {}, stop() {} }; }
  createGain() { return { gain: {}, connect: (to) => to }; }
};
"""


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_offer_is_counted_beside_the_link_and_sounds_until_the_sound_is_off(
    lines_of: Live, browser: Browser, language: str
) -> None:
    site, found = lines_of, [incident(lines_of) for _number in range(2)]
    page = site.open(browser, OTHER_LINE, "/desk/answer", language=language)
    page.add_init_script(TONES)
    page.reload()
    expect(page.locator("[data-connection]")).to_have_attribute("data-state", "live")
    mark = page.locator("[data-waiting]")
    expect(mark).to_be_hidden()
    page.keyboard.press("Escape")  # a page may sound once a key was pressed
    given(found[0]["id"])
    expect(mark).to_contain_text({"en": "1 to see to", "zh-hans": "1 待处理"}[language])
    page.wait_for_function("window.tones === 2")
    check(page, "handover-waits", language, "desktop")
    page.keyboard.press("Alt+m")
    expect(page.locator("[data-mute]")).to_have_attribute("aria-pressed", "true")
    given(found[1]["id"])
    expect(mark.locator("[data-waiting-count]")).to_have_text("2")
    assert page.evaluate("window.tones") == 2
    for row in HandedOver.objects.all():
        handing.refuse_handover(row.pk, "not_ours", by=call_taker("other"), at=timezone.now())
        handing.keep_handover(row.pk, "dealt_with", by=call_taker("giver"), at=timezone.now())
    expect(mark).to_be_hidden()
