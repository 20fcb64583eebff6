# SPDX-License-Identifier: Apache-2.0
"""A made-up city for `callbox bench requests`: 1,485 sub-grids, twenty agencies, and requests in any number."""

import json
from typing import Any
from uuid import uuid4

from callbox.requests.routing import COLUMNS

AGENCIES = [f"a{number:02d}" for number in range(20)]
LON, LAT, STEP = 120.0, 30.0, 0.01
ACROSS, UP = 45, 33  # sub-grids; a grid is five by three of them
SIDE = (ACROSS * STEP, UP * STEP)


def _square(code: str, level: str, at: tuple[int, int], size: tuple[int, int]) -> dict[str, Any]:
    west, south = LON + at[0] * STEP, LAT + at[1] * STEP
    east, north = west + size[0] * STEP, south + size[1] * STEP
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": {"code": code, "level": level, "name": code},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def areas() -> str:
    """One district, its grids and their sub-grids, as GeoJSON."""
    grids = [
        _square(f"G{x}-{y}", "grid", (x, y), (5, 3)) for x in range(0, ACROSS, 5) for y in range(0, UP, 3)
    ]
    cells = [_square(f"S{x}-{y}", "sub_grid", (x, y), (1, 1)) for x in range(ACROSS) for y in range(UP)]
    features = [_square("D", "district", (0, 0), (ACROSS, UP)), *grids, *cells]
    return json.dumps({"type": "FeatureCollection", "features": features})


def rules() -> str:
    """Street lights go to the agency of their grid; everything else waits at the desk."""
    lines = ["\t".join(COLUMNS)]
    for x in range(0, ACROSS, 5):
        for y in range(0, UP, 3):
            lead = AGENCIES[(x + y) % len(AGENCIES)]
            lines.append(f"2020-01-01\t\troad.light_out\tG{x}-{y}\t\t{lead}\t\t{AGENCIES[0]}\tmade up")
    return "\n".join(lines)


def make_city() -> None:
    """The agencies, areas and rules."""
    from django.utils import timezone

    from callbox.access.actions import define_agency
    from callbox.access.domain import system_actor
    from callbox.requests.editions import load_edition, plan_edition

    setup, now = system_actor("setup"), timezone.now()
    for code in AGENCIES:
        define_agency(code, code.upper(), code, "city", by=setup, at=now)
    for kind, text in (("areas", areas()), ("rules", rules())):
        load_edition(plan_edition(kind, text, by=setup), by=setup, at=now)


def people() -> dict[str, str]:
    """Sessions of somebody at an agency's desk and of a call-taker, as signing in would make them."""
    from callbox.access.actions import agency_id

    return {
        "agency": _session("agency", "agency_desk", [f"agency:{agency_id(AGENCIES[1])}"]),
        "desk": _session("desk", "call_taker", []),
    }


def _session(name: str, role: str, keys: list[str]) -> str:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.utils import timezone

    from callbox.access import middleware
    from callbox.access.actions import create_person, grant_role
    from callbox.access.domain import system_actor
    from callbox.access.sessions import SessionStore
    from callbox.access.sign_ins import begin_sign_in

    setup, at = system_actor("setup"), timezone.now()
    person = create_person(f"bench-{name}-{uuid4().hex[:8]}", name, None, by=setup, at=at)
    grant_role(person, role, keys, by=setup, at=at)
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session[middleware.SESSION_KEY] = str(begin_sign_in(person, at=at, factor=True))
    session.create()
    return str(session.session_key)
