# SPDX-License-Identifier: Apache-2.0
from datetime import date, timedelta

import pytest

from callbox.kernel.errors import Invalid
from callbox.kernel.tables import TableError
from callbox.pictures.domain import Developed, check_upload, kind_of, limits_on, packed, unpacked

LIMITS = limits_on(date(2026, 11, 22))


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "other"),
        (b"\x00\x00\x00\x18ftypheic", "heic"),
        (b"\x00\x00\x00\x18ftypmif1", "heic"),
        (b"\x00\x00\x00\x1cftypavif", "heic"),
        (b"\x00\x00\x00\x18ftypisom", "other"),
        (b"GIF89a", "other"),
        (b"BM", "other"),
        (b"II*\x00", "other"),
        (b"<svg", "other"),
        (b"<!DOCTYPE html>", "other"),
        (b"", "other"),
        (b"\xff\xd8", "other"),
    ],
)
def test_what_it_is_is_said_by_its_bytes_alone(head: bytes, kind: str) -> None:
    assert kind_of(head) == kind


def test_as_large_as_allowed_passes_and_one_byte_more_does_not() -> None:
    jpeg = b"\xff\xd8\xff"
    assert check_upload(jpeg.ljust(LIMITS.bytes), LIMITS) == "jpeg"
    with pytest.raises(Invalid, match="8 MB"):
        check_upload(jpeg.ljust(LIMITS.bytes + 1), LIMITS)


def test_a_day_before_the_table_begins_has_no_limits() -> None:
    with pytest.raises(TableError):
        limits_on(date(2025, 12, 31))


def test_the_numbers_fit_together() -> None:
    assert LIMITS.preview < LIMITS.large < LIMITS.edge
    assert LIMITS.pixels * 4 * 4 < LIMITS.memory << 20
    assert LIMITS.patience >= LIMITS.cpu
    assert LIMITS.reported_until == timedelta(days=1)


def test_two_files_become_one_value_and_two_again() -> None:
    made = Developed(b"large", b"", 3, 2)
    assert unpacked(packed(made)) == (b"large", b"")
