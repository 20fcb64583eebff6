# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox bench oversight`."""

import time
from datetime import UTC, datetime
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np

from callbox.host.config import load
from callbox.kernel.errors import NotFound
from callbox.kernel.text import gettext_noop as _
from callbox.oversight.bulk import scan
from callbox.oversight.columns import Columns, Said, Whole
from callbox.oversight.domain.rules import Rule
from callbox.oversight.files import mapping_for
from callbox.oversight.library import shipped_rules
from callbox.oversight.quick import add_file
from callbox.oversight.store import Store

NO_LOG = _(
    "There is no log to measure on: set CALLBOX_DATA to the folder with cases/road_traffic_fines_full.parquet."
)
AS_OF = datetime(2014, 1, 1, tzinfo=UTC)
NOT_OF_THE_TWELVE = "fine_never_notified"


def measure(copies: int, rounds: int) -> dict[str, object]:
    """CPU seconds of importing and of judging, on one core. Raises NotFound without the log."""
    log = load().data / "cases" / "road_traffic_fines_full.parquet"
    if not log.is_file():
        raise NotFound(NO_LOG)
    rules = [
        rule
        for code, rule in shipped_rules().items()
        if code.startswith("fine_") and code != NOT_OF_THE_TWELVE
    ]
    began = time.process_time()
    one = imported(log)
    prepared = time.process_time() - began
    columns = copied(one, copies)
    columns.days(rules[0].calendar)
    seconds = median(_judged(columns, rules) for _round in range(rounds))
    return {
        "models": len(rules),
        "events": len(columns),
        "bulk_events_per_cpu_s": round(len(columns) / seconds),
        "cold_events_per_cpu_s": round(len(one) / (prepared + seconds / copies)),
        "import_cpu_s": round(prepared, 2),
        "peak_mib": getrusage(RUSAGE_SELF).ru_maxrss // 1024,
    }


def imported(log: Path) -> Columns:
    """The columns of the log, by way of the store."""
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "log.duckdb")
        add_file(store, log, mapping_for(log))
        columns = store.columns("case")
        store.close()
    return columns


def copied(one: Columns, copies: int) -> Columns:
    """So many copies of every history, each a case of its own."""
    steps = np.arange(copies, dtype=np.int64) * len(one)
    return Columns(
        one.kind,
        [f"{key}/{copy}" for copy in range(copies) for key in one.keys],
        np.append(_shifted(one.starts[:-1], steps), len(one) * copies),
        [f"{event}/{copy}" for copy in range(copies) for event in one.ids],
        np.tile(one.at, copies),
        np.tile(one.seq, copies),
        {name: _shifted(places, steps) for name, places in one.activities.items()},
        {
            name: Said(_shifted(said.places, steps), np.tile(said.numbers, copies), said.words)
            for name, said in one.said.items()
        },
    )


def _shifted(places: Whole, steps: Whole) -> Whole:
    return (steps[:, None] + places[None, :]).ravel()


def _judged(columns: Columns, rules: list[Rule]) -> float:
    began = time.process_time()
    scan(columns, rules, AS_OF)
    return time.process_time() - began
