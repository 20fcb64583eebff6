# SPDX-License-Identifier: Apache-2.0
"""Where webhooks may go, and what may stand in the setting that says so."""

import ipaddress

import pytest

from callbox.host.errors import ConfigError
from callbox.messages.gateways import settings_of
from callbox.messages.gateways.webhook.places import places_of
from callbox.messages.tests.outbox import turn


@pytest.mark.parametrize(
    ("said", "address", "secure", "allowed"),
    [
        ("public", "8.8.8.8", True, True),
        ("public", "8.8.8.8", False, False),
        ("public", "127.0.0.1", True, False),
        ("public", "169.254.169.254", True, False),
        ("public", "10.1.2.3", True, False),
        ("public", "100.64.0.1", True, False),
        ("public", "0.0.0.0", True, False),
        ("public", "224.0.0.1", True, False),
        ("public", "::1", True, False),
        ("public", "fe80::1", True, False),
        ("public", "fd00::1", True, False),
        ("public", "::ffff:127.0.0.1", True, False),
        ("public", "64:ff9b::7f00:1", True, False),
        ("public", "2002:7f00:1::", True, False),
        ("public", "2606:4700:4700::1111", True, True),
        ("10.0.0.0/8", "10.1.2.3", True, True),
        ("10.0.0.0/8", "10.1.2.3", False, False),
        ("10.0.0.0/8", "8.8.8.8", True, False),
        ("http://10.0.0.0/8", "10.1.2.3", False, True),
        ("http://10.0.0.0/8", "10.1.2.3", True, False),
        ("public,http://10.0.0.0/8", "8.8.8.8", True, True),
        ("10.0.0.0/8", "fd00::1", True, False),
    ],
)
def test_where_webhooks_may_go(said: str, address: str, secure: bool, allowed: bool) -> None:
    places = places_of(said)
    assert places is not None
    assert places.allow(ipaddress.ip_address(address), secure=secure) == allowed


@pytest.mark.parametrize("said", ["everywhere", "10.0.0.1/8", "https://10.0.0.0/8", "public;10.0.0.0/8"])
def test_a_setting_that_cannot_be_meant_stops_the_worker(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("CALLBOX_GATEWAY_WEBHOOK", said)
    with pytest.raises(ConfigError, match="CALLBOX_GATEWAY_WEBHOOK"):
        settings_of(turn("webhook").gateway)
