# SPDX-License-Identifier: Apache-2.0
"""Signing in, out and by the demo's links."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from tests.factors import code_of, with_totp
from tests.signed_in import PASSWORD, person, signed_in
from tests.world import journal_size

from callbox.access.coming_in import HOMES
from callbox.access.domain import ROLES
from callbox.access.limits import count, minutes
from callbox.access.models import FailedSignIn, SignIn

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
ALLOWED, WINDOW = count("guesses_by_name", TODAY), minutes("guess_window", TODAY)


@pytest.fixture
def demo_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, demo=True))


def try_in(client: Client, username: str, password: str, **more: str) -> int:
    return client.post("/sign-in", {"username": username, "password": password, **more}).status_code


def test_the_right_password_and_code_begin_a_sign_in_and_sign_out_ends_it() -> None:
    secret = with_totp(person("lin", "dispatcher", password=PASSWORD))
    client = Client()
    client.get("/sign-in")
    answer = client.post("/sign-in", {"username": "lin", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/second")
    assert client.get("/api/me").status_code == 401
    assert not SignIn.objects.exists()
    answer = client.post("/sign-in/second", {"code": code_of(secret)})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/dispatch")
    me = client.get("/api/me").json()
    assert (me["name"], me["roles"]) == ("Name of lin", ["dispatcher"])
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").status_code == 302
    assert client.get("/api/me").status_code == 401
    row = SignIn.objects.get()
    assert (row.method, row.factor_at is not None, row.ended_at is not None) == ("password", True, True)


def test_a_session_gets_a_new_key_with_the_sign_in() -> None:
    person("lin", "dispatcher", password=PASSWORD)
    client = Client()
    client.session["made-up"] = 1
    before = client.session.session_key
    try_in(client, "lin", PASSWORD)
    assert client.session.session_key != before


def test_a_session_of_an_ended_sign_in_counts_no_more() -> None:
    client = signed_in(person("lin", "dispatcher"))
    assert client.get("/api/me").status_code == 200
    SignIn.objects.update(ended_at=timezone.now())
    assert client.get("/api/me").status_code == 401


def test_a_wrong_password_says_the_same_as_an_unknown_name() -> None:
    person("lin", "dispatcher", password=PASSWORD)
    wrong = Client().post("/sign-in", {"username": "lin", "password": "no"}, HTTP_ACCEPT="text/html")
    unknown = Client().post("/sign-in", {"username": "li", "password": "no"}, HTTP_ACCEPT="text/html")
    assert wrong.status_code == unknown.status_code == 422
    for answer in (wrong, unknown):
        assert "The name or the password is not right" in answer.content.decode()
    assert not FailedSignIn.objects.filter(who__contains="li").exists()


@pytest.mark.parametrize("typed", ["", "\x00", "x" * 5000, "\ud800"])
def test_whatever_is_typed_is_answered(typed: str) -> None:
    assert try_in(Client(), typed.encode("utf-8", "replace").decode(), "\x00") == 422


def test_after_ten_wrong_passwords_even_the_right_one_waits() -> None:
    person("lin", "dispatcher", password=PASSWORD)
    for _ in range(ALLOWED):
        assert try_in(Client(), "Lin", "no") == 422
    assert try_in(Client(), "lin", PASSWORD) == 422
    FailedSignIn.objects.update(at=timezone.now() - WINDOW - timedelta(seconds=1))
    assert try_in(Client(), "lin", PASSWORD) == 302
    assert not FailedSignIn.objects.exists()


def test_whoever_guesses_for_ever_locks_nobody_out_of_their_own_browser() -> None:
    secret = with_totp(person("lin", "dispatcher", password=PASSWORD))
    own = Client()
    try_in(own, "lin", PASSWORD)
    own.post("/sign-in/second", {"code": code_of(secret)})
    own.post("/sign-out")
    for _ in range(ALLOWED + 1):
        try_in(Client(), "lin", "no")
    assert try_in(Client(), "lin", PASSWORD) == 422
    assert try_in(own, "lin", PASSWORD) == 302
    person("wu", "dispatcher", password=PASSWORD)
    for _ in range(ALLOWED + 1):
        try_in(own, "wu", "no")
    assert try_in(own, "wu", PASSWORD) == 422, "another's known browser is no key"


def test_one_address_may_guess_many_names_only_so_often() -> None:
    for number in range(count("guesses_by_source", TODAY)):
        assert try_in(Client(), f"made-up-{number}", "no") == 422
    person("lin", "dispatcher", password=PASSWORD)
    assert try_in(Client(), "lin", PASSWORD) == 422
    elsewhere = Client(headers={"X-Forwarded-For": "192.0.2.7"})
    assert try_in(elsewhere, "lin", PASSWORD) == 302
    assert not FailedSignIn.objects.filter(who__contains="192.0").exists()


def test_nine_wrong_passwords_do_not_lock_anybody_out() -> None:
    person("lin", "dispatcher", password=PASSWORD)
    for _ in range(ALLOWED - 1):
        try_in(Client(), "lin", "no")
    assert try_in(Client(), "lin", PASSWORD) == 302


@pytest.mark.parametrize(
    ("asked", "goes"),
    [
        ("/desk/answer?x=1", "/desk/answer?x=1"),
        ("https://elsewhere.example/", "/crew"),
        ("//x.example", "/crew"),
    ],
)
def test_one_goes_where_one_wanted_but_never_elsewhere(asked: str, goes: str) -> None:
    secret = with_totp(person("lin", "crew", password=PASSWORD))
    client = Client()
    client.post("/sign-in", {"username": "lin", "password": PASSWORD, "next": asked})
    answer = client.post("/sign-in/second", {"code": code_of(secret)})
    assert answer["Location"] == goes


def test_a_form_of_another_site_signs_nobody_in() -> None:
    person("lin", "dispatcher", password=PASSWORD)
    client = Client(enforce_csrf_checks=True)
    assert try_in(client, "lin", PASSWORD) == 403
    assert not SignIn.objects.exists()


def test_without_demo_mode_there_are_no_links() -> None:
    person("demo-dispatcher", "dispatcher")
    assert Client().get("/demo").status_code == 404
    assert Client().post("/demo", {"role": "dispatcher"}).status_code == 404
    assert not SignIn.objects.exists()


def test_in_demo_mode_a_link_signs_the_demo_person_in(demo_mode: None) -> None:
    person("demo-dispatcher", "dispatcher")
    person("lin", "supervisor")
    client = Client()
    page = client.get("/demo", HTTP_ACCEPT_LANGUAGE="zh-hans").content.decode()
    assert "调度员" in page
    assert "指挥长" not in page
    assert client.post("/demo", {"role": "supervisor"}).status_code == 404
    assert client.post("/demo", {"role": "dispatcher"})["Location"] == "/desk/dispatch"
    assert client.get("/api/me").json()["demo"] is True


def test_following_a_link_changes_nothing_it_must_be_posted(demo_mode: None) -> None:
    person("demo-dispatcher", "dispatcher")
    before = journal_size()
    client = Client(enforce_csrf_checks=True)
    client.get("/demo?role=dispatcher")
    assert client.post("/demo", {"role": "dispatcher"}).status_code == 403
    assert journal_size() == before


def test_each_role_comes_in_where_it_works() -> None:
    assert set(HOMES) == set(ROLES)
