# SPDX-License-Identifier: Apache-2.0
"""A made-up city for `callbox bench requests`: 1,485 sub-grids, twenty agencies, and requests in any number."""

import json
import random
import time
from datetime import datetime, timedelta
from typing import Any

AGENCIES = [f"a{number:02d}" for number in range(20)]
LON, LAT, STEP = 120.0, 30.0, 0.01
ACROSS, UP = 45, 33  # sub-grids; a grid is five by three of them
SIDE = (ACROSS * STEP, UP * STEP)
PORTION = 500
DAYS = 300  # over which they came; promises are dated
SENT = 0.1  # the share that is of a category for which there is a rule, and so goes to an agency at once
HEAD = "valid_from\tvalid_to\tcategory\tarea\thours\tlead\tassisting\tbackstop\tsource"


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
    lines = [HEAD]
    for x in range(0, ACROSS, 5):
        for y in range(0, UP, 3):
            lead = AGENCIES[(x + y) % len(AGENCIES)]
            lines.append(f"2020-01-01\t\troad.light_out\tG{x}-{y}\t\t{lead}\t\t{AGENCIES[0]}\tmade up")
    return "\n".join(lines)


def fill(rows: int) -> float:
    """Make the city and the requests, through the actions of the product; seconds that it took."""
    from django.db import connection
    from django.utils import timezone

    from callbox.access.actions import define_agency
    from callbox.access.domain import system_actor
    from callbox.requests.editions import load_edition, plan_edition
    from callbox.requests.taking import open_requests

    setup, now, begun = system_actor("setup"), timezone.now(), time.perf_counter()
    for code in AGENCIES:
        define_agency(code, code.upper(), code, "city", by=setup, at=now)
    for kind, text in (("areas", areas()), ("rules", rules())):
        load_edition(plan_edition(kind, text, by=setup), by=setup, at=now)
    chance = random.Random(1)
    for first in range(0, rows, PORTION):
        number = min(PORTION, rows - first)
        some = [(_report(chance), _moment(now, (first + each) / rows)) for each in range(number)]
        open_requests(some, by=setup)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return round(time.perf_counter() - begun, 1)


def _moment(now: datetime, share: float) -> datetime:
    return now - timedelta(days=DAYS) * (1 - share)


def _report(chance: random.Random) -> Any:
    from callbox.incidents.actions import Where
    from callbox.requests.personal import Contact
    from callbox.requests.taking import Report

    where = Where(LON + chance.random() * SIDE[0], LAT + chance.random() * SIDE[1], "made-up street 1")
    category = "road.light_out" if chance.random() < SENT else "other"
    return Report(category, where, "made-up words", contact=Contact("Made-up Name", "+15550100"))


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
    person = create_person(f"bench-{name}", name, None, by=setup, at=at)
    grant_role(person, role, keys, by=setup, at=at)
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session[middleware.SESSION_KEY] = str(begin_sign_in(person, at=at, factor=True))
    session.create()
    return str(session.session_key)
