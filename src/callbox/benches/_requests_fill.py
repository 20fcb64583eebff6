# SPDX-License-Identifier: Apache-2.0
"""`python -m callbox.benches._requests_fill ROWS WHICH OF`: every OF-th portion of made-up requests.

They come through the actions of the product, each portion in a transaction. A process of its own, so that several
share the work.
"""

import random
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from callbox.benches._database import analyze, begin
from callbox.benches._requests_world import LAT, LON, SIDE

if TYPE_CHECKING:
    from callbox.requests.models import Request

PORTION = 1_000
DAYS = 300  # over which they came; promises are dated
SENT = 0.1  # the share that is of a category for which there is a rule, and so goes to an agency at once
WORKED, ENDED = 2, 1  # of each portion: accepted, and of those dealt with to the end


def fill(rows: int, processes: int = 2) -> float:
    """Make the requests by so many processes at once; seconds that it took. Raises CalledProcessError."""
    begun, name = time.perf_counter(), "callbox.benches._requests_fill"
    running = [
        subprocess.Popen([sys.executable, "-m", name, str(rows), str(which), str(processes)])
        for which in range(processes)
    ]
    for each in running:
        if each.wait():
            raise subprocess.CalledProcessError(each.returncode, name)
    return round(time.perf_counter() - begun, 1)


def _make(rows: int, which: int, of: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from callbox.access.domain import system_actor
    from callbox.requests.taking import open_requests

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")  # what is lost is made again
    now, setup = timezone.now(), system_actor("setup")
    for first in range(which * PORTION, rows, of * PORTION):
        chance, number = random.Random(first), min(PORTION, rows - first)
        some = [(_report(chance), _moment(now, (first + each) / rows)) for each in range(number)]
        _work_on(open_requests(some, by=setup), now)


def _moment(now: datetime, share: float) -> datetime:
    return now - timedelta(days=DAYS) * (1 - share)


def _report(chance: random.Random) -> Any:
    from callbox.incidents.actions import Where
    from callbox.requests.personal import Contact
    from callbox.requests.taking import Report

    where = Where(LON + chance.random() * SIDE[0], LAT + chance.random() * SIDE[1], "made-up street 1")
    category = "road.light_out" if chance.random() < SENT else "other"
    return Report(category, where, "made-up words", contact=Contact("Made-up Name", "+15550100"))


def _work_on(rows: "Sequence[Request]", now: datetime) -> None:
    """Some are accepted by the agency that has them, and some of those dealt with to the end."""
    from callbox.access.domain import actor, system_actor
    from callbox.requests.actions import accept_request, close_request, feed_back

    sent = [row for row in rows if row.agency is not None]
    for place, row in enumerate(sent[:WORKED]):
        desk = actor("system:bench", ["agency_desk"], [f"agency:{row.agency_id}"])
        at = min(now, row.matter.opened_at + timedelta(hours=2))
        accept_request(row.pk, by=desk, at=at)
        if place < ENDED:
            feed_back(row.pk, "solved", by=desk, at=at)
            close_request(row.pk, "solved", by=system_actor("setup"), at=at)


def settle(owner: str) -> float:
    """Do what worker and server do after them: seal the journal, keep what requests came to, gather statistics.

    owner: the database's address for its owner. Seconds that it took.
    """
    from django.utils import timezone

    from callbox.journal.actions import seal_entries
    from callbox.requests.outcomes import keep_outcomes

    begun = time.perf_counter()
    while seal_entries(at=timezone.now()):
        pass
    while keep_outcomes():
        pass
    analyze(owner)
    return round(time.perf_counter() - begun, 1)


if __name__ == "__main__":
    begin()
    _make(*(int(each) for each in sys.argv[1:]))
