# SPDX-License-Identifier: Apache-2.0
"""A contact's identity, and that nothing a sender writes can stop it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.door.domain import channels, contact_from, packed, unpacked
from callbox.door.sealing import Sealer, opened
from callbox.host.vault import Vault

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    made = Vault(tmp_path_factory.mktemp("vault") / "keys")
    Sealer(made).make_keys(NOW.date())
    return made


def test_the_same_source_key_and_bytes_are_the_same_contact() -> None:
    headers = {"x-source": "110", "idempotency-key": "7"}
    first = contact_from("exchange", headers, b"fire", received_at=NOW)
    later = contact_from("exchange", headers, b"fire", received_at=NOW + timedelta(hours=1))
    assert first.id == later.id


@pytest.mark.parametrize(
    ("source", "key", "body"),
    [("111", "7", b"fire"), ("110", "8", b"fire"), ("110", "7", b"water"), ("11", "07", b"fire")],
)
def test_another_source_key_or_body_is_another_contact(source: str, key: str, body: bytes) -> None:
    first = contact_from("exchange", {"x-source": "110", "idempotency-key": "7"}, b"fire", received_at=NOW)
    other = contact_from("exchange", {"x-source": source, "idempotency-key": key}, body, received_at=NOW)
    assert first.id != other.id


def test_without_a_key_each_sending_is_a_contact_of_its_own() -> None:
    assert (
        contact_from("sos", {}, b"", received_at=NOW).id != contact_from("sos", {}, b"", received_at=NOW).id
    )


def test_an_unknown_channel_is_received_as_other() -> None:
    found = contact_from("pigeon", {}, b"", received_at=NOW)
    assert (found.channel, found.lane) == ("other", channels()["other"].lane)


def test_raw_bytes_are_kept_as_long_as_the_channel_says() -> None:
    assert contact_from("phone", {}, b"", received_at=NOW).retain_until == NOW + channels()["phone"].kept


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-11-22T20:00:00+08:00", NOW),
        ("2026-11-22T12:00:00Z", NOW),
        ("2026-11-22T12:00:00", None),
        ("yesterday", None),
        ("", None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_the_senders_own_time_is_kept_when_it_can_be_read(text: str, read: datetime | None) -> None:
    assert contact_from("text", {"x-sent-at": text}, b"", received_at=NOW).remote_at == read


@given(st.text(), st.text(), st.text(), st.binary(), st.text(), st.booleans())
def test_whatever_is_sent_is_a_contact_and_survives_the_spool(
    vault: Vault, channel: str, key: str, source: str, body: bytes, kind: str, cut: bool
) -> None:
    headers = {"idempotency-key": key, "x-source": source, "content-type": kind, "x-sent-at": key}
    contact = contact_from(channel, headers, body, received_at=NOW, cut=cut)
    kept = Sealer(vault).seal(contact)
    assert unpacked(packed(kept)) == kept
    said = {"source": contact.source, "key": contact.key, "content_type": contact.content_type}
    assert opened(vault, kept.id, kept.sealed) == (said, body)
    for text in (contact.key, contact.source, contact.content_type):
        assert "\0" not in text
        text.encode()
