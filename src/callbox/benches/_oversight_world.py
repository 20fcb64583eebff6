# SPDX-License-Identifier: Apache-2.0
"""What `callbox bench oversight` measures on: the real log, copies of it, and its twelve models."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from callbox.host.config import load
from callbox.kernel.errors import NotFound
from callbox.kernel.text import gettext_noop as _
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


def fines_log() -> Path:
    """The file. Raises NotFound without it."""
    log = load().data / "cases" / "road_traffic_fines_full.parquet"
    if not log.is_file():
        raise NotFound(NO_LOG)
    return log


def twelve() -> list[Rule]:
    """The models of the log."""
    rules = shipped_rules().items()
    return [rule for code, rule in rules if code.startswith("fine_") and code != NOT_OF_THE_TWELVE]


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
