# SPDX-License-Identifier: Apache-2.0
"""How long an entry stands in the journal before a seal covers it, as somebody who looks on sees it."""

import argparse
import json
import time
from statistics import quantiles

HELP = "seconds from an entry's recording until its seal can be read, under the drills' usual load"
LOOK_S = 0.02
SEALED = """
SELECT xid::text::bigint, seq, extract(epoch FROM recorded_at)::float8 FROM journal_entry e
WHERE (xid, seq) > (%s::text::xid8, %s) AND (xid, seq) <= (
  SELECT last_xid, last_seq FROM journal_seal ORDER BY number DESC LIMIT 1) ORDER BY xid, seq
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How long to look on."""
    parser.add_argument("--seconds", type=float, default=30.0, help="how long to look on (default: 30)")


def run(args: argparse.Namespace) -> int:
    """Print one JSON line."""
    from callbox.drills.load import load
    from callbox.drills.site import site

    with site() as here, load(here, 1):
        lags = _look_on(here.urls.owner, args.seconds)
    if len(lags) < 2:
        print(json.dumps({"bench": "seals", "entries": len(lags)}))
        return 1
    shares = quantiles(lags, n=100)
    found = {"entries": len(lags), "seal_lag_p50_s": shares[49], "seal_lag_p99_s": shares[98]}
    rounded = {name: round(value, 3) for name, value in found.items()}
    print(json.dumps({"bench": "seals", **rounded, "seal_lag_max_s": round(max(lags), 3)}))
    return 0


def _look_on(dsn: str, seconds: float) -> list[float]:
    """The lag of every entry that a seal came to cover while we looked, in seconds."""
    import psycopg

    lags: list[float] = []
    position = ("0", 0)
    with psycopg.connect(dsn, autocommit=True) as link:
        rows = link.execute(SEALED, position).fetchall()
        position = (str(rows[-1][0]), rows[-1][1]) if rows else position
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            rows = link.execute(SEALED, position).fetchall()
            now = time.time()
            lags += [now - recorded for _xid, _seq, recorded in rows]
            position = (str(rows[-1][0]), rows[-1][1]) if rows else position
            time.sleep(LOOK_S)
    return lags
