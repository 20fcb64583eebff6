# SPDX-License-Identifier: Apache-2.0
"""Signing in as people do it, with a real browser: codes, passkeys, recovery codes; ended sign-ins; wider access."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from callbox.access.models import SignIn, Widening
from tests.browser import shot
from tests.factors import code_of
from tests.live import CHIEF, DESKTOP, PHONE, SENDER, TAKER, Live
from tests.signed_in import PASSWORD, person, signed_in

pytestmark = pytest.mark.browser
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@contextmanager
def stranger(site: Live, browser: Browser, *, language: str = "en", phone: bool = False) -> Iterator[Page]:
    """A page of a browser that nobody has signed in with, on a name that passkeys work for."""
    size = PHONE if phone else DESKTOP
    context = browser.new_context(viewport=size, locale="zh-CN" if language != "en" else "en")  # type: ignore[arg-type]  # Playwright's own typed dict
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.on("pageerror", lambda error: site.faults.append(str(error)))
    page.goto(f"{site.address.replace('127.0.0.1', 'localhost')}/sign-in")
    try:
        yield page
    finally:
        context.close()


def with_device(page: Page) -> str:
    """Give the browser a device that holds passkeys and knows its owner; its id."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    made = tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return str(made["authenticatorId"])


def by_password(page: Page, name: str) -> None:
    page.locator("#id_username").fill(name)
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")


def sign_out(page: Page) -> None:
    page.goto(re.sub(r"(https?://[^/]+).*", r"\1/account", page.url))
    page.locator('form[action="/sign-out"] button').click()
    page.wait_for_url(re.compile(r"(?<!account)$"))


def test_a_passkey_is_made_and_then_signs_in_alone(site: Live, browser: Browser) -> None:
    person("wei", "dispatcher", password=PASSWORD)
    with stranger(site, browser) as page:
        with_device(page)
        shot(page, "sign-in")
        by_password(page, "wei")
        expect(page.locator("h1")).to_have_text("Set up a second factor")
        shot(page, "sign-in-set-up", full=True)
        page.locator('[data-passkey="make"]').click()
        page.wait_for_url("**/account/codes")
        page.locator("main button").click()
        expect(page.locator(".codes li")).to_have_count(10)
        shot(page, "sign-in-codes")
        sign_out(page)
        assert SignIn.objects.filter(person__username="wei", ended_at=None).count() == 0
        page.goto(f"{site.address.replace('127.0.0.1', 'localhost')}/sign-in?next=/account")
        page.locator('[data-passkey="use"]').click()
        page.wait_for_url("**/account")
        expect(page.locator(".rows").first).to_contain_text("with a passkey")
        shot(page, "account", full=True)


@pytest.mark.parametrize("phone", [True, False])
def test_codes_of_an_app_and_then_a_recovery_code_in_chinese(
    site: Live, browser: Browser, phone: bool
) -> None:
    person("wei", "call_taker", password=PASSWORD)
    name = "phone" if phone else "desktop"
    with stranger(site, browser, language="zh", phone=phone) as page:
        shot(page, f"sign-in-zh-{name}")
        by_password(page, "wei")
        secret = page.locator("main code").inner_text().replace(" ", "")
        shot(page, f"sign-in-set-up-zh-{name}", full=True)
        page.locator("#id_code").fill("000000")
        page.keyboard.press("Enter")
        expect(page.locator(".error-summary")).to_be_focused()
        page.locator("#id_code").fill(code_of(secret))
        page.locator("#id_code").press("Enter")
        page.wait_for_url("**/account/codes")
        page.locator("main button").click()
        recovery = page.locator(".codes li").first.inner_text()
        shot(page, f"sign-in-codes-zh-{name}", full=True)
        page.goto(page.url.replace("/codes", ""))
        shot(page, f"account-zh-{name}", full=True)
        sign_out(page)
        page.goto(f"{site.address.replace('127.0.0.1', 'localhost')}/sign-in?next=/account")
        by_password(page, "wei")
        expect(page.locator("#id_code")).to_be_focused()
        shot(page, f"sign-in-second-zh-{name}")
        page.keyboard.type(recovery)
        page.keyboard.press("Enter")
        page.wait_for_url("**/account")


def test_an_ended_sign_in_leaves_the_desk(site: Live, browser: Browser) -> None:
    admin = signed_in(person("root", "administrator"))
    desk = site.open(browser, TAKER, "/desk/answer")
    expect(desk.locator("[data-connection]")).to_have_attribute("data-state", "live")
    row = SignIn.objects.get(pk=site.people[TAKER].session["sign_in"])
    assert admin.post("/people/sign-ins/end", {"sign_in": row.pk}).status_code == 302
    desk.wait_for_url("**/sign-in?next=**")
    site.people["root"] = admin
    page = site.open(browser, "root", "/people/sign-ins")
    shot(page, "people-sign-ins")


def test_wider_access_the_whole_way(site: Live, browser: Browser) -> None:
    chief = site.open(browser, CHIEF, "/desk/supervisor")
    expect(chief.locator("[data-connection]")).to_have_attribute("data-state", "live")
    expect(chief.locator("[data-widenings]")).to_be_hidden()
    sender = site.open(browser, SENDER, "/desk/dispatch")
    expect(sender.locator("[data-widenings]")).to_have_count(0)
    taker = site.open(browser, TAKER, "/wider", size=PHONE)
    shot(taker, "wider-phone", full=True)
    taker.locator("main form button").click()
    expect(taker.locator(".error-summary")).to_be_visible()
    assert not Widening.objects.exists()
    taker.get_by_text("Nobody is at the desk that should do it").click()
    taker.locator("#id_words").fill("made-up: the dispatcher fainted")
    taker.locator("main form button").click()
    expect(taker.locator(".lead")).to_contain_text("You have wider access until")
    taker.goto(f"{site.address}/desk/dispatch")
    expect(taker.locator("[data-connection]")).to_have_attribute("data-state", "live")
    expect(chief.locator("[data-widenings-count]")).to_have_text("1")
    expect(chief.locator("[data-widenings]")).to_be_visible()
    shot(chief, "wider-mark")
    chief.locator("[data-widenings]").click()
    expect(chief.locator(".widening")).to_contain_text("fainted")
    shot(chief, "wider-all")
    chief.get_by_role("button", name="I take note").click()
    expect(chief.locator("[data-widenings]")).to_be_hidden()
    expect(chief.locator("[data-connection]")).to_have_attribute("data-state", "live")
    end = chief.get_by_role("button", name="End wider access")
    end.click()
    expect(chief.locator(".is-armed")).to_have_count(1)
    chief.wait_for_timeout(300)  # a double click is one press
    chief.locator(".is-armed").click()
    expect(chief.locator(".widening")).to_contain_text("ended")
    expect(taker.locator("h1").first).to_contain_text("Not allowed")
    assert Widening.objects.get().ended_at is not None
