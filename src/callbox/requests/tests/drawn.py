# SPDX-License-Identifier: Apache-2.0
"""Areas drawn for tests: two districts side by side, the left one in grids and sub-grids."""

import json
from typing import Any


def square(code: str, level: str, west: float, south: float, size: float, **said: Any) -> dict[str, Any]:
    """A feature: a square of `size` degrees from its south-west corner."""
    east, north = west + size, south + size
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return {
        "type": "Feature",
        "properties": {"code": code, "level": level, "name": f"{level} {code}", **said},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


LEFT = square("D1", "district", 10, 50, 4)
RIGHT = square("D2", "district", 14, 50, 4)
GRIDS = [square(f"G{x}{y}", "grid", 10 + 2 * x, 50 + 2 * y, 2) for x in (0, 1) for y in (0, 1)]
SUB_GRIDS = [square(f"S{x}{y}", "sub_grid", 10 + x, 50 + y, 1) for x in range(4) for y in range(4)]
TOWN = [LEFT, RIGHT, *GRIDS, *SUB_GRIDS]


def collection(*features: dict[str, Any]) -> str:
    """Features as a GeoJSON text."""
    return json.dumps({"type": "FeatureCollection", "features": features})


def rules(*lines: str) -> str:
    """Rules as a table: each line `category area hours lead assisting backstop`, `-` for nothing, from 2026 on."""
    found = ["valid_from\tvalid_to\tcategory\tarea\thours\tlead\tassisting\tbackstop\tsource"]
    for line in lines:
        category, area, hours, lead, assisting, backstop = (
            "" if word == "-" else word for word in line.split()
        )
        cells = (
            "2026-01-01",
            "",
            category,
            area,
            hours,
            lead,
            assisting.replace("+", " "),
            backstop,
            "made up",
        )
        found.append("\t".join(cells))
    return "\n".join(found)
