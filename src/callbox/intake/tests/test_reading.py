# SPDX-License-Identifier: Apache-2.0
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.intake.reading import MOST_WORDS, read_contact, readers

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def test_the_channels_register_themselves() -> None:
    assert set(readers()) == {"app", "civic", "exchange", "phone", "sos", "text", "web"}


@pytest.mark.parametrize(
    ("channel", "body", "kind", "words", "readable"),
    [
        ("web", b"words=made-up+fire&place=Market+St+1&lon=-122.4&lat=37.7", FORM, "made-up fire", True),
        ("web", '{"words": "有人落水"}'.encode(), JSON, "有人落水", True),
        ("text", "着火了".encode(), "text/plain; charset=utf-8", "着火了", True),
        ("text", b'{"number": "555-0100", "words": "help"}', JSON, "help", True),
        ("exchange", b'{"number": "555-0100", "lost": true}', JSON, "", True),
        ("sos", b"{}", JSON, "", True),
        ("web", b"\xff\xfe\x00help", JSON, "\ufffd\ufffdhelp", False),
        ("web", b"[1, 2]", JSON, "[1, 2]", False),
        ("web", b'{"lon": 999, "lat": 1, "words": "x"}', JSON, '{"lon": 999, "lat": 1, "words": "x"}', False),
        ("web", b'{"words": {"deep": 1}}', JSON, '{"words": {"deep": 1}}', False),
        ("carrier-pigeon", b"coo", "", "coo", False),
        ("web", b"[" * 100_000, JSON, "[" * MOST_WORDS, False),
    ],
)
def test_what_a_contact_says(channel: str, body: bytes, kind: str, words: str, readable: bool) -> None:
    said = read_contact(channel, body, kind)
    assert (said.words, said.readable) == (words, readable)


def test_a_place_needs_both_coordinates() -> None:
    said = read_contact("web", b'{"words": "x", "lon": 1.5}', JSON)
    assert (said.lon, said.lat, said.readable) == (None, None, True)


def test_messages_of_one_number_are_one_thread() -> None:
    assert read_contact("text", b'{"number": "555-0100", "words": "a"}', JSON).thread == "555-0100"


def test_nothing_is_kept_that_nobody_asked_for() -> None:
    said = read_contact("web", b'{"words": "x", "face": "f", "id_card": "1"}', JSON)
    assert "f" not in (said.name, said.number, said.place, said.thread, said.type_hint)


@given(
    st.sampled_from(sorted(readers())),
    st.binary(max_size=300),
    st.sampled_from([JSON, FORM, "text/plain", ""]),
)
def test_no_bytes_break_the_reading(channel: str, body: bytes, kind: str) -> None:
    said = read_contact(channel, body, kind)
    assert "\x00" not in said.words


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(
    st.sampled_from(sorted(readers())),
    st.dictionaries(st.sampled_from(["words", "lon", "lat", "number", "thread"]), anything),
)
def test_no_json_breaks_the_reading(channel: str, told: dict[str, object]) -> None:
    said = read_contact(channel, json.dumps(told).encode(), JSON)
    assert said.lon is None or -180 <= said.lon <= 180
