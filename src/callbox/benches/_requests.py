# SPDX-License-Identifier: Apache-2.0
"""The measurement behind `callbox bench requests`: a throw-away database, one web process, real HTTP."""

import http.client
import json
import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import count
from typing import Any

from callbox.benches._database import throw_away_database
from callbox.benches._requests_world import LAT, LON, SIDE, fill, people
from callbox.host.processes import LOCAL, Household, answers, free_port, web

CSRF = "x" * 32
ASKED = 60  # times each address is asked
WAIT_S = 60
INBOXES = {
    "agency": "/api/requests",
    "agency_state": "/api/requests?state=assigned",
    "agency_category": "/api/requests?category=road.light_out",
    "agency_late": "/api/requests?late=true",
    "agency_area": "/api/requests?area=D",
    "agency_ended": "/api/requests?ended=true",
    "desk": "/api/requests?state=received",
    "desk_category": "/api/requests?category=other",
    "desk_agency": "/api/requests?agency=a01",
    "desk_late": "/api/requests?late=true",
}


def measure(rows: int, seconds: int, clients: int, sweep: int) -> dict[str, Any]:
    """What is measured, with the number of requests that there were."""
    with throw_away_database():
        took = fill(rows)
        sessions = people()
        with _site() as port:
            inbox = {name: _p95(port, path, sessions[name.split("_")[0]]) for name, path in INBOXES.items()}
            created = _create(port, sessions["desk"], seconds, clients)
            figures = _after_write(port, sessions["desk"])
        found = {
            "rows": rows,
            "inbox_p95_ms": max(inbox.values()),
            "inboxes_p95_ms": inbox,
            **created,
            "figures_s": figures,
            "route_us": _route_us(),
            "fill_s": took,
            "journal_ok": _journal_ok(),
        }
    return found | {"sweep_100k_s": _sweep(sweep) if sweep else None}


@contextmanager
def _site() -> Iterator[int]:
    port = free_port(0)
    household = Household((web(port),), dict(os.environ))
    household.start()
    try:
        deadline = time.monotonic() + WAIT_S
        while not answers(LOCAL, port, "/health"):
            if time.monotonic() > deadline:
                raise RuntimeError("the web process does not answer")
            time.sleep(0.2)
        yield port
    finally:
        household.stop()


def _headers(session: str) -> dict[str, str]:
    cookies = f"callbox_session={session}; callbox_csrf={CSRF}"
    return {"Cookie": cookies, "X-CSRFToken": CSRF, "Content-Type": "application/json"}


def _asked(
    link: http.client.HTTPConnection, method: str, path: str, session: str, body: object = None
) -> float:
    """Seconds until the whole answer is there. Raises RuntimeError for a refusal."""
    begun = time.perf_counter()
    link.request(method, path, json.dumps(body) if body is not None else None, _headers(session))
    answer = link.getresponse()
    said = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{method} {path}: {answer.status} {said[:300]!r}")
    return time.perf_counter() - begun


def _p95(port: int, path: str, session: str) -> float:
    with closing(http.client.HTTPConnection(LOCAL, port, timeout=60)) as link:
        _asked(link, "GET", path, session)
        times = sorted(_asked(link, "GET", path, session) for _ in range(ASKED))
    return round(1000 * times[int(0.95 * len(times))], 1)


def _create(port: int, session: str, seconds: int, clients: int) -> dict[str, Any]:
    """Requests taken a second by so many clients, each with one connection, and how long one waits."""
    until = time.monotonic() + seconds

    def take(seed: int) -> list[float]:
        chance, found = random.Random(seed), []
        with closing(http.client.HTTPConnection(LOCAL, port, timeout=60)) as link:
            while time.monotonic() < until:
                found.append(_asked(link, "POST", "/api/requests", session, _new(chance)))
        return found

    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        times = sorted(each for found in pool.map(take, range(clients)) for each in found)
    lasted = time.perf_counter() - begun
    return {
        "creates_per_s": round(len(times) / lasted, 1),
        "create_p95_ms": round(1000 * times[int(0.95 * len(times))], 1),
        "clients": clients,
    }


def _new(chance: random.Random) -> dict[str, object]:
    return {
        "category": "road.light_out",
        "words": "made-up words",
        "name": "Made-up Name",
        "number": "+15550100",
        "lon": LON + chance.random() * SIDE[0],
        "lat": LAT + chance.random() * SIDE[1],
    }


def _after_write(port: int, session: str) -> float:
    """Seconds of the slowest of three looks at the page of figures, each right after a write."""
    chance, times = random.Random(7), []
    with closing(http.client.HTTPConnection(LOCAL, port, timeout=120)) as link:
        for _ in range(3):
            _asked(link, "POST", "/api/requests", session, _new(chance))
            times.append(_asked(link, "GET", "/desk/requests/figures", session))
    return round(max(times), 3)


def _route_us() -> float:
    """Microseconds from a point to who deals with it, over all sub-grids."""
    from django.utils import timezone

    from callbox.requests import queries

    chance, areas, rules = random.Random(3), queries.areas_in_force(), queries.rules_in_force()
    points = [(LON + chance.random() * SIDE[0], LAT + chance.random() * SIDE[1]) for _ in range(20_000)]
    local, missed, begun = timezone.now(), count(), time.perf_counter()
    for lon, lat in points:
        if rules.decide("road.light_out", "road", areas.at(lon, lat), local) is None:
            next(missed)
    took = time.perf_counter() - begun
    if next(missed):
        raise RuntimeError("a point was routed to nobody")
    return round(1e6 * took / len(points), 2)


def _journal_ok() -> bool:
    """Whether the journal of a sample of requests, from all over the table, verifies."""
    from callbox.journal.domain import first_misfit
    from callbox.journal.queries import history
    from callbox.requests.models import Request

    some = Request.objects.order_by("number").values_list("pk", flat=True)
    ids = [some[at] for at in range(0, some.count(), max(1, some.count() // 500))]
    return all(first_misfit(history(each)) is None for each in ids)


def _sweep(matters: int) -> float:
    """As `callbox bench sweep` measures it, on a database of its own."""
    import subprocess
    import sys

    command = [sys.executable, "-m", "callbox", "bench", "sweep", "--matters", str(matters)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout.splitlines()[-1])["sweep_100k_s"])
