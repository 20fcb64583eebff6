# SPDX-License-Identifier: Apache-2.0
"""What the tags of an OpenStreetMap way mean to an emergency vehicle."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from callbox.geo.domain.network import Names

DATA = Path(__file__).resolve().parents[1] / "data"
KMH_PER_MPH = 1.609344
WALKING_KMH = 5.0
SHUT = {"no", "private", "agricultural", "forestry", "discouraged"}
BLOCKS = {"bollard", "block", "jersey_barrier", "log", "debris"}
LET_IN = {"yes", "designated", "official", "permissive"}


@dataclass(frozen=True, slots=True)
class RoadClass:
    """A row of data/roads.tsv."""

    highway: str
    kmh: float
    map_class: str
    open_to: str


@cache
def road_classes() -> Mapping[str, RoadClass]:
    """The classes of data/roads.tsv by their OSM word."""
    lines = (DATA / "roads.tsv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    return {
        row["highway"]: RoadClass(row["highway"], float(row["kmh"]), row["map_class"], row["open_to"])
        for row in rows
    }


def road_class(tags: Mapping[str, str]) -> RoadClass | None:
    """The class of a way that an emergency vehicle may drive, or None.

    `emergency=yes` opens what access=no or motor_vehicle=no shuts, and ways that are not for vehicles.
    """
    found = road_classes().get(tags.get("highway", ""))
    if found is None or tags.get("area") == "yes" or tags.get("emergency") == "no":
        return None
    let_in = tags.get("emergency") in LET_IN
    vehicle = next((tags[key] for key in ("motor_vehicle", "vehicle", "access") if key in tags), "")
    if found.open_to == "emergency":
        return found if let_in or tags.get("motor_vehicle") in LET_IN else None
    return found if let_in or vehicle not in SHUT else None


def speed_kmh(text: str | None) -> float | None:
    """A maxspeed as km/h: "50", "30 mph", "walk"; None where it says nothing usable."""
    if not text:
        return None
    if text == "walk":
        return WALKING_KMH
    match = re.fullmatch(r"(\d{1,4}(?:\.\d{1,9})?)\s*(mph|km/h|kmh|kph)?", text.split(";")[0].strip())
    if not match or float(match[1]) <= 0:
        return None
    return float(match[1]) * (KMH_PER_MPH if match[2] == "mph" else 1.0)


def directions(tags: Mapping[str, str]) -> tuple[bool, bool]:
    """Whether a way may be driven forward and backward."""
    oneway = tags.get("oneway:emergency", tags.get("oneway:motor_vehicle", tags.get("oneway", "")))
    if oneway in ("-1", "reverse"):
        return False, True
    if oneway in ("yes", "true", "1"):
        return True, False
    if oneway in ("no", "false", "0"):
        return True, True
    implied = tags.get("junction") in ("roundabout", "circular") or tags.get("highway") == "motorway"
    return True, not implied


def speeds_kmh(tags: Mapping[str, str], kind: RoadClass) -> tuple[float, float]:
    """Speed forward and backward; 0 where the way is closed."""
    both = speed_kmh(tags.get("maxspeed")) or kind.kmh
    forward, backward = directions(tags)
    ahead = speed_kmh(tags.get("maxspeed:forward")) or both
    back = speed_kmh(tags.get("maxspeed:backward")) or both
    return ahead if forward else 0.0, back if backward else 0.0


def blocks_vehicles(tags: Mapping[str, str]) -> bool:
    """Whether a node stops every vehicle: a bollard or block that nothing says can be passed. Gates open."""
    opened = any(tags.get(key) in LET_IN for key in ("emergency", "motor_vehicle", "vehicle", "access"))
    return tags.get("barrier") in BLOCKS and not opened


def names_of(tags: Mapping[str, str]) -> Names:
    """The street's names: as signed, in Chinese, in English."""
    chinese = tags.get("name:zh") or tags.get("name:zh-Hans") or ""
    return tags.get("name", "").strip(), chinese.strip(), tags.get("name:en", "").strip()


def lanes_of(tags: Mapping[str, str]) -> int:
    """The number of lanes, 0 where unknown."""
    match = re.match(r"\d{1,2}(?!\d)", tags.get("lanes", ""))
    return int(match[0]) if match else 0
