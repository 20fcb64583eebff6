# SPDX-License-Identifier: Apache-2.0
"""Through the city's own directory: a real provider on the loopback, right once and wrong in every other way."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.conf import settings
from django.test import Client
from tests.city_directory import CLIENT, SECRET, Provider, city_directory
from tests.factors import code_of, with_totp
from tests.signed_in import PASSWORD, person
from tests.world import journal_size

from callbox.access.models import Person, SignIn
from callbox.host.config import load
from callbox.host.directory import Directory, load_directory
from callbox.host.errors import HostError

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Provider]:
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n")
    with city_directory() as provider:
        configure(monkeypatch, Directory(provider.address, CLIENT, secret, name="Harbour City"))
        yield provider


def changed(monkeypatch: pytest.MonkeyPatch, **said: Any) -> None:
    assert settings.CONFIG.directory is not None
    configure(monkeypatch, replace(settings.CONFIG.directory, **said))


def configure(monkeypatch: pytest.MonkeyPatch, directory: Directory) -> None:
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, directory=directory))


def go_there(client: Client, asked: str = "/account") -> str:
    """Press the button, sign in there; the address that the browser comes back to."""
    page = client.post("/sign-in/directory", {"next": asked})
    assert page.status_code == 200, page.content
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.content.decode())
    assert found is not None
    back = requests.get(unescape(found[1]), allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(back)
    return f"{parts.path}?{parts.query}"


def test_the_directory_says_who_it_is_and_callbox_asks_for_the_second_factor(city: Provider) -> None:
    secret = with_totp(person("lin", "dispatcher"))
    client = Client()
    assert "Harbour City" in client.get("/sign-in").content.decode()
    assert client.get(go_there(client))["Location"] == "/sign-in/second"
    assert not SignIn.objects.exists()
    assert client.post("/sign-in/second", {"code": code_of(secret)})["Location"] == "/account"
    assert SignIn.objects.get().method == "directory"
    assert client.get("/api/me").json()["roles"] == ["dispatcher"]


def test_where_the_directory_asks_for_it_callbox_does_not(
    city: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    person("lin", "dispatcher")
    changed(monkeypatch, factor=True)
    client = Client()
    assert client.get(go_there(client, "https://elsewhere.example/"))["Location"] == "/desk/dispatch"
    assert SignIn.objects.get().factor_at is not None


@pytest.mark.parametrize(
    "wrong", ["nonce", "no_nonce", "audience", "expired", "issuer", "key", "none", "hmac", "claim"]
)
def test_an_answer_that_is_wrong_in_one_thing_lets_nobody_in(city: Provider, wrong: str) -> None:
    person("lin", "dispatcher")
    client = Client()
    back, before = go_there(client), journal_size()
    city.wrong = wrong
    answer = client.get(back)
    assert answer.status_code == 422
    assert "did not confirm" in answer.content.decode()
    assert (SignIn.objects.count(), journal_size(), client.get("/api/me").status_code) == (0, before, 401)
    assert "half" not in client.session


def test_an_answer_serves_once_and_in_its_own_browser_only(city: Provider) -> None:
    with_totp(person("lin", "dispatcher"))
    client, other = Client(), Client()
    back = go_there(client)
    assert other.get(back).status_code == 422
    assert client.get(back.replace("code=", "code=0")).status_code == 422
    back = go_there(client)
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 422
    for said in ("", "?state=x&code=y", "?error=access_denied"):
        assert client.get(f"/sign-in/directory/back{said}").status_code == 422


@pytest.mark.parametrize("create", [False, True])
def test_whom_callbox_does_not_know(city: Provider, monkeypatch: pytest.MonkeyPatch, create: bool) -> None:
    changed(monkeypatch, create=create)
    city.subject = "stranger"
    client = Client()
    answer = client.get(go_there(client))
    if not create:
        assert (answer.status_code, Person.objects.count()) == (422, 0)
        assert "Ask an administrator" in answer.content.decode()
        return
    assert answer["Location"] == "/account/factors"
    made = Person.objects.get()
    assert (made.username, made.grants.count(), made.has_usable_password()) == ("stranger", 0, False)


def test_whoever_may_not_sign_in_here_may_not_through_the_directory(city: Provider) -> None:
    person("lin", "dispatcher")
    Person.objects.update(is_active=False)
    client = Client()
    assert client.get(go_there(client)).status_code == 422


def test_with_the_directory_gone_the_password_still_serves(
    city: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_totp(person("lin", "dispatcher", password=PASSWORD))
    client = Client()
    back = go_there(client)
    for wrong, status in (("broken", 503), ("discovery", 422)):
        city.wrong = wrong
        assert client.get(back).status_code == status
        back = back.replace("code=", "code=x")
    changed(monkeypatch, issuer="http://127.0.0.1:9")
    answer = client.post("/sign-in/directory", {"next": "/account"})
    assert answer.status_code == 503
    assert "does not answer" in answer.content.decode()
    said = {"username": "lin", "password": PASSWORD}
    assert client.post("/sign-in", said)["Location"] == "/sign-in/second"


def test_without_one_configured_there_is_no_way_there() -> None:
    client = Client()
    assert "directory" not in client.get("/sign-in").content.decode()
    assert client.post("/sign-in/directory").status_code == 404
    assert client.get("/sign-in/directory/back?state=x&code=y").status_code == 404


def test_it_is_configured_by_the_environment_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "directory.toml"
    file.write_text(
        'issuer = "https://id.city.example"\nclient_id = "c"\nsecret_file = "/s"\ncreate = true\n'
    )
    env = {"CALLBOX_OIDC_FILE": str(file), "CALLBOX_OIDC_CLAIM": "upn"}
    found = load_directory(env)
    assert found == Directory("https://id.city.example", "c", Path("/s"), "upn", create=True)
    assert load().directory is None


@pytest.mark.parametrize(
    "env",
    [
        {"ISSUER": "http://id.city.example", "CLIENT_ID": "c", "SECRET_FILE": "/s"},
        {"ISSUER": "https://id.city.example"},
        {"ISSUER": "https://id.city.example", "CLIENT_ID": "c", "SECRET_FILE": "/s", "CREATE": "perhaps"},
        {"FILE": "/nowhere/at/all.toml"},
    ],
)
def test_what_cannot_be_meant_refuses_to_start(env: dict[str, str]) -> None:
    with pytest.raises(HostError):
        load_directory({f"CALLBOX_OIDC_{name}": value for name, value in env.items()})
