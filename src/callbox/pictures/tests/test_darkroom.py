# SPDX-License-Identifier: Apache-2.0
"""What comes out of the darkroom: pixels, the right way up, and nothing else."""

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from callbox.pictures import darkroom
from callbox.pictures.darkroom import Asked, Refused, as_jpeg, develop
from callbox.pictures.domain import limits_on
from callbox.pictures.tests.pictures import WORDS, huge_png, pattern, read, saved, telling_jpeg

DAY = date(2026, 11, 22)
LIMITS = limits_on(DAY)
ASKED = Asked(
    LIMITS.pixels, LIMITS.edge, LIMITS.large, LIMITS.preview, LIMITS.quality, LIMITS.memory, LIMITS.cpu
)
RED, BLUE, GREEN = (200, 30, 30), (30, 30, 200), (30, 180, 30)
MARKER = re.compile(rb"\xff([\xe0-\xef\xfe])")


def near(pixel: Any, colour: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(pixel, colour, strict=True))


def markers(data: bytes) -> set[int]:
    """The application and comment segments before the scan of a JPEG."""
    head, found, at = data[: data.index(b"\xff\xda")], set(), 2
    while at < len(head):
        kind, length = head[at + 1], int.from_bytes(head[at + 2 : at + 4])
        if kind >= 0xE0:
            found.add(kind)
        at += 2 + length
    return found


def test_nothing_but_pixels_comes_out() -> None:
    size, large, preview = develop(telling_jpeg(), ASKED)
    assert size == (640, 480)
    for data in (large, preview):
        assert not [word for word in WORDS if word.encode() in data]
        assert markers(data) == {0xE0}, "JFIF alone"
        assert dict(read(data).getexif()) == {}
        assert set(read(data).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_the_picture_is_made_anew_in_its_kept_sizes() -> None:
    size, large, preview = develop(saved(pattern(4000, 3000)), ASKED)
    assert size == read(large).size == (1600, 1200)
    assert read(preview).size == (320, 240)
    assert read(large).format == read(preview).format == "JPEG"


def test_a_small_one_is_not_blown_up() -> None:
    size, large, preview = develop(saved(pattern(100, 50)), ASKED)
    assert size == read(large).size == read(preview).size == (100, 50)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_stands_upright_however_the_camera_was_held(orientation: int) -> None:
    """The camera's own pixels are turned so that the same picture comes out."""
    wanted = pattern(64, 48)
    undo = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    held = wanted if undo is None else wanted.transpose(Image.Transpose(undo))
    _size, large, _preview = develop(telling_jpeg(orientation, held), ASKED)
    shown = read(large)
    assert shown.size == (64, 48)
    assert near(shown.getpixel((10, 40)), RED)
    assert near(shown.getpixel((54, 40)), BLUE)
    assert near(shown.getpixel((32, 4)), GREEN)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "RGBA", "LA", "P", "1"])
def test_every_kind_and_mode_becomes_plain_colour(kind: str, mode: str) -> None:
    if kind == "JPEG" and mode in ("RGBA", "LA", "P"):
        pytest.skip("there is no such JPEG")
    if kind == "PNG" and mode == "CMYK":
        pytest.skip("there is no such PNG")
    image = pattern(64, 48).convert("L").convert(mode) if mode == "LA" else pattern(64, 48, mode)
    if kind == "WEBP" and mode not in ("RGB", "RGBA"):
        image = image.convert("RGBA" if mode in ("LA", "P") else "RGB")
    _size, large, _preview = develop(saved(image, kind), ASKED)
    shown = read(large)
    assert (shown.mode, shown.size) == ("RGB", (64, 48))
    if mode in ("RGB", "CMYK", "RGBA", "P"):
        assert near(shown.getpixel((10, 40)), RED)


def test_what_shines_through_lies_on_white() -> None:
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    image.paste((200, 30, 30, 255), (0, 0, 20, 40))
    _size, large, _preview = develop(saved(image, "PNG"), ASKED)
    assert near(read(large).getpixel((5, 20)), RED)
    assert near(read(large).getpixel((35, 20)), (255, 255, 255))


def test_sixteen_bits_of_grey_stay_grey() -> None:
    ramp = Image.new("I;16", (256, 4))
    for x in range(256):
        for y in range(4):
            ramp.putpixel((x, y), x * 257)
    _size, large, _preview = develop(saved(ramp, "PNG"), ASKED)
    shown: Any = read(large)
    for grey in (0, 64, 128, 192, 255):
        assert near(shown.getpixel((grey, 2)), (grey, grey, grey))


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (5000, 1)])
def test_the_thinnest_picture_is_one(size: tuple[int, int]) -> None:
    (width, height), large, preview = develop(saved(pattern(*size), "PNG"), ASKED)
    assert read(large).size == (width, height)
    assert min(read(preview).size) == 1


@pytest.mark.parametrize("size", [(16_384, 16_384), (60_000, 1_000), (20_000, 10), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_by_its_head(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image.Image, "load", lambda _self: pytest.fail("it was decoded"))
    with pytest.raises(Refused, match="pixels"):
        develop(huge_png(*size), ASKED)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_moves_is_refused(kind: str) -> None:
    frames = [pattern(32, 32), pattern(32, 32).transpose(Image.Transpose.ROTATE_90)]
    moving = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    with pytest.raises(Refused, match="moves"):
        develop(moving, ASKED)


def test_of_a_jpeg_with_more_views_the_first_counts() -> None:
    several = saved(pattern(64, 48), "MPO", save_all=True, append_images=[Image.new("RGB", (64, 48))])
    _size, large, _preview = develop(several, ASKED)
    assert near(read(large).getpixel((10, 40)), RED)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_half_a_file_is_no_picture(kind: str, share: float) -> None:
    noise = Image.effect_noise((300, 200), 90).convert("RGB")
    whole = saved(noise, kind)
    with pytest.raises((Refused, OSError, SyntaxError, ValueError)):
        develop(whole[: int(len(whole) * share)], ASKED)


def test_what_hides_behind_a_picture_is_left_behind() -> None:
    payload = b"PK\x03\x04 <script>alert(1)</script> %PDF-1.7 #!/bin/sh"
    for kind in ("JPEG", "PNG", "WEBP"):
        _size, large, preview = develop(saved(pattern(64, 48), kind) + payload, ASKED)
        assert b"<script>" not in large + preview
        assert b"PK\x03\x04" not in large + preview


def test_nonsense_in_the_exif_refuses_no_picture() -> None:
    begins = b"Exif\x00\x00"
    for rubbish in (b"", b"MM\x00*\xff\xff\xff\xff", b"II*\x00\x08\x00\x00\x00\xff\xff"):
        _size, large, _preview = develop(saved(pattern(64, 48), exif=begins + rubbish), ASKED)
        assert read(large).size == (64, 48)


def test_what_comes_out_goes_in_again() -> None:
    _size, large, _preview = develop(saved(pattern(400, 300)), ASKED)
    size, again, _more = develop(large, ASKED)
    assert size == (400, 300)
    assert near(read(again).getpixel((50, 200)), RED)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_flipped_byte_gives_a_picture_or_a_refusal(data: st.DataObject) -> None:
    """Whatever a decoder makes of it: two files of pixels, or one of the errors that the program's end says for it."""
    whole = bytearray(telling_jpeg())
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(3, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        _size, large, preview = develop(bytes(whole), ASKED)
    except Exception:  # noqa: BLE001 - which of them does not matter: the program ends
        return
    assert not [word for word in WORDS if word.encode() in large + preview]


def test_quality_is_that_of_the_table() -> None:
    noise = Image.effect_noise((200, 200), 60).convert("RGB")
    assert len(as_jpeg(noise, 40)) < len(as_jpeg(noise, LIMITS.quality)) < len(as_jpeg(noise, 95))


def test_the_program_imports_nothing_of_ours() -> None:
    from pathlib import Path

    text = Path(darkroom.__file__).read_text(encoding="utf-8")
    assert not re.search(r"^\s*(from|import) callbox", text, re.MULTILINE)
