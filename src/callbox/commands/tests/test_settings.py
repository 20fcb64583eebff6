# SPDX-License-Identifier: Apache-2.0
"""Settings that cannot be: nothing starts, and the words name the variable and what would be right."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from callbox.door.options import options_from
from callbox.host.config import load
from callbox.host.errors import ConfigError
from callbox.host.secretfile import passwords

WRONG = {
    "CALLBOX_HOME": ["relative/home", "/dev/null"],
    "CALLBOX_DATA": ["data", "/dev/null"],
    "CALLBOX_CITY": ["", "../../etc", "New York", "sf\n"],
    "CALLBOX_CALENDAR": ["", "../cn", "c n"],
    "DATABASE_URL": [
        "callbox",
        "mysql://app:made-up-password@db/callbox",  # pragma: allowlist secret
        "postgresql://db:port/callbox",
        "postgresql://db",
    ],
    "CALLBOX_OWNER_URL": ["postgresql:", "http://[::1/callbox"],
    "CALLBOX_SPOOL": ["spool", "./spool"],
    "CALLBOX_SPOOL_MIB": ["", "0", "-1", "64MB", "1e3", "٦٤", "9" * 30],
    "CALLBOX_DOOR_PORT": ["", "0", "65536", "http", "8110.0"],
    "CALLBOX_WEB_PORT": ["-1", "8110"],
    "CALLBOX_DEMO": ["yes", "true", "2"],
    "CALLBOX_SPEED": ["", "0", "-1", "nan", "inf", "fast"],
    "CALLBOX_EMERGENCY_NUMBER": ["", "  ", "110\x00"],
    "CALLBOX_HTTPS": ["yes"],
    "CALLBOX_PUBLIC_ADDRESS": ["help.example", "https://", "ftp://help.example", "https://a.example/desk"],
    "CALLBOX_HOSTS": ["exa mple", "a.example,-", "a/b"],
    "CALLBOX_DOOR_HOST": ["everywhere", "1.2.3", "::g"],
    "CALLBOX_GATEWAYS": ["gateway.example", "10.0.0.1,10.0.0"],
    "CALLBOX_BEHIND_PROXY": ["yes"],
    "CALLBOX_BODY_KIB": ["0", "1 MiB", "99999"],
}


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    for name in WRONG:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CALLBOX_HOME", str(tmp_path))
    return monkeypatch


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, some in WRONG.items() for value in some])
def test_a_wrong_setting_is_refused_with_its_name_and_an_example(
    settings: pytest.MonkeyPatch, name: str, value: str
) -> None:
    if "\x00" in value:  # no environment can hold it
        settings.setattr(os, "environ", {**os.environ, name: value})
    else:
        settings.setenv(name, value)
    with pytest.raises(ConfigError, match=rf"^{name} .*Valid: {name}=\S") as refused:
        options_from(load())
    assert "made-up-password" not in str(refused.value)


def test_every_setting_that_is_documented_is_tried_here_and_the_usual_ones_pass(
    settings: pytest.MonkeyPatch,
) -> None:
    options = options_from(load())
    assert (options.port, options.web_port, options.body_limit) == (8110, 8111, 1 << 20)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_cut_secret_is_refused_and_left_as_it_is(settings: pytest.MonkeyPatch, size: int) -> None:
    secret = load().home / "secret"
    secret.write_bytes(b"x" * size)
    with pytest.raises(ConfigError, match="put it back from the backup"):
        _ = load().secret
    assert secret.read_bytes() == b"x" * size


def test_links_to_residents_go_by_https_where_the_pages_do(settings: pytest.MonkeyPatch) -> None:
    assert load().public_address == ""
    settings.setenv("CALLBOX_PUBLIC_ADDRESS", "http://help.example:8110/")
    assert load().public_address == "http://help.example:8110"
    settings.setenv("CALLBOX_HTTPS", "1")
    with pytest.raises(ConfigError, match=r"CALLBOX_PUBLIC_ADDRESS .*expected https://"):
        load()
    settings.setenv("CALLBOX_PUBLIC_ADDRESS", "https://help.example")
    assert load().public_address == "https://help.example"


@pytest.mark.parametrize("text", ["", "{", '{"postgres": "abc', "[]", '{"postgres": 1}'])
def test_a_cut_file_of_passwords_is_refused_and_left_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "passwords.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match="put it back from the backup"):
        passwords(path, ("postgres",))
    assert path.read_text() == text


@pytest.mark.parametrize(
    "command",
    [["callbox.door"], ["callbox.worker"], ["callbox", "serve"], ["callbox", "journal", "verify"]],
)
def test_every_process_refuses_to_start_with_code_2(tmp_path: Path, command: list[str]) -> None:
    env = os.environ | {"CALLBOX_HOME": str(tmp_path), "CALLBOX_SPOOL_MIB": "64MB"}
    done = subprocess.run(
        [sys.executable, "-m", *command], env=env, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 2, done.stderr
    assert "CALLBOX_SPOOL_MIB is '64MB'" in done.stderr
    assert "Valid: CALLBOX_SPOOL_MIB=64" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == [], "nothing was made"
