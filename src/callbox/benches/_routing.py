# SPDX-License-Identifier: Apache-2.0
"""The measurement behind `callbox bench routing`: a made-up city, no database."""

import json
import math
import random
import time
from datetime import datetime
from typing import Any

from callbox.requests.areas import AreaBook, parse_areas
from callbox.requests.routing import COLUMNS, Rules, parse_rules

ACROSS, DOWN = 45, 33  # 1,485 sub-grids
PER_GRID, PER_DISTRICT = 3, 15  # sub-grids along each side
WEST, SOUTH, STEP = 114.0, 30.0, 0.01
WIGGLES = 12  # points along each border of a sub-grid: real borders are no straight lines
CATEGORIES = 60


def measure(points: int) -> dict[str, Any]:
    """Mean, median, 99th percentile and CPU time of one point, in microseconds, and how many points got an agency."""
    book, rules, dice = _areas(), _rules(), random.Random(4)
    local = datetime(2026, 11, 2, 9, 30)  # noqa: DTZ001 - rules are asked by the city's own time
    drawn = [
        (
            WEST + dice.random() * ACROSS * STEP,
            SOUTH + dice.random() * DOWN * STEP,
            f"c{dice.randrange(CATEGORIES)}",
        )
        for _ in range(points)
    ]
    book.at(WEST, SOUTH)  # the index is made once
    taken, routed, cpu = [], 0, time.process_time()
    for lon, lat, category in drawn:
        begun = time.perf_counter_ns()
        found = rules.decide(category, "g", book.at(lon, lat), local)
        taken.append(time.perf_counter_ns() - begun)
        routed += found is not None
    cpu = time.process_time() - cpu
    taken.sort()
    return {
        "sub_grids": sum(area.level == "sub_grid" for area in book.areas.values()),
        "rules": len(rules.rules),
        "points": points,
        "routed": routed,
        "route_us": round(sum(taken) / points / 1000, 1),
        "cpu_us": round(cpu / points * 1e6, 1),
        "median_us": round(taken[points // 2] / 1000, 1),
        "p99_us": round(taken[int(points * 0.99)] / 1000, 1),
    }


def _areas() -> AreaBook:
    features = [
        *_level("district", PER_DISTRICT, "D"),
        *_level("grid", PER_GRID, "G"),
        *_level("sub_grid", 1, "S"),
    ]
    return parse_areas(json.dumps({"type": "FeatureCollection", "features": features}))


def _level(level: str, size: int, letter: str) -> list[dict[str, Any]]:
    return [
        {
            "type": "Feature",
            "properties": {
                "code": f"{letter}{column:02d}{row:02d}",
                "level": level,
                "name": f"{letter}{column} {row}",
            },
            "geometry": {"type": "Polygon", "coordinates": [_ring(column, row, size)]},
        }
        for column in range(0, ACROSS, size)
        for row in range(0, DOWN, size)
    ]


def _ring(column: int, row: int, size: int) -> list[tuple[float, float]]:
    """The border of a square, whose sides wiggle as those of its neighbours do."""
    right, top = min(column + size, ACROSS), min(row + size, DOWN)
    steps = [step / WIGGLES for step in range(WIGGLES)]
    south = [(column + n + s, row) for n in range(right - column) for s in steps]
    east = [(right, row + n + s) for n in range(top - row) for s in steps]
    north = [(column + n + s, top) for n in range(right - column) for s in steps]
    west = [(column, row + n + s) for n in range(top - row) for s in steps]
    corners = [*south, *east, (right, top), *north[:0:-1], (column, top), *west[:0:-1], (column, row)]
    return [_placed(x, y) for x, y in corners]


def _placed(x: float, y: float) -> tuple[float, float]:
    wiggle = 0.1 * math.sin(7 * x) * math.sin(5 * y)
    return round(WEST + (x + wiggle) * STEP, 7), round(SOUTH + (y + wiggle) * STEP, 7)


def _rules() -> Rules:
    lines = ["\t".join(COLUMNS)]
    for number in range(CATEGORIES):
        for area in ("*", "D0000", "D1515", "G0003", "S0104"):
            lines.append(f"2026-01-01\t\tc{number}\t{area}\t\ta{number % 81}\t\tback\tmade up")
    return parse_rules("\n".join(lines))
