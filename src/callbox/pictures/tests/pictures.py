# SPDX-License-Identifier: Apache-2.0
"""Pictures made for tests: patterns, and files that say more than they show."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

GPS_WORD = "kanarigps48vogel"
WORDS = ("kanarixmp", "kanaricomment", "kanariicc", "kanarithumb", GPS_WORD)


def pattern(width: int = 640, height: int = 480, mode: str = "RGB") -> Image.Image:
    """Left half red, right half blue, a green band at the top."""
    image = Image.new("RGB", (width, height), (200, 30, 30))
    image.paste((30, 30, 200), (width // 2, 0, width, height))
    image.paste((30, 180, 30), (0, 0, width, max(1, height // 4)))
    return image if mode == "RGB" else image.convert(mode)


def saved(image: Image.Image, kind: str = "JPEG", **more: Any) -> bytes:
    """The image as a file of this kind."""
    out = BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def telling_exif(orientation: int = 1) -> bytes:
    """Exif with a place, a camera's owner and a thumbnail's word."""
    exif = Image.Exif()
    exif[274] = orientation
    exif[270] = f"{WORDS[3]} {GPS_WORD}"
    exif.get_ifd(0x8825).update({1: "N", 2: (60.0, 10.0, 12.5), 3: "E", 4: (24.0, 56.0, 3.5), 18: GPS_WORD})
    exif.get_ifd(0x8769).update({0x9286: GPS_WORD.encode(), 0xA430: GPS_WORD})
    return exif.tobytes()


def telling_jpeg(orientation: int = 1, image: Image.Image | None = None) -> bytes:
    """A JPEG that says all it can: Exif with GPS, XMP, ICC profile, a comment."""
    data = saved(
        image or pattern(),
        exif=telling_exif(orientation),
        icc_profile=b"kanariicc" * 40,
        comment=b"kanaricomment",
        xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>kanarixmp</x:xmpmeta>",
    )
    for word in WORDS:
        assert word.encode() in data, word
    return data


def huge_png(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose head promises many pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 64))
        + chunk(b"IEND", b"")
    )


def read(data: bytes) -> Image.Image:
    """A file of ours, decoded."""
    image = Image.open(BytesIO(data))
    image.load()
    return image
