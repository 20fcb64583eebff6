# SPDX-License-Identifier: Apache-2.0
"""Makes one picture anew. A program of its own, which imports nothing of Callbox: see developing.py.

What somebody sent is decoded here and nowhere else, by C code that has had holes. So this process has no secrets
in its environment and no connection, may write no file, and has little memory and time; it reads bytes, and writes a
line of JSON and two JPEG files made of nothing but pixels. Whatever else happens to it means: not a picture.
"""

import json
import os
import resource
import struct
import sys
import warnings
from contextlib import suppress
from io import BytesIO
from typing import NamedTuple

from PIL import Image, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
SEVERAL_VIEWS = (
    "MPO"  # a JPEG that carries more of the same scene behind it, as many phones write: the first counts
)
ORIENTATION = 274  # Exif 2.32, table 4
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
BROKEN_EXIF = (
    SyntaxError,
    ValueError,
    OSError,
    LookupError,
    TypeError,
    ArithmeticError,
    struct.error,
)
MIB = 1 << 20


class Refused(Exception):  # noqa: N818 - a state of the picture
    """It is not made anew; the text is a reason of domain.py."""


class Asked(NamedTuple):
    """What the command line says; see data/limits.tsv."""

    pixels: int
    edge: int
    large: int
    preview: int
    quality: int
    memory: int
    cpu: int


def bound(memory: int, cpu: int) -> None:
    """From now on: so much memory (MiB) and time (s), no file larger than nothing, no dump; behind all others."""
    wanted = {
        resource.RLIMIT_AS: memory * MIB,
        resource.RLIMIT_CPU: cpu,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in wanted.items():
        with suppress(ValueError, OSError):  # a system that knows no such limit
            resource.setrlimit(what, (most, most))
    os.nice(10)


def opened(data: bytes, most_pixels: int, most_edge: int) -> Image.Image:
    """The picture with only its head read. Raises Refused for what is too large to decode, or moves."""
    Image.MAX_IMAGE_PIXELS = most_pixels
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("pixels") from None
    except UnidentifiedImageError:
        raise Refused("damaged") from None
    width, height = image.size
    if width * height > most_pixels or max(width, height) > most_edge:
        raise Refused("pixels")
    if image.format != SEVERAL_VIEWS and getattr(image, "n_frames", 1) > 1:
        raise Refused("moves")
    return image


def upright(image: Image.Image) -> Image.Image:
    """Turned as its camera was held. What the camera wrote may be nonsense: then it stays as it is."""
    try:
        said = image.getexif().get(ORIENTATION, 1)
    except BROKEN_EXIF:
        return image
    turn = TURNS.get(said) if isinstance(said, int) else None
    return image if turn is None else image.transpose(turn)


def plain(image: Image.Image) -> Image.Image:
    """The same with eight bits for each colour: RGB, or RGBA where something shines through."""
    if image.mode == "I" or image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode == mode else image.convert(mode)


def on_white(image: Image.Image, edge: int) -> Image.Image:
    """No longer than `edge`, on white, in an image of its own: nothing but pixels comes along."""
    image.thumbnail((edge, edge), Image.Resampling.LANCZOS, reducing_gap=2.0)
    canvas = Image.new("RGB", image.size, "white")
    canvas.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    return canvas


def as_jpeg(image: Image.Image, quality: int) -> bytes:
    """The image as a JPEG file."""
    out = BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def develop(data: bytes, asked: Asked) -> tuple[tuple[int, int], bytes, bytes]:
    """Size, large file and preview. Raises Refused, or whatever a decoder raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd metadata, which is thrown away
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return _developed(data, asked)


def _developed(data: bytes, asked: Asked) -> tuple[tuple[int, int], bytes, bytes]:
    image = opened(data, asked.pixels, asked.edge)
    image.draft("RGB", (asked.large, asked.large))  # a JPEG is decoded no finer than needed; others ignore it
    image.load()
    large = on_white(plain(upright(image)), asked.large)
    small = on_white(large.copy(), asked.preview)
    return large.size, as_jpeg(large, asked.quality), as_jpeg(small, asked.quality)


def main() -> int:
    """Bytes in, a line and two files out."""
    asked = Asked(*map(int, sys.argv[1:]))
    bound(asked.memory, asked.cpu)
    try:
        (width, height), large, preview = develop(sys.stdin.buffer.read(), asked)
    except Refused as why:
        return _say({"refused": str(why)})
    except (OSError, MemoryError):
        return _say({"refused": "damaged"})
    return _say({"width": width, "height": height, "preview": len(preview)}, preview + large)


def _say(head: dict[str, str] | dict[str, int], files: bytes = b"") -> int:
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + files)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
