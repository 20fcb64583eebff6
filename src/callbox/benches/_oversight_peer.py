# SPDX-License-Identifier: Apache-2.0
"""pm4py as a peer: what its LTL and Declare checkers can say of the log, asked in an environment of its own.

It is no part of the product: `.venv-compare`, made from `requirements-compare.lock` at the first call.
"""

import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from callbox.audit.environment import made
from callbox.benches._oversight_world import fines_log
from callbox.host.errors import HostError

FINE, BROKEN = frozenset({"fine"}), frozenset({"overdue", "broken_late"})
DAY, EVER = 86_400, 10**10
APPEAL = "Insert Date Appeal to Prefecture"
NOTICE = "Insert Fine Notification"
STEPS = (
    APPEAL,
    "Send Appeal to Prefecture",
    "Receive Result Appeal from Prefecture",
    "Notify Result Appeal to Offender",
    "Appeal to Judge",
)
WITHIN = {
    "fine_sent": ("Create Fine", "Send Fine", 0, 90 * DAY),
    "fine_notified": ("Create Fine", NOTICE, 0, 150 * DAY),
    "fine_appeal_prefecture": (NOTICE, APPEAL, 0, 60 * DAY),
    "fine_appeal_judge": (NOTICE, "Appeal to Judge", 0, 60 * DAY),
    "fine_appeal_passed_on": (APPEAL, "Send Appeal to Prefecture", 0, 60 * DAY),
    "fine_penalty_not_early": (NOTICE, "Add penalty", 60 * DAY, EVER),
}
AFTER = {
    "fine_result_told": [("Receive Result Appeal from Prefecture", "Notify Result Appeal to Offender")],
}
BEFORE = {
    "fine_appeal_needs_notice": [(NOTICE, step) for step in STEPS],
    "fine_penalty_needs_notice": [(NOTICE, "Add penalty")],
    "fine_collection_needs_penalty": [("Add penalty", "Send for Credit Collection")],
}
EXPRESSED = frozenset([*WITHIN, *AFTER, *BEFORE])
# LTL keeps the cases that are in time, Declare tells those that are not.
SAME_VERDICTS = dict.fromkeys(WITHIN, FINE) | dict.fromkeys([*AFTER, *BEFORE], BROKEN)
CHILD = Path(__file__).with_name("_oversight_pm4py.py")
LOG = "COPY (SELECT case_id, activity, date FROM read_parquet(?) ORDER BY case_id, seq) TO '{file}' (HEADER)"


def ask() -> dict[str, Any]:
    """Cases and CPU seconds by rule. Raises HostError where pm4py cannot be installed or run."""
    python = made(lock="requirements-compare.lock", folder=".venv-compare") / "python"
    with TemporaryDirectory() as folder:
        file = Path(folder) / "log.csv"
        with duckdb.connect() as link:
            link.execute(LOG.format(file=file), [str(fines_log())])
        asked = {"log": str(file), "within": WITHIN, "after": AFTER, "before": BEFORE}
        done = subprocess.run(
            [str(python), str(CHILD)], input=json.dumps(asked), capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise HostError(f"pm4py could not be run: {done.stderr.strip()[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found
