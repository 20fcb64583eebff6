# SPDX-License-Identifier: Apache-2.0
"""Passwords, sessions and codes: what may be chosen, how much chance is in them, what a form does with them."""

import hashlib
import inspect
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.sessions.backends import base
from django.test import Client
from django.utils import crypto

from callbox.access.passwords import LONGEST, SHORTEST, check_password
from callbox.access.totp import NEIGHBOURS, STEP_S, new_secret
from callbox.host.config import load
from callbox.host.errors import ConfigError
from callbox.kernel.errors import Invalid, Unavailable
from tests.asvs.sources import browser_files
from tests.signed_in import person

COST = {name: getattr(Argon2PasswordHasher, name) for name in ("time_cost", "memory_cost", "parallelism")}
FIELD = re.compile(r"\{% field \"(?:password|old)\".*?%\}")


@pytest.mark.parametrize(
    "password",
    [
        "a" * 5 + "b" * 60,
        "z9" * 100,
        "7391 5501 8820",
        "ONLY CAPITALS HERE",
        "     spaces     ",
        "émile et l'été",
        "🚒🚑🚓 and a few words",
    ],
)
def test_any_composition_will_do_up_to_200_characters(password: str) -> None:
    check_password(password, [])


def test_the_shortest_and_the_longest() -> None:
    assert (SHORTEST, LONGEST) == (12, 200)
    for wrong in ("x" * (SHORTEST - 1), "x" * (LONGEST + 1)):
        with pytest.raises(Invalid):
            check_password(wrong, [])


@pytest.mark.django_db
def test_a_password_counts_exactly_as_it_was_typed() -> None:
    word = "  Four GREY geese  é  " + "long " * 20
    who = person("lin", "crew", password=word)
    assert who.check_password(word)
    for changed in (word.strip(), word.lower(), word[:72], word + " ", word.replace("é", "e\u0301")):
        assert not who.check_password(changed)
        assert Client().post("/sign-in", {"username": "lin", "password": changed}).status_code == 422
    assert Client().post("/sign-in", {"username": "lin", "password": word}).status_code == 302


def test_fields_for_passwords_are_masked_and_leave_managers_alone() -> None:
    found = [tag for text in browser_files().values() for tag in FIELD.findall(text)]
    assert len(found) >= 3
    for tag in found:
        assert 'type="password"' in tag
        assert re.search(r'autocomplete="(current|new)-password"', tag)
    for path, text in browser_files().items():
        assert not re.search(r"onpaste|addEventListener\(\s*['\"]paste['\"].*preventDefault", text), path


def test_the_cost_of_a_guess_is_that_of_the_guidance() -> None:
    """At least OWASP's lowest set for argon2id: 19 MiB and two rounds, or the same work spread otherwise."""
    assert settings.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
    source = inspect.getsource(Argon2PasswordHasher)
    found = {name: int(re.search(rf"{name} = (\d+)", source)[1]) for name in COST}  # type: ignore[index]
    assert found["memory_cost"] >= 19_456
    assert found["time_cost"] >= 2


def test_the_key_of_a_session_has_more_than_128_bits_of_chance() -> None:
    length = int(re.search(r"get_random_string\((\d+), VALID_KEY_CHARS", inspect.getsource(base))[1])  # type: ignore[index]
    assert length * math.log2(len(base.VALID_KEY_CHARS)) > 128
    assert "secrets.choice" in inspect.getsource(crypto.get_random_string)


@pytest.mark.django_db
def test_a_session_given_by_somebody_else_is_not_taken_up() -> None:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    # pragma: allowlist nextline secret
    person("lin", "crew", password="four grey geese")
    # pragma: allowlist nextline secret
    client.post("/sign-in", {"username": "lin", "password": "four grey geese"})
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != "a" * 32


def test_codes_and_secrets_of_factors_have_enough_chance() -> None:
    assert settings.MFA_RECOVERY_CODE_DIGITS * math.log2(10) >= 20
    secret = new_secret()
    assert len(secret) * 5 >= 160
    assert len({new_secret() for _ in range(50)}) == 50


def test_a_code_of_an_app_lives_for_its_step_and_the_neighbours() -> None:
    assert STEP_S == 30
    assert set(NEIGHBOURS) == {-1, 0, 1}


def test_no_rule_makes_a_password_expire() -> None:
    from django.apps import apps

    assert [
        field.name for field in apps.get_model("access.Person")._meta.fields if "expire" in field.name
    ] == []
    assert settings.AUTH_PASSWORD_VALIDATORS == []


def test_cookies_are_for_this_host_alone_and_for_the_page_they_are_for() -> None:
    for name in ("SESSION_COOKIE", "CSRF_COOKIE"):
        assert getattr(settings, f"{name}_SAMESITE") == "Lax"
        assert getattr(settings, f"{name}_HTTPONLY")
        assert getattr(settings, f"{name}_DOMAIN") is None
        assert getattr(settings, f"{name}_PATH") == "/"
        assert getattr(settings, f"{name}_SECURE") == settings.CONFIG.https


@pytest.mark.parametrize(
    "password",
    ["password1234!", "2026dragon2026", "monkeymonkey", "!!!Sunshine!!!", "abcabcabcabc"],
)
def test_a_common_password_is_refused_also_wrapped_or_repeated(password: str) -> None:
    with pytest.raises(Invalid):
        check_password(password, [])


@pytest.fixture
def breached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A list as its makers hand it out: sorted, the first, the last and one between are looked for."""
    words = [f"made up word {number}" for number in range(500)]
    lines = sorted(f"{hashlib.sha1(word.encode()).hexdigest().upper()}:7" for word in words)
    file = tmp_path / "breached.txt"
    file.write_text("".join(f"{line}\n" for line in lines))
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, breached=file))
    return file


def test_a_password_of_the_operators_list_is_refused_and_no_other(breached: Path) -> None:
    for number in range(500):
        with pytest.raises(Invalid, match="became known"):
            check_password(f"made up word {number}", [])
    for number in range(500, 1_000):
        check_password(f"made up word {number}", [])


@pytest.mark.parametrize("held", ["", "\n", "no hash at all\n" * 3])
def test_a_list_that_is_none_finds_nothing(breached: Path, held: str) -> None:
    breached.write_text(held)
    check_password("made up word 1", [])


def test_without_the_list_that_is_named_no_password_is_set(
    breached: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    breached.unlink()
    with pytest.raises(Unavailable):
        check_password("made up word 1", [])
    monkeypatch.setenv("CALLBOX_BREACHED_PASSWORDS", str(breached))
    with pytest.raises(ConfigError, match="CALLBOX_BREACHED_PASSWORDS"):
        load()
