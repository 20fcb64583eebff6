# SPDX-License-Identifier: Apache-2.0
"""The measurement behind `callbox bench requests`: a database of its own, one web process, real HTTP."""

import http.client
import json
import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psutil

from callbox.benches._database import durable_database
from callbox.benches._requests_fill import fill, settle
from callbox.benches._requests_world import LAT, LON, SIDE, make_city, people
from callbox.host.cluster import Cluster
from callbox.host.processes import LOCAL, Household, answers, free_port, web
from callbox.host.provision import OWNER

CSRF = "x" * 32
ASKED = 60  # times each address is asked
WAIT_S = 60
API, FIGURES = "/api/requests", "/desk/requests/figures"
INBOXES = {
    "agency": "",
    "agency_state": "state=assigned",
    "agency_rare_state": "state=suspended",
    "agency_category": "category=road.light_out",
    "agency_late": "late=true",
    "agency_area": "area=D",
    "agency_grid": "area=G5-3",
    "agency_ended": "ended=true",
    "agency_last_page": "after=%(last)s",
    "desk": "state=received",
    "desk_rare_state": "state=returned",
    "desk_category": "category=other",
    "desk_rare_category": "category=labour.wages",
    "desk_agency": "agency=a01",
    "desk_sub_grid": "area=S7-7",
    "desk_late": "late=true",
    "desk_ended": "ended=true",
    "desk_last_page": "after=%(last)s",
}


def measure(rows: int, seconds: int, clients: int, sweep: int, folder: Path | None) -> dict[str, Any]:
    """What is measured, with the number of requests that there were."""
    with durable_database(folder) as cluster:
        filled = _filled(rows, cluster)
        sessions, last = people(), _last_number() - ASKED
        with _site() as site:
            ask = {
                name: (f"{API}?{said % {'last': last}}", name.split("_")[0]) for name, said in INBOXES.items()
            }
            inbox = {name: _p95(site[1], path, sessions[who]) for name, (path, who) in ask.items()}
            created = _create(site, cluster, sessions["desk"], seconds, clients)
            figures = {days: _after_write(site[1], sessions["desk"], days) for days in (30, 365)}
        found = {
            "rows": filled.pop("rows"),
            "inbox_p95_ms": max(inbox.values()),
            "inboxes_p95_ms": inbox,
            **created,
            "figures_s": figures[30],
            "figures_of_a_year_s": figures[365],
            "route_us": _route_us(),
            **filled,
            **_verified(),
        }
    return found | {"sweep_100k_s": _sweep(sweep) if sweep else None}


def _filled(rows: int, cluster: Cluster) -> dict[str, Any]:
    """Fill an empty database, or take what a run before has left. Raises ValueError for one that was filled in part."""
    from callbox.requests.models import Request

    there, owner = Request.objects.count(), cluster.dsn(OWNER, "callbox")
    if 0 < there < rows:
        raise ValueError(f"The folder has {there} requests. Name another one, or as many --rows.")
    if there:
        return {"rows": there, "fill_s": None, "settle_s": settle(owner)}
    make_city()
    took = fill(rows)
    return {"rows": rows, "fill_s": took, "settle_s": settle(owner)}


def _last_number() -> int:
    from callbox.requests.models import Request

    return Request.objects.order_by("-number").values_list("number", flat=True)[0]


@contextmanager
def _site() -> Iterator[tuple[Household, int]]:
    port = free_port(0)
    household = Household((web(port),), dict(os.environ))
    household.start()
    try:
        deadline = time.monotonic() + WAIT_S
        while not answers(LOCAL, port, "/health"):
            if time.monotonic() > deadline:
                raise RuntimeError("the web process does not answer")
            time.sleep(0.2)
        yield household, port
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


def _create(
    site: tuple[Household, int], cluster: Cluster, session: str, seconds: int, clients: int
) -> dict[str, Any]:
    """Requests taken a second by so many clients, each with one connection; how long one waits, and its CPU."""
    household, port = site
    until = time.monotonic() + seconds

    def take(seed: int) -> list[float]:
        chance, found = random.Random(seed), []
        with closing(http.client.HTTPConnection(LOCAL, port, timeout=60)) as link:
            while time.monotonic() < until:
                found.append(_asked(link, "POST", API, session, _new(chance)))
        return found

    parts = {"web": household.processes[0].pid, "postgresql": cluster.pid}
    before, own = {name: _cpu_s(pid) for name, pid in parts.items()}, time.process_time()
    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        times = sorted(each for found in pool.map(take, range(clients)) for each in found)
    lasted = time.perf_counter() - begun
    spent = {name: _cpu_s(pid) - before[name] for name, pid in parts.items()}
    spent["clients"] = time.process_time() - own
    return {
        "creates_per_s": round(len(times) / lasted, 1),
        "create_p95_ms": round(1000 * times[int(0.95 * len(times))], 1),
        "create_cpu_ms": {name: round(1000 * each / len(times), 2) for name, each in spent.items()},
        "clients": clients,
    }


def _cpu_s(pid: int | None) -> float:
    """CPU seconds of a process and of all that it started."""
    process = psutil.Process(pid)
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return float(sum(each.user + each.system for each in times))


def _new(chance: random.Random) -> dict[str, object]:
    return {
        "category": "road.light_out",
        "words": "made-up words",
        "name": "Made-up Name",
        "number": "+15550100",
        "lon": LON + chance.random() * SIDE[0],
        "lat": LAT + chance.random() * SIDE[1],
    }


def _after_write(port: int, session: str, days: int) -> float:
    """Seconds of the slowest of three looks at the page of figures, each right after a write."""
    chance, times = random.Random(7), []
    with closing(http.client.HTTPConnection(LOCAL, port, timeout=120)) as link:
        for _ in range(3):
            _asked(link, "POST", API, session, _new(chance))
            times.append(_asked(link, "GET", f"{FIGURES}?days={days}", session))
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


def _verified() -> dict[str, Any]:
    """Whether all of the journal verifies: each entry, link and head, the seals, and each watched row."""
    from callbox.journal.queries import verify

    begun, found = time.perf_counter(), verify()
    if not found.ok:
        raise RuntimeError(f"the journal does not verify: {found.problem}")
    took = round(time.perf_counter() - begun, 1)
    return {"journal_ok": True, "entries": found.entries, "seals": found.seals, "verify_s": took}


def _sweep(matters: int) -> float:
    """As `callbox bench sweep` measures it, on a database of its own."""
    import subprocess
    import sys

    command = [sys.executable, "-m", "callbox", "bench", "sweep", "--matters", str(matters)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout.splitlines()[-1])["sweep_100k_s"])
