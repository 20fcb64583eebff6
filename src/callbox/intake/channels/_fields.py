# SPDX-License-Identifier: Apache-2.0
"""What the channels share: a form or JSON object as plain fields, and fields as what was said."""

import json
import math
from collections.abc import Mapping
from urllib.parse import parse_qsl

from callbox.intake.domain import Said


def fields(body: bytes, content_type: str) -> Mapping[str, object]:
    """The fields of a JSON object or an HTML form. Raises ValueError for anything else."""
    if content_type.startswith("application/x-www-form-urlencoded"):
        return dict(
            parse_qsl(body.decode("utf-8"), keep_blank_values=True, strict_parsing=True, max_num_fields=50)
        )
    told = json.loads(body)
    if not isinstance(told, dict):
        raise ValueError("a contact is an object with named fields")
    return told


def said(told: Mapping[str, object]) -> Said:
    """Fields as what was said; fields that nobody asked for are not kept. Raises ValueError."""
    lon, lat = number(told, "lon", 180), number(told, "lat", 90)
    return Said(
        name=text(told, "name", 200),
        number=text(told, "number", 50),
        words=text(told, "words", 20_000),
        place=text(told, "place", 500),
        lon=lon if lat is not None else None,
        lat=lat if lon is not None else None,
        thread=text(told, "thread", 200),
        type_hint=text(told, "type", 50),
        lost=told.get("lost") is True,
    )


def text(told: Mapping[str, object], name: str, most: int) -> str:
    """A field as text without control characters; '' when absent. Raises ValueError for a list or an object."""
    value = told.get(name, "")
    if value is None:
        return ""
    if not isinstance(value, str | int | float):
        raise ValueError(f"{name} is not text")
    return "".join(c for c in str(value) if c.isprintable() or c in "\n\t")[:most].strip()


def number(told: Mapping[str, object], name: str, most: float) -> float | None:
    """A field as a number within ±most; None when absent. Raises ValueError for anything else."""
    value = told.get(name)
    if value in (None, ""):
        return None
    found = float(str(value))
    if not math.isfinite(found) or abs(found) > most:
        raise ValueError(f"{name} is not within {most}")
    return found
