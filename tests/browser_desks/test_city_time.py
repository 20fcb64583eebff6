# SPDX-License-Identifier: Apache-2.0
"""A screen whose machine stands in another time zone: what scripts show is the city's time, as what the page shows."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import Browser, expect

from callbox.dispatch.models import Assignment
from callbox.pictures.models import Picture
from callbox.pictures.tests.pictures import pattern, saved
from callbox.requests.picturing import add_agency_picture
from callbox.requests.tests.scene import desk_of
from tests.browser_desks.steps import board, do, incident, offers
from tests.browser_desks.test_requests_desk import ROADS, city, request
from tests.live import SENDER, Live

__all__ = ["city"]
pytestmark = pytest.mark.browser
CITY, ELSEWHERE = ZoneInfo("Asia/Shanghai"), "America/New_York"


def read(at: datetime) -> str:
    """The time of day as somebody in the city reads it."""
    return at.astimezone(CITY).strftime("%H:%M:%S")


def test_a_picture_bears_the_time_that_the_history_gives(city: Live, browser: Browser) -> None:
    row = request()
    add_agency_picture(row.pk, saved(pattern(64, 48)), by=desk_of("roads"), at=timezone.now())
    said = read(Picture.objects.get().at)
    page = city.open(browser, ROADS, f"/desk/requests/{row.pk}", zone=ELSEWHERE)
    expect(page.locator("html")).to_have_attribute("data-zone", str(CITY))
    expect(page.locator("#pictures img")).to_have_attribute("alt", re.compile(said))
    expect(page.locator(".requests-when", has_text=said)).not_to_have_count(0)
    shown = page.locator(".desk-clock").inner_text()
    now = timezone.now().astimezone(CITY)
    apart = abs(datetime.combine(now, time.fromisoformat(shown), CITY) - now)
    assert min(apart, timedelta(days=1) - apart) < timedelta(minutes=5)


def test_a_time_is_read_and_corrected_in_the_citys_time(site: Live, browser: Browser) -> None:
    made = incident(site)
    sent = do(site, "assignments", {"incident": made["id"], "unit": offers(site, made["id"])[0]["unit"]})
    do(site, f"assignments/{sent['id']}/go", {"radio": True})
    known = Assignment.objects.filter(pk=sent["id"])
    known.update(assigned_at=F("assigned_at") - timedelta(hours=1))
    row = known.get()
    assert row.en_route_at is not None
    page = board(site, browser, SENDER, path=f"/desk/dispatch?incident={made['id']}", zone=ELSEWHERE)
    times = page.locator("[data-assignment]")
    expect(times).to_contain_text(read(row.assigned_at))
    expect(times).to_contain_text(read(row.en_route_at))
    page.keyboard.press("y")
    form = page.locator('[data-drawer="correct"]')
    expect(form).to_be_visible()
    whole = row.en_route_at.replace(second=0, microsecond=0)
    form.locator("input[name=time]").fill(read(whole))
    form.locator("input[name=reason_correct]").first.check()
    form.get_by_role("button", name="Do it").click()
    expect(times).to_contain_text(read(whole))
    assert known.get().en_route_at == whole
