# SPDX-License-Identifier: Apache-2.0
"""The San Francisco Fire Department's calls for service (DataSF), read as calls and what each unit did. Pure.

One row is one unit sent to one call. Stamps are San Francisco's local time (America/Los_Angeles) to the
second: `Watch Date` turns at 08:00 of the same clock, and the small hours are the quiet ones. They are
returned as aware UTC. There is no answering time. Places are rounded by the publisher to a block or an
intersection, WGS84.
"""

import csv
import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Los_Angeles")
MILESTONES = ("assigned", "en_route", "on_scene", "transport", "hospital", "clear")
_STAMPS = ("Dispatch", "Response", "On Scene", "Transport", "Hospital", "Available")
UNUSABLE = (
    ValueError,
    IndexError,
    KeyError,
    AttributeError,
    OverflowError,
)  # a short row, a year without end
UNREADABLE, INVERTED, NO_CLEAR = "unreadable", "inverted_stamps", "no_clear_time"


@dataclass(frozen=True, slots=True)
class UnitRow:
    """What one unit did on one call. A row without `on_scene` is normal: not every unit sent arrives."""

    line: int
    unit: str
    unit_type: str
    als: bool
    assigned: datetime
    en_route: datetime | None
    on_scene: datetime | None
    transport: datetime | None
    hospital: datetime | None
    clear: datetime


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call and the usable rows of its units, in the order they were assigned; none if no row was usable.

    Codes stand as in the file; `callbox.analysis.sffd_codes` translates them.
    """

    number: str
    received: datetime
    entered: datetime
    call_type: str
    priority: str
    disposition: str
    address: str
    lon: float
    lat: float
    station_area: str
    neighbourhood: str
    units: tuple[UnitRow, ...]

    @property
    def hour(self) -> int:
        """The local hour in which the call was received."""
        return self.received.astimezone(ZONE).hour

    @property
    def is_at_intersection(self) -> bool:
        """Whether the address names two streets, such as `A ST/B ST`."""
        return "/" in self.address


@dataclass(frozen=True, slots=True)
class Unusable:
    """A row that cannot be replayed: line, `RowID`, a code of `data/sffd_problems.tsv`, and details."""

    line: int
    row_id: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Calls:
    """A whole file: calls in order of reception, the rows that cannot be used, and the number of rows."""

    calls: tuple[CallRow, ...]
    unusable: tuple[Unusable, ...]
    rows: int


def read_calls(path: Path) -> Calls:
    """Read a `.csv` or `.csv.gz` file. Raises OSError, or ValueError where it is not such a file at all."""
    found: dict[str, list[tuple[CallRow, UnitRow | None]]] = {}
    unusable: list[Unusable] = []
    rows = 0
    for line, cells in _lines(path):
        rows += 1
        try:
            call, stamps = _call(cells), [_moment(cells[f"{name} DtTm"]) for name in _STAMPS]
        except UNUSABLE as problem:
            unusable.append(Unusable(line, cells.get("RowID") or "", UNREADABLE, str(problem)))
            continue
        unit = _unit(line, cells, call, stamps)
        found.setdefault(call.number, []).append((call, unit if isinstance(unit, UnitRow) else None))
        if isinstance(unit, Unusable):
            unusable.append(unit)
    calls = (_joined(parts) for parts in found.values())
    return Calls(tuple(sorted(calls, key=lambda each: (each.received, each.number))), tuple(unusable), rows)


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as text:
        reader = csv.DictReader(text)
        missing = {f"{name} DtTm" for name in ("Received", "Entry", *_STAMPS)} - set(reader.fieldnames or ())
        if missing:
            raise ValueError(f"{path.name}: not a file of SFFD calls, it lacks {', '.join(sorted(missing))}")
        for cells in reader:
            yield reader.line_num, cells


def _call(cells: Mapping[str, str]) -> CallRow:
    received, entered = _moment(cells["Received DtTm"]), _moment(cells["Entry DtTm"])
    if received is None or entered is None:
        raise ValueError("no time of reception or entry")
    lat, lon = cells["Location"].strip("()").split(",")
    return CallRow(
        number=cells["Call Number"],
        received=received,
        entered=entered,
        call_type=cells["Call Type"],
        priority=cells["Priority"],
        disposition=cells["Call Final Disposition"],
        address=cells["Address"],
        lon=float(lon),
        lat=float(lat),
        station_area=cells["Station Area"],
        neighbourhood=cells["Neighborhooods - Analysis Boundaries"],
        units=(),
    )


def _unit(
    line: int, cells: Mapping[str, str], call: CallRow, stamps: Sequence[datetime | None]
) -> UnitRow | Unusable:
    assigned, clear = stamps[0], stamps[-1]
    row_id = cells["RowID"]
    known = [call.received, call.entered, *(stamp for stamp in stamps if stamp is not None)]
    if assigned is None:
        return Unusable(line, row_id, UNREADABLE, "Dispatch DtTm is empty")
    if clear is None:
        return Unusable(line, row_id, NO_CLEAR, "Available DtTm is empty")
    if known != sorted(known):
        return Unusable(line, row_id, INVERTED, _first_inversion(stamps))
    return UnitRow(
        line=line,
        unit=cells["Unit ID"],
        unit_type=cells["Unit Type"],
        als=cells["ALS Unit"] == "true",
        assigned=assigned,
        en_route=stamps[1],
        on_scene=stamps[2],
        transport=stamps[3],
        hospital=stamps[4],
        clear=clear,
    )


def _first_inversion(stamps: Sequence[datetime | None]) -> str:
    known = [(name, stamp) for name, stamp in zip(MILESTONES, stamps, strict=True) if stamp is not None]
    for (name, stamp), (later, then) in pairwise(known):
        if then < stamp:
            return f"{later} is {(stamp - then).total_seconds():.0f} s before {name}"
    return "assigned before entered"


def _joined(parts: Sequence[tuple[CallRow, UnitRow | None]]) -> CallRow:
    units = [unit for _, unit in parts if unit is not None]
    return replace(parts[0][0], units=tuple(sorted(units, key=lambda each: (each.assigned, each.unit))))


def _moment(text: str) -> datetime | None:
    """`04/07/2020 11:53:08 PM` as aware UTC. By slices: strptime is ten times slower."""
    if not text:
        return None
    if len(text) != 22 or text[20:] not in ("AM", "PM"):
        raise ValueError(f"{text!r} is no time such as 04/07/2020 11:53:08 PM")
    hour = int(text[11:13]) % 12 + (12 if text[20:] == "PM" else 0)
    day = (int(text[6:10]), int(text[:2]), int(text[3:5]))
    return datetime(*day, hour, int(text[14:16]), int(text[17:19]), tzinfo=ZONE).astimezone(UTC)
