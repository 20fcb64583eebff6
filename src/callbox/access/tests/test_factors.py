# SPDX-License-Identifier: Apache-2.0
"""Second factors: set up right after the first sign-in, proven at each, never the same code twice, reset by others."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests.factors import code_of, with_totp
from tests.signed_in import PASSWORD, person, signed_in
from tests.world import SETUP, journal_size

from callbox.access import queries
from callbox.access.factors import make_recovery_codes, remove_factor, reset_factors, use_code
from callbox.access.limits import needs_factor
from callbox.access.models import FailedSignIn, Person, SignIn
from callbox.access.totp import matching_step, new_secret
from callbox.access.vault import shown
from callbox.journal.queries import history
from callbox.kernel.errors import Conflict, Invalid, NotAllowed

pytestmark = pytest.mark.django_db


def half_in(username: str = "lin") -> Client:
    client = Client()
    assert client.post("/sign-in", {"username": username, "password": PASSWORD}).status_code == 302
    return client


@pytest.mark.parametrize("role", ["call_taker", "dispatcher", "crew", "supervisor", "administrator"])
def test_everybody_needs_one_except_crews_of_a_demo(role: str) -> None:
    today = timezone.now().date()
    assert needs_factor([role], today, demo=False)
    assert needs_factor([role], today, demo=True) is (role != "crew")
    assert needs_factor([role, "crew"], today, demo=True) is (role != "crew")
    assert needs_factor([], today, demo=True)


def test_who_has_none_sets_one_up_and_can_do_nothing_else_before() -> None:
    lin = person("lin", "dispatcher", password=PASSWORD)
    client = half_in()
    assert client.get("/api/me").status_code == 401
    for address in ("/desk/dispatch", "/account", "/account/codes", "/wider"):
        assert client.get(address)["Location"].startswith("/sign-in?next=")
    page = client.get("/account/factors")
    assert "data:image/svg+xml" in page.content.decode()
    secret = shown(client.session["totp_secret"])
    assert secret not in str(dict(client.session))
    before = journal_size()
    assert client.post("/account/factors", {"code": "000000"}).status_code == 422
    assert (journal_size(), SignIn.objects.count()) == (before, 0)
    assert client.post("/account/factors", {"code": code_of(secret)})["Location"] == "/account/codes"
    assert client.get("/api/me").status_code == 200
    shown_once = client.post("/account/codes").content.decode()
    assert shown_once.count("<code>") == 10
    assert "<code>" not in client.get("/account/codes").content.decode()
    assert [entry.move for entry in history(lin.pk)][-3:] == ["add_factor", "sign_in", "make_recovery_codes"]


def test_a_factor_cannot_be_added_half_way_past_one_that_is_there() -> None:
    with_totp(person("lin", "dispatcher", password=PASSWORD))
    client = half_in()
    assert client.get("/account/factors")["Location"] == "/sign-in/second"
    assert client.post("/account/factors", {"code": "1"})["Location"] == "/sign-in/second"
    assert Authenticator.objects.count() == 1


def test_the_second_step_ends_with_its_time_or_a_change() -> None:
    secret = with_totp(person("lin", "dispatcher", password=PASSWORD))
    client = half_in()
    session = client.session
    session["half"] = session["half"] | {"at": (timezone.now() - timedelta(minutes=11)).isoformat()}
    session.save()
    assert client.post("/sign-in/second", {"code": code_of(secret)})["Location"] == "/sign-in"
    client = half_in()
    Person.objects.update(epoch=7)
    assert client.post("/sign-in/second", {"code": code_of(secret)})["Location"] == "/sign-in"
    assert not SignIn.objects.exists()


def test_a_code_serves_once_and_an_older_one_never() -> None:
    lin, at = person("lin", "dispatcher"), timezone.now()
    secret = with_totp(lin)
    use_code(lin, code_of(secret, at), at=at)
    for again in (at, at - timedelta(seconds=30)):
        with pytest.raises(Invalid):
            use_code(lin, code_of(secret, again), at=at)
    use_code(lin, code_of(secret, at + timedelta(seconds=30)), at=at)


@pytest.mark.parametrize(("off", "right"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_the_phones_clock_may_be_half_a_minute_off(off: int, right: bool) -> None:
    at = timezone.now().replace(second=1, microsecond=0)
    secret = new_secret()
    assert (matching_step(secret, code_of(secret, at + timedelta(seconds=off)), at=at) is not None) is right


@pytest.mark.parametrize("typed", ["", "abcdef", "１２３４５６", "\x00", "9" * 500])
def test_whatever_is_typed_as_a_code_is_refused(typed: str) -> None:
    with_totp(person("lin", "dispatcher", password=PASSWORD))
    client = half_in()
    assert client.post("/sign-in/second", {"code": typed}).status_code == 422
    assert not SignIn.objects.exists()


def test_codes_are_not_guessed_for_long() -> None:
    secret = with_totp(person("lin", "dispatcher", password=PASSWORD))
    client = half_in()
    for _ in range(10):
        assert client.post("/sign-in/second", {"code": "1"}).status_code == 422
    assert client.post("/sign-in/second", {"code": code_of(secret)}).status_code == 422
    assert not SignIn.objects.exists()
    FailedSignIn.objects.update(at=timezone.now() - timedelta(minutes=16))
    assert client.post("/sign-in/second", {"code": code_of(secret)}).status_code == 302


def test_a_recovery_code_serves_once() -> None:
    lin = person("lin", "dispatcher", password=PASSWORD)
    with_totp(lin)
    first, *_rest = make_recovery_codes(lin, at=timezone.now())
    typed = f"{first[:4]} {first[4:8]}-{first[8:]}"
    assert half_in().post("/sign-in/second", {"code": typed}).status_code == 302
    assert half_in().post("/sign-in/second", {"code": typed}).status_code == 422
    assert queries.recovery_codes_left(lin.pk) == 9
    make_recovery_codes(lin, at=timezone.now())
    assert queries.recovery_codes_left(lin.pk) == 10


def test_the_secrets_are_not_in_the_database() -> None:
    lin = person("lin", "dispatcher")
    secret = with_totp(lin)
    codes = make_recovery_codes(lin, at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
        [text] = cursor.fetchone()
    assert not [word for word in (secret, *codes) if word in text]


def test_the_last_factor_stays_where_one_is_needed() -> None:
    lin = person("lin", "dispatcher")
    with_totp(lin)
    [only] = queries.factors_of(lin.pk)
    with pytest.raises(Conflict):
        remove_factor(lin, only.pk, at=timezone.now())
    assert queries.factors_of(lin.pk) == [only]


def test_an_administrator_resets_and_the_sign_ins_end() -> None:
    lin, admin = person("lin", "dispatcher", password=PASSWORD), person("admin", "administrator")
    secret = with_totp(lin)
    theirs, ours = signed_in(Person.objects.get(pk=lin.pk)), signed_in(admin)
    assert theirs.get("/api/me").status_code == 200
    assert theirs.post("/people/sign-ins/reset", {"person": lin.pk}).status_code == 403
    assert queries.factors_of(lin.pk)
    assert ours.post("/people/sign-ins/reset", {"person": lin.pk}).status_code == 302
    assert theirs.get("/api/me").status_code == 401
    client = half_in()
    assert client.post("/sign-in/second", {"code": code_of(secret)})["Location"] == "/sign-in"
    assert "reset_factors" in [entry.move for entry in history(lin.pk)]


def test_who_may_not_reset_changes_nothing() -> None:
    lin = person("lin", "dispatcher")
    with_totp(lin)
    before = journal_size()
    with pytest.raises(NotAllowed):
        reset_factors(lin, by=queries.actor_of(lin, timezone.now()), at=timezone.now())
    assert (journal_size(), len(queries.factors_of(lin.pk))) == (before, 1)
    reset_factors(lin, by=SETUP, at=timezone.now())
    assert queries.factors_of(lin.pk) == []


@pytest.mark.parametrize("address", ["/admin/access/person/add/", "/admin/access/grant/add/"])
def test_people_and_roles_change_only_with_a_fresh_factor(address: str) -> None:
    admin, lin = person("admin", "administrator"), person("lin")
    secret = with_totp(admin)
    client = signed_in(admin)
    assert client.get(address).status_code == 200
    SignIn.objects.update(factor_at=timezone.now() - timedelta(minutes=16))
    new = {"username": "wu", "name": "Wu", "person": lin.pk, "role": "crew", "keys": "", "new_password": ""}
    before = journal_size()
    for answer in (client.get(address), client.post(address, new)):
        assert answer["Location"].startswith("/sign-in/again?next=")
    assert (journal_size(), Person.objects.filter(username="wu").exists()) == (before, False)
    again = client.post("/sign-in/again", {"code": code_of(secret), "next": address})
    assert again["Location"] == address
    assert client.get(address).status_code == 200
    assert client.get("/admin/access/agency/add/").status_code == 200


@pytest.mark.parametrize("said", [b"", b"[]", b"{}", b'{"for": "alone"}', b'{"for": "second"}', b"{" * 9000])
@pytest.mark.parametrize("path", ["/sign-in/passkey", "/account/factors/passkey"])
def test_what_is_no_passkey_is_refused(path: str, said: bytes) -> None:
    person("lin", "dispatcher", password=PASSWORD)
    client = half_in()
    answer = client.post(path, said, content_type="application/json", HTTP_ACCEPT="application/json")
    assert answer.status_code in (403, 422)
    assert not SignIn.objects.exists()
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("purpose", ["alone", "second", "again"])
def test_a_made_up_passkey_is_refused(purpose: str) -> None:
    lin = person("lin", "dispatcher", password=PASSWORD)
    with_totp(lin)
    client = signed_in(Person.objects.get(pk=lin.pk)) if purpose == "again" else half_in()
    SignIn.objects.update(factor_at=None if purpose == "x" else timezone.now() - timedelta(hours=1))
    before = SignIn.objects.count()
    asked = {"for": purpose}
    made = client.post("/sign-in/passkey/options", asked, content_type="application/json").json()
    assert made["publicKey"]["userVerification"] == "required"
    response = dict.fromkeys(("clientDataJSON", "authenticatorData", "signature"), "AAAA")
    wrong = {
        "id": "AAAA",
        "rawId": "AAAA",
        "type": "public-key",
        "response": response | {"userHandle": "AAAA"},
    }
    answer = client.post(
        "/sign-in/passkey",
        asked | {"credential": wrong},
        content_type="application/json",
        HTTP_ACCEPT="application/json",
    )
    assert answer.status_code == 422
    assert SignIn.objects.count() == before
    assert "mfa.webauthn.state" not in client.session, "a challenge serves once"
