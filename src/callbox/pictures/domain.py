# SPDX-License-Identifier: Apache-2.0
"""What is taken as a picture, and how one is kept: as a large and a small JPEG that say nothing else. Pure."""

import struct
from dataclasses import dataclass
from datetime import date, timedelta

from callbox.kernel.errors import Invalid
from callbox.kernel.tables import TableError, read_table
from callbox.kernel.text import gettext_noop as _

PACKAGE = "callbox.pictures"
UNITS = {
    "bytes": "byte",
    "pixels": "px",
    "edge": "px",
    "large": "px",
    "preview": "px",
    "quality": "percent",
    "memory": "MiB",
    "cpu": "s",
    "patience": "s",
    "at_once": "count",
    "by_one": "count",
    "by_reporter": "count",
    "report_window": "min",
}
JPEG, PNG, WEBP, HEIC, OTHER = "jpeg", "png", "webp", "heic", "other"
TAKEN = (JPEG, PNG, WEBP)
# ISO 23008-12, annex B, and the AV1 image format: the brands of still pictures that phones write.
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")
LENGTH = struct.Struct(">I")

EMPTY, LARGE, MANY_PIXELS, MOVES, DAMAGED = "empty", "large", "pixels", "moves", "damaged"
WHY = {
    EMPTY: _("No picture arrived. Send it again."),
    LARGE: _("This picture is too large: at most %(most)s MB. Send a smaller one."),
    MANY_PIXELS: _("This picture has too many pixels. Send a smaller one."),
    MOVES: _("This picture moves. Send a still one."),
    DAMAGED: _("This picture cannot be read: it is damaged or incomplete. Take it again."),
    HEIC: _("Pictures of the kind HEIC cannot be read here. Send it as JPEG."),
    OTHER: _("This is not a picture. JPEG, PNG and WebP can be sent."),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """One day's numbers of `data/limits.tsv`, in the units that stand there."""

    bytes: int
    pixels: int
    edge: int
    large: int
    preview: int
    quality: int
    memory: int
    cpu: int
    patience: int
    at_once: int
    by_one: int
    by_reporter: int
    report_window: int

    @property
    def reported_until(self) -> timedelta:
        """For how long after a report its sender may add pictures to it."""
        return timedelta(minutes=self.report_window)


@dataclass(frozen=True, slots=True)
class Developed:
    """A picture as it is kept: two JPEG files without anything but pixels; width and height of the large one."""

    large: bytes
    preview: bytes
    width: int
    height: int


def limits_on(day: date) -> Limits:
    """The limits in force on that day. Raises TableError."""
    found: dict[str, int] = {}
    for row in read_table(PACKAGE, "limits.tsv"):
        if row.in_force(day):
            name = row.one_of("limit", UNITS)
            row.one_of("unit", (UNITS[name],))
            if name in found:
                raise row.wrong(f"{name} has two lines for {day}")
            found[name] = row.whole("value", 1, 1_000_000_000)
    if missing := sorted(set(UNITS) - set(found)):
        raise TableError(f"limits.tsv has no line for {', '.join(missing)} on {day}")
    return Limits(**found)


def kind_of(data: bytes) -> str:
    """What the first bytes say that it is; its name and what its sender calls it count for nothing."""
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        return HEIC
    return OTHER


def check_upload(data: bytes, limits: Limits) -> str:
    """The kind of what was sent, before anything decodes it. Raises Invalid, saying what can be sent instead."""
    if not data:
        raise refusal(EMPTY, limits)
    if len(data) > limits.bytes:
        raise refusal(LARGE, limits)
    kind = kind_of(data)
    if kind not in TAKEN:
        raise refusal(kind, limits)
    return kind


def refusal(why: str, limits: Limits) -> Invalid:
    """The refusal for one reason of WHY."""
    return Invalid(WHY[why], most=limits.bytes // 1_000_000) if why == LARGE else Invalid(WHY[why])


def packed(picture: Developed) -> bytes:
    """Both files as one value."""
    return LENGTH.pack(len(picture.preview)) + picture.preview + picture.large


def unpacked(data: bytes) -> tuple[bytes, bytes]:
    """The large file and the preview."""
    (length,) = LENGTH.unpack_from(data)
    return data[LENGTH.size + length :], data[LENGTH.size : LENGTH.size + length]
