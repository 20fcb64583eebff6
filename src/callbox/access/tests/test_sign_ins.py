# SPDX-License-Identifier: Apache-2.0
"""How long a sign-in lasts, who may end it, what a session leaves in the database, and what a password must be."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from tests.signed_in import PASSWORD, Signed, person, signed_in
from tests.world import SETUP, journal_size

from callbox.access import retention
from callbox.access.actions import change_own_password, create_person
from callbox.access.browsers import device_kind
from callbox.access.domain import system_actor
from callbox.access.limits import session_limits
from callbox.access.models import Person, SignIn
from callbox.access.passwords import check_password
from callbox.access.sessions import SessionStore
from callbox.access.sign_ins import end_run_out
from callbox.journal.queries import history
from callbox.kernel.errors import Invalid

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def row_of(client: Signed) -> SignIn:
    return SignIn.objects.get(pk=client.session["sign_in"])


def test_the_shortest_of_several_roles_counts() -> None:
    both = session_limits(["dispatcher", "administrator"], date(2026, 11, 22))
    assert (both.idle, both.longest) == (30 * MINUTE, 720 * MINUTE)
    assert session_limits([], date(2026, 11, 22)).idle == 30 * MINUTE


@pytest.mark.parametrize(
    ("role", "unused", "open_still"),
    [
        ("administrator", 29, True),
        ("administrator", 31, False),
        ("dispatcher", 31, True),
        ("crew", 800, True),
    ],
)
def test_a_sign_in_that_lies_unused_ends(role: str, unused: int, open_still: bool) -> None:
    client = signed_in(person("lin", role))
    SignIn.objects.update(last_used_at=timezone.now() - unused * MINUTE)
    assert client.get("/api/me").status_code == (200 if open_still else 401)
    row = SignIn.objects.get()
    assert (row.ended_at is None) is open_still
    if open_still:
        assert timezone.now() - row.last_used_at < MINUTE


def test_its_longest_time_ends_it_however_much_it_is_used() -> None:
    lin = person("lin", "dispatcher")
    client = signed_in(lin)
    SignIn.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert client.get("/api/me").status_code == 401
    assert history(lin.pk)[-1].facts["why"] == "ran_out"


def test_the_worker_ends_what_nobody_asks_for() -> None:
    person_a, person_b = person("lin", "administrator"), person("wu", "dispatcher")
    idle, used = signed_in(person_a), signed_in(person_b)
    assert end_run_out(at=timezone.now()) == 0
    assert end_run_out(at=timezone.now() + 31 * MINUTE) == 1
    assert (row_of(idle).ended_at is None, row_of(used).ended_at is None) == (False, True)
    assert end_run_out(at=timezone.now() + 721 * MINUTE) == 1


def test_a_sign_in_without_a_factor_gives_nothing_where_one_is_needed() -> None:
    client = signed_in(person("lin", "dispatcher"))
    SignIn.objects.update(factor_at=None)
    assert client.get("/api/me").status_code == 401


def test_the_demos_people_need_none_but_only_in_demo_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    person("demo-dispatcher", "dispatcher")
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, demo=True))
    client = Client()
    client.post("/demo", {"role": "dispatcher"})
    assert client.get("/api/me").status_code == 200
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, demo=False))
    assert client.get("/api/me").status_code == 401


def test_one_ends_ones_own_and_nobody_elses() -> None:
    lin = person("lin", "dispatcher")
    here, there, other = signed_in(lin), signed_in(lin), signed_in(person("wu", "dispatcher"))
    before = journal_size()
    assert here.post("/account/end", {"sign_in": row_of(other).pk}).status_code == 404
    assert here.post("/account/end", {"sign_in": "nonsense"}).status_code == 422
    assert journal_size() == before
    page = here.get("/account").content.decode()
    assert page.count('name="sign_in"') == 1
    assert here.post("/account/end", {"sign_in": row_of(there).pk}).status_code == 302
    assert (there.get("/api/me").status_code, here.get("/api/me").status_code) == (401, 200)
    there = signed_in(lin)
    here.post("/account/end")
    assert (there.get("/api/me").status_code, here.get("/api/me").status_code) == (401, 200)
    assert other.get("/api/me").status_code == 200


def test_an_administrator_ends_anybodys() -> None:
    admin, theirs = signed_in(person("admin", "administrator")), signed_in(person("lin", "dispatcher"))
    row = row_of(theirs)
    assert "Name of lin" in admin.get("/people/sign-ins").content.decode()
    assert theirs.get("/people/sign-ins").status_code == 403
    assert theirs.post("/people/sign-ins/end", {"sign_in": row_of(admin).pk}).status_code == 403
    assert admin.get("/api/me").status_code == 200
    assert admin.post("/people/sign-ins/end", {"sign_in": row.pk}).status_code == 302
    assert theirs.get("/api/me").status_code == 401
    assert history(row.person_id)[-1].facts["why"] == "ended"


def test_the_table_of_sessions_holds_no_key_that_a_browser_would_send() -> None:
    client = signed_in(person("lin", "dispatcher"))
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    [kept] = Session.objects.values_list("session_key", flat=True)
    assert kept != key
    assert SessionStore(kept).load() == {}
    assert SessionStore(key).exists(key)
    SessionStore(key).delete()
    assert not Session.objects.exists()


def test_old_sessions_and_guesses_are_taken_out() -> None:
    person("lin", "dispatcher", password=PASSWORD)
    Client().post("/sign-in", {"username": "lin", "password": "no"})
    signed_in(person("wu", "dispatcher"))
    by = system_actor("retention")
    assert retention.erase_expired(by=by, at=timezone.now()) == 0
    assert retention.erase_expired(by=by, at=timezone.now() + timedelta(days=15)) == 3
    assert retention.erase_expired(by=by, at=timezone.now() + timedelta(days=15)) == 0


def test_over_https_a_cookie_goes_no_other_way() -> None:
    person("lin", "dispatcher", password=PASSWORD)
    said = {"username": "lin", "password": PASSWORD}
    for secure in (True, False):
        client = Client()
        client.get("/sign-in", secure=secure)
        client.post("/sign-in", said, secure=secure)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        assert (bool(cookie["secure"]), bool(cookie["httponly"]), cookie["samesite"]) == (secure, True, "Lax")
        assert bool(client.cookies[settings.CSRF_COOKIE_NAME]["httponly"])


@pytest.mark.parametrize(
    ("password", "right"),
    [
        ("short-words", False),
        ("x" * 201, False),
        ("password1234", False),
        ("the-lindsey-barn", False),
        ("王小明喜欢骑自行车上班", False),
        ("four grey geese on ice", True),
        ("四只灰雁在冰面上行走慢慢地", True),
    ],
)
def test_what_a_password_must_be(password: str, right: bool) -> None:
    names = ["lindsey", "王小明"]
    if right:
        check_password(password, names)
        return
    with pytest.raises(Invalid):
        check_password(password, names)
    before = journal_size()
    with pytest.raises(Invalid):
        create_person("lindsey", "王小明", None, password=password, by=SETUP, at=timezone.now())
    assert (journal_size(), Person.objects.count()) == (before, 0)


def test_a_new_password_of_ones_own_ends_all_other_sign_ins() -> None:
    lin = person("lin", "dispatcher", password=PASSWORD)
    here, there = signed_in(lin), signed_in(lin)
    new = "four grey geese on ice"
    assert here.post("/account/password", {"old": "no", "password": new}).status_code == 422
    # pragma: allowlist nextline secret
    assert here.post("/account/password", {"old": PASSWORD, "password": "short"}).status_code == 422
    assert there.get("/api/me").status_code == 200
    assert here.post("/account/password", {"old": PASSWORD, "password": new}).status_code == 302
    assert (here.get("/api/me").status_code, there.get("/api/me").status_code) == (200, 401)
    assert Person.objects.get(pk=lin.pk).check_password(new)
    with pytest.raises(Invalid):
        change_own_password(lin, "Name of lin and more", at=timezone.now())


def test_passwords_are_kept_by_argon2() -> None:
    assert person("lin", password=PASSWORD).password.startswith("argon2$argon2id$")


@pytest.mark.parametrize("address", ["/admin/password_change/", "/admin/logout/", "/accounts/signup/"])
def test_the_frameworks_own_pages_change_nothing(address: str) -> None:
    client = signed_in(person("admin", "administrator"))
    before = journal_size()
    said = {"old_password": "x", "new_password1": "four grey geese", "new_password2": "four grey geese"}
    assert client.post(address, said).status_code in (302, 404)
    assert (journal_size(), client.get("/api/me").status_code) == (before, 200)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/131", "computer"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Mobile/15E", "phone"),
        ("Mozilla/5.0 (Linux; Android 15) Mobile Safari", "phone"),
        ("Mozilla/5.0 (Linux; Android 15; SM-X900) Safari", "tablet"),
        ("", "other"),
    ],
)
def test_only_the_kind_of_device_is_kept(said: str, kind: str) -> None:
    assert device_kind(said) == kind
