# SPDX-License-Identifier: Apache-2.0
"""Recorded civic requests in the form of Open Baltimore (311 service requests): reading the file. Pure.

The stamps name no zone and are taken as they stand, as UTC: so what is later in the file is later here. A point of
exactly 39, -77, and an empty one, means that no place is known; such a row is kept.
"""

import csv
import gzip
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

STAMP = "%m/%d/%Y %I:%M:%S %p"
NO_PLACE = (-77.0, 39.0)
CHANNELS = {
    "Phone": "phone",
    "Web": "web",
    "API": "app",
    "Email": "email",
    "Mail": "mail",
    "Internal": "agency",
}
ENDINGS = {"Closed (Duplicate)": "known_already", "Closed (Transferred)": "not_ours"}


@dataclass(frozen=True, slots=True)
class Recorded:
    """One row. point: lon, lat (WGS84) or None; district: the council district's number or ""."""

    number: str
    type: str
    channel: str
    created: datetime
    due: datetime | None
    closed: datetime | None
    last: datetime
    agency: str
    district: str
    point: tuple[float, float] | None
    disposition: str

    @property
    def late(self) -> bool:
        """Closed strictly after it was due; what has no due date is not late."""
        return self.due is not None and self.closed is not None and self.closed > self.due

    def overdue(self, at: datetime) -> bool:
        """Never closed, and due before this moment."""
        return self.closed is None and self.due is not None and self.due < at


def read_requests(path: Path) -> list[Recorded]:
    """All rows, the earliest first. Raises OSError, or ValueError naming the line that cannot be read."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    lines = csv.DictReader(data.decode("utf-8-sig").splitlines())
    return sorted(_rows(lines), key=lambda row: (row.created, row.number))


def _rows(reader: Iterator[Mapping[str, str]]) -> Iterator[Recorded]:
    for line, row in enumerate(reader, 2):
        try:
            yield _row(row)
        except (KeyError, ValueError, TypeError) as problem:
            raise ValueError(f"line {line}: {type(problem).__name__} {problem}") from problem


def _row(row: Mapping[str, str]) -> Recorded:
    created, closed = _stamp(row["CreatedDate"]), _stamp(row["CloseDate"])
    if created is None:
        raise ValueError("a request without a date")
    return Recorded(
        number=row["SRRecordID"],
        type=row["SRType"],
        channel=CHANNELS.get(row["MethodReceived"], "other"),
        created=created,
        due=_stamp(row["DueDate"]),
        closed=closed,
        last=max(each for each in (created, closed, _stamp(row["StatusDate"])) if each),
        agency=row["Agency"],
        district=row["CouncilDistrict"],
        point=_point(row["Longitude"], row["Latitude"]),
        disposition=ENDINGS.get(row["SRStatus"], "solved"),
    )


def _stamp(text: str) -> datetime | None:
    return datetime.strptime(text, STAMP).replace(tzinfo=UTC) if text else None


def _point(lon: str, lat: str) -> tuple[float, float] | None:
    if not lon or not lat or (float(lon), float(lat)) == NO_PLACE:
        return None
    return float(lon), float(lat)


def code_of(words: str) -> str:
    """A code for an agency or a type of the file."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def group_of(kind: str) -> str:
    """The group of a type: what stands before its first dash, as `SW` in `SW-Dirty Alley`."""
    return code_of(kind.partition("-")[0])
