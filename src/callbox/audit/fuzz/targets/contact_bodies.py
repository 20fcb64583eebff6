# SPDX-License-Identifier: Apache-2.0
"""What anybody sends, by every channel."""

from callbox.intake.reading import MOST_WORDS, read_contact, readers

REFUSALS: tuple[type[BaseException], ...] = ()
SEEDS = (
    b'\x00\x00{"words": "a fire", "lon": 24.9, "lat": 60.1}',
    b"\x01\x01words=a+fire&lon=24.9&lat=60.1",
    b"\x02\x02a fire in our house",
    b"\x03\x00" + b"[" * 3000,
    b"\x05\x02a fire\x00\x1a",
)
KINDS = ("application/json", "application/x-www-form-urlencoded", "text/plain; charset=utf-8", "")


def feed(data: bytes) -> None:
    """The first byte chooses the channel, the second what the sender says it is."""
    channels = [*sorted(readers()), "unknown"]
    first, second = (*data[:2], 0, 0)[:2]
    said = read_contact(channels[first % len(channels)], data[2:], KINDS[second % len(KINDS)])
    assert len(said.words) <= MOST_WORDS
    for text in (said.words, said.name, said.place, said.number, said.thread, said.type_hint):
        assert "\0" not in text
        text.encode()
