# SPDX-License-Identifier: Apache-2.0
"""A legal officer reads the monthly figures, on a desk and on a phone, by keyboard, in both languages."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from callbox.findings import answering
from callbox.findings.actions import note_verdicts
from callbox.findings.judging import note_judged
from callbox.findings.sending import tell_findings
from callbox.findings.tests.scene import ENGINE, judged, lead, officer, told, unit
from callbox.oversight.domain import verdicts as v
from tests.axe import check_axe
from tests.browser import shot
from tests.live import DESKTOP, PHONE, Live
from tests.signed_in import person, signed_in

pytestmark = pytest.mark.browser
LAW = "law"
SIZES = {"desktop": DESKTOP, "phone": PHONE}


def _a_month() -> None:
    key, now = unit(), timezone.now()
    before = now - timedelta(days=40)
    for number in range(12):
        told(f"C{number}/9", case=f"C{number}")
        each = judged(case=f"C{number}", unit=key if number < 9 else "")
        note_verdicts([each, judged(v.WARNED, f"W{number}", share=50, unit=key)], by=ENGINE, at=before)
    while tell_findings(by=ENGINE, at=before):
        pass
    for number in range(6):
        answering.rectify(judged(case=f"C{number}").id, f"C{number}/9", by=officer(key), at=now)
        answering.confirm(judged(case=f"C{number}").id, by=lead(key), at=now)
        note_verdicts([judged(v.FINE, f"W{number}", unit=key)], by=ENGINE, at=now)
    note_verdicts([judged(case="N1", unit=key)], by=ENGINE, at=now)
    note_judged({"made_up": (120, 9)}, before.date(), by=ENGINE, at=before)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_figures_of_a_month_are_read(site: Live, browser: Browser, language: str) -> None:
    _a_month()
    site.people[LAW] = signed_in(person(LAW, "legal_officer"))
    page = site.open(browser, LAW, "/desk/findings/figures", language=language)
    expect(page.locator("html")).to_have_attribute("lang", language)
    links = page.locator("[data-figures='month'] a")
    expect(links).to_have_count(2)
    links.last.press("Enter")
    expect(page.locator("[data-figures='month'] a[aria-current]")).to_have_count(1)
    expect(page.locator("[data-figures='rule'] [data-group='made_up']")).to_contain_text("9/120")
    expect(page.locator("[data-figures='unit'] [data-group='']")).not_to_contain_text("3")
    page.locator("main summary").press("Enter")
    for size, view in SIZES.items():
        page.set_viewport_size(view)  # type: ignore[arg-type]  # Playwright's own typed dict
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), size
        check_axe(page)
        shot(page, f"findings-figures-{language}-{size}", full=True)
