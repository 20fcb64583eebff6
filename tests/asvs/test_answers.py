# SPDX-License-Identifier: Apache-2.0
"""What every kind of answer says to the browser, and what no answer gives away."""

import logging
import re
from dataclasses import replace
from html import escape
from typing import cast

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory

from callbox.access.browsers import known_browser, remember_browser
from callbox.access.models import SignIn
from tests.asvs.sources import browser_files
from tests.scenes import my_unit
from tests.signed_in import PASSWORD, person, signed_in
from tests.test_endpoints import OPERATIONS, row_counts
from tests.world import journal_size

pytestmark = pytest.mark.django_db
KINDS = {
    "/sign-in": "text/html; charset=utf-8",
    "/account": "text/html; charset=utf-8",
    "/api/me": "application/json; charset=utf-8",
    "/api/no-such": "application/problem+json",
    "/no-such": "text/html; charset=utf-8",
    "/static/web/css/base.css": "text/css",
    "/static/web/js/keys.js": "text/javascript",
}
CHANGING_PAGES = (
    "/sign-out", "/account/end", "/account/factors/remove", "/people/sign-ins/end", "/people/sign-ins/reset",
    "/wider/end", "/sign-in/passkey",
)  # fmt: skip


def asked(client: Client, path: str) -> HttpResponse:
    """A whole answer: one that streams is read to its end, which closes its file."""
    answer = client.get(path)
    if answer.streaming:
        b"".join(answer)
    return cast("HttpResponse", answer)


def in_as(role: str = "administrator", *, csrf: bool = False) -> Client:
    return signed_in(person(f"one-{role}", role), csrf=csrf)


@pytest.mark.parametrize(("path", "kind"), KINDS.items())
def test_every_kind_of_answer_says_what_it_is_and_what_may_be_done_with_it(path: str, kind: str) -> None:
    answer = asked(in_as(), path)
    assert answer["Content-Type"].startswith(kind)
    said = {part.strip() for part in answer["Content-Security-Policy"].split(";")}
    assert {"object-src 'none'", "base-uri 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= said
    assert not re.search(r"unsafe|\*|https?:", answer["Content-Security-Policy"])
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


def test_what_is_about_somebody_is_not_kept_by_the_browser() -> None:
    client = in_as()
    for path, kind in KINDS.items():
        kept = asked(client, path)["Cache-Control"]
        if path.startswith("/static/"):
            assert kept == "no-cache"
        else:
            assert {"private", "no-store"} <= set(kept.split(", ")), (path, kind)


def test_no_other_origin_is_let_in() -> None:
    client = in_as()
    for headers in ({"Origin": "https://elsewhere.example"}, {"Origin": "null"}):
        for path in ("/api/me", "/sign-in"):
            answer = client.get(path, headers=headers)
            assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
        told = client.options("/api/calls", headers={**headers, "Access-Control-Request-Method": "POST"})
        assert not [name for name in told.headers if name.lower().startswith("access-control-")]


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND", "DELETE", "PUT"])
def test_a_method_that_is_not_meant_is_refused(method: str) -> None:
    client, before = in_as(), journal_size()
    for path in ("/api/me", "/account/end"):
        answer = client.generic(method, path, headers={"X-Made-Up": "told-back"})
        assert answer.status_code == 405
        assert b"told-back" not in answer.content
    assert journal_size() == before


@pytest.mark.parametrize("path", CHANGING_PAGES)
def test_a_page_that_changes_something_is_posted_with_our_token(path: str) -> None:
    client, before = in_as(csrf=True), row_counts()
    assert client.get(path).status_code == 405
    assert client.post(path, {}).status_code == 403
    assert client.post(path, {}, headers={"X-CSRFToken": "x" * 64}).status_code == 403
    assert client.get("/api/me").status_code == 200
    assert row_counts() == before


def test_every_changing_operation_of_the_api_needs_our_token() -> None:
    client, before = in_as("dispatcher", csrf=True), row_counts()
    changing = [name.split(" ") for name in OPERATIONS if not name.startswith("GET ")]
    assert len(changing) > 30
    for method, path in changing:
        address = re.sub(r"\{\w+\}", "00000000-0000-7000-8000-000000000000", path)
        for kind in ("application/json", "text/plain"):
            assert client.generic(method, address, "{}", content_type=kind).status_code == 403, path
    assert row_counts() == before


@pytest.mark.parametrize(
    "path",
    [
        "/.git/HEAD", "/.env", "/settings.py", "/src/callbox/settings.py", "/static/", "/static/web/",
        "/static/web/js/", "/static/../settings.py", "/static/%2e%2e/settings.py", "/static/..%2f..%2fsettings.py",
        "/static//etc/passwd", "/static/web/js/keys.js~", "/static/web/js/keys.js.bak", "/callbox.sqlite3",
        "/var/secret", "/__debug__/", "/server-status",
    ],
)  # fmt: skip
def test_nothing_is_served_that_is_no_page_and_no_folder_is_listed(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code in (400, 404)
    told = answer.content.decode().replace(path, "")
    assert not re.search(r"Traceback|SECRET|site-packages|Django|Index of|root:|urlconf", told, re.IGNORECASE)


def test_an_answer_names_no_version_of_what_it_is_made_with() -> None:
    for path in (*KINDS, "/no-such"):
        answer = asked(Client(), path)
        said = f"{answer.headers} {'' if answer.streaming else answer.content.decode()}"
        assert not re.search(
            r"X-Powered-By|django/|python/|uvicorn|granian|postgresql \d", said, re.IGNORECASE
        )


def test_words_of_people_are_shown_as_words() -> None:
    from callbox.access.actions import create_person, grant_role
    from tests.world import AT, SETUP

    name = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> {{ 7|add:7 }} {% now 'Y' %}"
    made = create_person("odd", name, None, password=None, by=SETUP, at=AT)
    grant_role(made, "administrator", (), by=SETUP, at=AT)
    client = signed_in(made)
    page = client.get("/account").content.decode()
    assert escape(name, quote=True) in page or escape(name, quote=True).replace("&#x27;", "&#39;") in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    me = client.get("/api/me")
    assert me["Content-Type"].startswith("application/json")
    assert me.json()["name"] == name


@pytest.mark.parametrize(
    "typed", ["' OR '1'='1", "lin'--", "lin'; DROP TABLE access_person; --", "%", "*)(uid=*"]
)
def test_a_statement_in_a_field_is_only_a_name_that_nobody_has(typed: str) -> None:
    who = person("lin", "dispatcher", password=PASSWORD)
    assert Client().post("/sign-in", {"username": typed, "password": typed}).status_code == 422
    assert Client().post("/sign-in", {"username": typed, "password": PASSWORD}).status_code == 422
    who.refresh_from_db()
    assert not SignIn.objects.exists()


def test_what_stands_in_the_address_is_no_field_of_the_form() -> None:
    person("lin", "dispatcher", password=PASSWORD)
    client = Client()
    assert client.post(f"/sign-in?username=lin&password={PASSWORD}", {}).status_code == 422
    # pragma: allowlist nextline secret
    client.cookies["username"], client.cookies["password"] = "lin", PASSWORD
    assert client.post("/sign-in", {}).status_code == 422
    assert not SignIn.objects.exists()


def test_fields_that_nobody_asked_for_change_nothing() -> None:
    """Whoever adds fields to a form or a body sets nothing with them."""
    lin = person("lin", "dispatcher", password=PASSWORD)
    client = signed_in(lin)
    more = {
        "is_superuser": "on",
        "is_staff": "on",
        "roles": "administrator",
        "role": "administrator",
        "id": "1",
    }
    # pragma: allowlist nextline secret
    said = {"old": PASSWORD, "password": "four grey geese on ice", **more}
    assert client.post("/account/password", said).status_code == 302
    lin.refresh_from_db()
    assert client.get("/api/me").json()["roles"] == ["dispatcher"]
    opened = client.post_json("/api/calls", {"state": "finished", "number": 999_999, "owner": "person:x"})
    assert opened.status_code == 200
    assert opened.json().get("state") != "finished"
    assert opened.json().get("number") != 999_999


@pytest.mark.parametrize("number", [2**31, 2**63, 2**200, -181, -(2**63), 1e300, "1e3", "north", None, [1]])
def test_numbers_beyond_their_range_are_refused(number: object, sf_city: None) -> None:
    unit = my_unit()
    crew = signed_in(person("crew", "crew", keys=(f"unit:{unit}",)))
    before = journal_size()
    for name in ("lat", "lon"):
        place = {"lat": 37.77, "lon": -122.42, name: number}
        assert crew.post_json(f"/api/units/{unit}/position", place).status_code == 422
    assert journal_size() == before


def test_a_new_line_in_an_address_makes_no_new_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        Client().get("/no-such%0A2026-11-22 00:00:00 INFO made-up%0D%0Aforged")
        # pragma: allowlist nextline secret
        Client().post("/sign-in", {"username": "lin\n2026 INFO forged", "password": "no\r\nforged"})
    for record in caplog.records:
        assert not re.search(r"[\r\n].*forged", record.getMessage()), record.name


def test_nothing_typed_at_the_sign_in_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    person("lin", "dispatcher", password=PASSWORD)
    with caplog.at_level(logging.DEBUG):
        Client().post("/sign-in", {"username": "lin", "password": PASSWORD})
        # pragma: allowlist nextline secret
        Client().post("/sign-in", {"username": "lin", "password": "wrong-made-up-word"})
    told = " ".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("django.db")
    )
    assert PASSWORD not in told
    assert "wrong-made-up-word" not in told


def test_the_language_leads_nowhere_else() -> None:
    for wanted in ("https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"):
        answer = Client().post("/i18n/setlang/", {"language": "en", "next": wanted})
        assert not str(answer.headers.get("Location", "/")).startswith(("http", "//", "javascript"))


def test_every_page_for_somebody_has_the_way_out_on_it() -> None:
    client = in_as("supervisor")
    for path in ("/account", "/desk/dispatch", "/desk/late"):
        answer = client.get(path)
        if answer.status_code == 200:
            assert 'action="/sign-out"' in answer.content.decode() or "/account" in answer.content.decode()
    assert 'action="/sign-out"' in client.get("/account").content.decode()


def test_signing_out_empties_what_the_browser_held() -> None:
    client = in_as()
    key = client.session.session_key
    client.post("/sign-out")
    assert client.session.session_key != key
    assert client.get("/account").status_code in (302, 401, 403)


@pytest.mark.parametrize("https", [True, False])
def test_where_there_is_https_only_every_page_says_so(https: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, https=https))
    for path in KINDS:
        said = asked(Client(), path).headers.get("Strict-Transport-Security")
        assert said == ("max-age=31536000; includeSubDomains" if https else None)


def test_over_https_the_mark_of_a_known_browser_is_of_this_host_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, https=True))
    answer = HttpResponse()
    remember_browser(answer, "lin", secure=True)
    cookie = answer.cookies["__Host-callbox_known"]
    kept = (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"])
    assert kept == (True, True, "Strict", "/", "")
    asks = RequestFactory().get("/")
    asks.COOKIES["__Host-callbox_known"] = cookie.value
    assert known_browser(asks, "lin")
    assert not known_browser(asks, "wu")
    asks.COOKIES = {"callbox_known": cookie.value}
    assert not known_browser(asks, "lin")


def test_the_door_knows_a_session_by_both_names() -> None:
    from callbox.door.limits import _session

    names = {
        name: _session({"headers": [(b"cookie", f"{name}=abc".encode())]})
        for name in ("callbox_session", "__Host-callbox_session", "other")
    }
    assert names["callbox_session"] == names["__Host-callbox_session"] != ""
    assert names["other"] == ""


def test_signing_out_makes_the_browser_forget_the_pages() -> None:
    client = in_as()
    assert "Clear-Site-Data" not in client.get("/account").headers
    assert client.post("/sign-out")["Clear-Site-Data"] == '"cache"'


KEPT_IN_THE_BROWSER = {
    "web/js/keys.js": "whether single keys serve",
    "web/js/waiting.js": "whether the sound is off",
    "dispatch/units_list.js": "by what the list of units is sorted",
    "dispatch/look.js": "which changes this tab has shown",
    "dispatch/crew-menu.js": "dark or light",
    "dispatch/crew-store.js": "a crew's copy, forgotten at the sign-out and at a refusal; presses until sent",
    "dispatch/crew-pictures.js": "pictures until they are sent",
    "dispatch/crew-worker.js": "the crew's page and its files; the page is deleted at the sign-out",
}


def test_only_these_scripts_keep_something_in_the_browser() -> None:
    storing = re.compile(r"\b(localStorage|sessionStorage|indexedDB|caches)\b")
    found = {
        str(path).split("/static/")[1]
        for path, text in browser_files().items()
        if "static" in path.parts and re.search(storing, re.sub(r"caches\.delete\([^)]*\)", "", text))
    }
    assert found == set(KEPT_IN_THE_BROWSER)


def test_a_crews_copy_is_taken_off_the_phone_at_the_sign_out_and_at_a_refusal() -> None:
    texts = {path.name: text for path, text in browser_files().items()}
    out = texts["crew-menu.js"].split("async function signOut")[1]
    assert out.index("await store.forget()") < out.index("form.submit()")
    assert out.index('caches.delete("callbox-crew-page")') < out.index("form.submit()")
    assert "await store.forget()" in texts["crew.js"].split("async function failed")[1].split("\n}")[0]


@pytest.mark.parametrize(
    ("role", "path", "kind"),
    [
        ("crew", "/api/calls/00000000-0000-7000-8000-000000000000", "not-found"),
        ("crew", "/desk/reads", "not-allowed"),
        ("call_taker", "/people/sign-ins", "not-allowed"),
    ],
)
def test_a_refusal_is_logged_with_who_and_what_but_no_id_of_the_thing(
    role: str, path: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    who = person(f"one-{role}", role)
    with caplog.at_level(logging.WARNING, "callbox.web.errors"):
        assert signed_in(who).get(f"{path}?q=kanari").status_code in (403, 404)
    (line,) = [record.getMessage() for record in caplog.records if record.name == "callbox.web.errors"]
    assert line.startswith(f"refused ({kind}): GET ")
    assert line.endswith(f" for person:{who.pk}")
    assert "00000000-0000" not in line
    assert "kanari" not in line


def test_whoever_is_nobody_is_refused_aloud(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "callbox.web.errors"):
        assert Client().get("/api/me").status_code == 401
    assert "refused (not-allowed): GET api/me for nobody" in caplog.text


def test_what_may_be_done_is_not_logged_as_refused(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "callbox.web.errors"):
        assert in_as("dispatcher").get("/api/me").status_code == 200
    assert "refused" not in caplog.text
