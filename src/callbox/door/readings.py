# SPDX-License-Identifier: Apache-2.0
"""Which gauges there are, and who may read them."""

import hmac
from collections.abc import Iterator
from pathlib import Path

from callbox.door.gauges import Gauges
from callbox.door.http import Scope, headers_of
from callbox.door.hub import Hub
from callbox.door.meter import Meter
from callbox.door.options import Options
from callbox.door.spool import Spool
from callbox.door.store import Store

LOOPBACK = ("127.0.0.1", "::1")


def add_readings(meter: Meter, gauges: Gauges, store: Store, spool: Spool, hub: Hub) -> None:
    """Tell the meter what to read when it is asked."""
    single = {
        "callbox_database_up": ("Whether the database takes contacts.", lambda: float(not store.down)),
        "callbox_database_waiting": ("Contacts that wait for a connection.", lambda: float(store.waiting)),
        "callbox_spool_waiting": ("Contacts that wait in the spool.", lambda: float(spool.waiting)),
        "callbox_spool_fill": ("Share of the spool that is taken.", lambda: spool.fill),
        "callbox_streams": ("Screens that follow the stream.", lambda: float(len(hub.screens))),
        "callbox_stream_age_seconds": ("Since everything there was had been read.", lambda: hub.age_s),
        "callbox_oldest_unread_seconds": ("How long the oldest row waits.", lambda: hub.oldest_unread_s),
        "callbox_web_up": (
            "Whether web answers.",
            lambda: None if gauges.web_answers is None else float(gauges.web_answers),
        ),
        "callbox_keys": ("Keys of contact data there are.", lambda: float(gauges.keys)),
        "callbox_backup_age_seconds": ("Since the last backup is complete.", gauges.backup_age_s),
    }
    for name, (says, read) in single.items():
        meter.gauge(name, says, "", lambda read=read: _one(read()))  # type: ignore[misc]  # a default of the loop's
    meter.gauge("callbox_disk_free_bytes", "Free bytes.", "of", lambda: _numbers(gauges.free))
    meter.gauge(
        "callbox_behind_seconds",
        "How far each part of the worker is behind.",
        "part",
        lambda: _behind(gauges),
    )
    meter.gauge("callbox_database", "What the database says of itself.", "of", lambda: _database(gauges))


def may_read(scope: Scope, options: Options) -> bool:
    """Somebody on this machine whom no proxy speaks for, or whoever has the token."""
    headers = headers_of(scope)
    token = _token(options.metrics_token_file)
    given = headers.get("authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token):
        return True
    said_by_proxy = options.behind_proxy or "x-forwarded-for" in headers or "forwarded" in headers
    return not said_by_proxy and (scope.get("client") or ("",))[0] in LOOPBACK


def _token(path: Path | None) -> bytes:
    try:
        return path.read_bytes().strip() if path else b""
    except OSError:
        return b""


def _one(number: float | None) -> Iterator[tuple[str, float]]:
    if number is not None:
        yield "", number


def _numbers(found: dict[str, int]) -> Iterator[tuple[str, float]]:
    for name, number in found.items():
        yield name, float(number)


def _behind(gauges: Gauges) -> Iterator[tuple[str, float]]:
    if gauges.database is not None:
        for part, (seconds, _well) in gauges.database.behind.items():
            yield part, seconds


def _database(gauges: Gauges) -> Iterator[tuple[str, float]]:
    facts = gauges.database
    if facts is not None:
        yield "answer_seconds", facts.answer_s
        yield "clock_difference_seconds", facts.clock_s
        yield "sessions", float(facts.sessions)
        yield "standbys", float(facts.standbys)
        if facts.lag_s is not None:
            yield "standby_lag_seconds", facts.lag_s
