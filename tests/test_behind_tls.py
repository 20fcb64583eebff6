# SPDX-License-Identifier: Apache-2.0
"""The blocks of the how-to on TLS, in real proxies before a whole Callbox: what comes through, and what must not."""

import http.client
import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import quote, urlencode
from urllib.request import Request
from uuid import uuid4

import pytest
from django.utils import timezone

from callbox.door.domain import lanes
from callbox.host.config import HTTPS_ONLY, load
from callbox.pictures.domain import limits_on
from callbox.pictures.tests.pictures import pattern, saved
from tests import world
from tests.city import link_sf
from tests.factors import code_of, with_totp
from tests.live import Live, live_site
from tests.signed_in import PASSWORD, person
from tests.tls_proxies import NAME, PROXIES, Front, running

FORGED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Host": "evil.example",
    "Forwarded": "for=203.0.113.9;proto=http;host=evil.example",
}
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
CIVIC = lanes()["civic"]


@pytest.fixture(scope="module")
def live(django_db_setup: None) -> Iterator[Live]:
    link_sf(load().home)
    told = {"CALLBOX_HTTPS": "1", "CALLBOX_BEHIND_PROXY": "1", "CALLBOX_HOSTS": NAME}
    with live_site(**told) as found:
        yield found


@pytest.fixture(scope="module", params=PROXIES)
def front(live: Live, request: pytest.FixtureRequest) -> Iterator[Front]:
    with running(request.param, int(live.address.rsplit(":", 1)[1])) as found:
        yield found


@dataclass(frozen=True)
class Answer:
    """A whole answer."""

    status: int
    headers: Message
    body: bytes

    @property
    def said(self) -> Any:
        """Its body, which is JSON."""
        return json.loads(self.body)


@dataclass
class Browser:
    """Somebody who asks through the proxy from an address of theirs, and keeps cookies as a browser does."""

    front: Front
    address: str = "127.0.0.1"
    cookies: CookieJar = field(default_factory=CookieJar)

    def of(self, last: str) -> "Browser":
        """Somebody else, whom nobody has met yet behind another proxy."""
        return Browser(self.front, f"127.0.{1 + PROXIES.index(self.front.kind)}.{last}")

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Ask, and read the whole answer."""
        with self.asked(method, path, body, **headers) as found:
            return Answer(found.status, found.headers, found.read())

    @contextmanager
    def asked(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> Iterator[http.client.HTTPResponse]:
        """Ask; the answer is still to be read."""
        wanted = Request(f"https://{NAME}:{self.front.port}{path}", body, headers, method=method)
        self.cookies.add_cookie_header(wanted)
        with closing(self.front.connection(self.address)) as link:
            link.request(method, path, body, dict(wanted.header_items()))
            with link.getresponse() as found:
                self.cookies.extract_cookies(found, wanted)
                yield found

    def from_page(self, path: str) -> dict[str, str]:
        """What that page sends along with a change."""
        token = TOKEN.search(self.ask("GET", path).body.decode())
        assert token is not None
        return {"X-CSRFToken": token[1], "Origin": f"https://{NAME}:{self.front.port}"}

    def form(self, path: str, said: dict[str, str], **headers: str) -> Answer:
        """Open a page and send its form back."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(said).encode(), **self.from_page(path), **kind, **headers)

    def contact(self, channel: str, **headers: str) -> Answer:
        """Send a made-up contact."""
        said = json.dumps({"words": "made-up: smoke"}).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4()), **headers}
        return self.ask("POST", f"/door/contacts/{channel}", said, **headers)

    def sign_in(self, **headers: str) -> None:
        """As a dispatcher, with password and code."""
        secret = with_totp(person("lin", "dispatcher", password=PASSWORD))
        answer = self.form("/sign-in", {"username": "lin", "password": PASSWORD}, **headers)
        assert (answer.status, answer.headers["Location"]) == (302, "/sign-in/second")
        answer = self.form("/sign-in/second", {"code": code_of(secret)}, **headers)
        assert (answer.status, answer.headers["Location"]) == (302, "/desk/dispatch")


@pytest.fixture
def browser(front: Front, committed: None) -> Browser:
    return Browser(front)


def test_a_contact_is_accepted_and_every_answer_speaks_of_https_once(browser: Browser) -> None:
    answer = browser.contact("sos")
    assert answer.status == 201
    answers = [answer, *(browser.ask("GET", path) for path in ("/door/health", "/sign-in", "/door/no"))]
    assert [each.status for each in answers] == [201, 200, 200, 404]
    for each in answers:
        assert each.headers.get_all("Strict-Transport-Security") == [HTTPS_ONLY]


def test_signing_in_works_with_cookies_that_go_by_https_alone_whatever_a_stranger_says(
    browser: Browser,
) -> None:
    browser.sign_in(**FORGED)
    assert {cookie.name for cookie in browser.cookies} >= {"__Host-callbox_session", "__Host-callbox_csrf"}
    assert all(cookie.secure for cookie in browser.cookies if cookie.name.startswith("__Host-"))
    assert browser.ask("GET", "/api/me").said["roles"] == ["dispatcher"]


def test_a_form_of_another_page_is_refused_also_when_it_says_that_it_is_that_page(browser: Browser) -> None:
    browser.sign_in()
    from_there = {**browser.from_page("/account"), "Origin": "https://evil.example"}
    for headers in (from_there, from_there | FORGED | {"X-Forwarded-Proto": "https"}):
        assert browser.ask("POST", "/api/stream-ticket", b"{}", **headers).status == 403
    assert b"csrf-token" not in browser.ask("GET", "/sign-in", Host="evil.example").body


def test_what_changed_reaches_a_screen_entry_by_entry(browser: Browser) -> None:
    browser.sign_in()
    given = browser.ask("POST", "/api/stream-ticket", b"{}", **browser.from_page("/account"))
    with browser.asked("GET", f"/door/stream?ticket={quote(given.said['ticket'])}") as stream:
        assert stream.status == 200
        for _ in range(3):  # each is there before the next one happens
            made = world.incident(type_code=None)
            while str(made.pk) not in (line := stream.readline().decode()):
                assert line, "the stream ended"


def complaints(browser: Browser) -> Iterator[int]:
    """What complaints are answered that each say another source, as they are sent."""
    for number in range(3 * CIVIC.at_once):
        yield browser.contact("civic", **FORGED | {"X-Forwarded-For": f"203.0.113.{number}"}).status


def test_whom_a_stranger_says_to_ask_for_counts_nothing_and_another_address_does(browser: Browser) -> None:
    first, second = browser.of("2"), browser.of("3")
    assert 429 in complaints(first), "each had a source of its own"
    assert second.contact("civic").status == 201, "all had the proxy's"


def test_a_picture_of_the_largest_size_comes_through(browser: Browser) -> None:
    contact = browser.contact("web").said["id"]
    headers = {"X-Contact": contact, "Content-Type": "image/jpeg", "Accept": "application/json"}
    headers |= browser.from_page("/report")
    picture = saved(pattern(64, 48)).ljust(limits_on(timezone.now().date()).bytes, b"\0")
    while (answer := browser.ask("POST", "/report/picture", picture, **headers)).status == 503:
        time.sleep(0.1)  # the worker has not made a call of the contact yet
    assert (answer.status, answer.said) == (200, {"added": True})


def test_no_number_of_complaints_and_connections_of_one_source_stops_its_emergency(browser: Browser) -> None:
    busy = browser.of("4")
    with ExitStack() as held:
        for _ in range(1_000):  # more than nginx takes by default
            there = (busy.address, 0)
            held.enter_context(socket.create_connection(("127.0.0.1", busy.front.port), source_address=there))
        assert 429 in complaints(busy)
        assert [busy.contact(channel).status for channel in ("sos", "phone", "text")] == [201] * 3
