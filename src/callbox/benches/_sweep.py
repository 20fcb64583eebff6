# SPDX-License-Identifier: Apache-2.0
"""The measurement behind `callbox bench sweep`, on a throw-away server that does not wait for the disk."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil

from callbox.benches._database import analyze, throw_away_database

START = datetime(2026, 11, 2, 1, tzinfo=UTC)
SHARE = 100  # one in so many is due at first
# Each matter has a chain that begins with its first step: only what the sweep writes is looked at.
OPEN = """
WITH made AS (SELECT n, gen_random_uuid() AS id FROM generate_series(1, %(count)s) n),
chains AS (INSERT INTO journal_chain (id, length, head) SELECT id, 0, decode(repeat('00', 32), 'hex') FROM made),
matters AS (
  INSERT INTO matters_matter
    (id, kind, workflow_version, state, final, version, round, owner, scope, opened_at, changed_at)
  SELECT id, 'incident', 1, 'reported', false, 1, 1, 'desk:x', ARRAY['desk:x'], %(at)s, %(at)s FROM made RETURNING id)
INSERT INTO matters_clock
  (matter_id, name, round, started_at, due_at, term, calendar, calendar_version, ladder, step_at)
SELECT id, 'resolve', 1, %(at)s, %(due)s, '5 working_days next_day', 'cn', 1, 'request',
  CASE WHEN n %% %(share)s = 0 THEN %(soon)s ELSE %(later)s END FROM made
"""


def measure(count: int) -> dict[str, Any]:
    """Seconds of the wall's clock and of CPU (this process and the server's) for each sweep."""
    with throw_away_database() as urls:
        from callbox.matters.actions import fire_due_clocks
        from callbox.matters.climbing import climb_ladders

        _open(count)
        analyze(urls.owner)
        soon = _sweep(climb_ladders, START + timedelta(days=5))
        everything = _sweep(climb_ladders, START + timedelta(days=7))
        idle = _sweep(climb_ladders, START + timedelta(days=7))
        fired = _sweep(fire_due_clocks, START + timedelta(days=8))
        ok = _journal_ok()
    return {
        "matters": count,
        "sweep_100k_s": soon["seconds"],
        "due": soon,
        "all_due": everything,
        "none_due": idle,
        "all_fire": fired,
        "journal_ok": ok,
    }


def _open(count: int) -> None:
    from django.db import connection, transaction

    said: dict[str, Any] = {
        "count": count,
        "share": SHARE,
        "at": START,
        "due": START + timedelta(days=7, hours=15),
        "soon": START + timedelta(days=4),
        "later": START + timedelta(days=6),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(OPEN, said)


def _sweep(sweep: Callable[..., int], at: datetime) -> dict[str, float]:
    from callbox.access.domain import system_actor

    by, taken = system_actor("clocks"), 0
    wall, cpu = time.perf_counter(), _cpu_s()
    while more := sweep(by=by, at=at):
        taken += more
    return {
        "taken": taken,
        "seconds": round(time.perf_counter() - wall, 3),
        "cpu_s": round(_cpu_s() - cpu, 3),
    }


def _cpu_s() -> float:
    """CPU seconds of this process and of all that it started, the server's processes among them."""
    me = psutil.Process()
    times = [each.cpu_times() for each in (me, *me.children(recursive=True))]
    return float(sum(each.user + each.system for each in times))


def _journal_ok() -> bool:
    from callbox.journal.domain import first_misfit
    from callbox.journal.queries import history
    from callbox.matters.models import Step

    some = Step.objects.order_by("id").values_list("matter_id", flat=True)[:200]
    return all(first_misfit(history(each)) is None for each in some)
