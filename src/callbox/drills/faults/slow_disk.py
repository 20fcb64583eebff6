# SPDX-License-Identifier: Apache-2.0
"""Every flush takes 2, 10, 50 ms more, of the database and of the spool."""

import tempfile
import time
from pathlib import Path

from callbox.drills.judge import judge
from callbox.drills.ledger import Ledger
from callbox.drills.load import load
from callbox.drills.result import Result
from callbox.drills.senders import Pace
from callbox.drills.shim import FaultyDisk
from callbox.drills.site import Site, await_true, site
from callbox.drills.small import says, takes

HELP = "every flush of the database and of the spool takes 2, 10 and 50 ms more"
TIMES = 3
DELAYS_MS = (2, 10, 50)
EACH_S = 5.0
PROMISED_S, EMERGENCY_S = 1.5, 1.0
EMERGENCY = frozenset({"phone", "exchange", "sos"})
PATIENCE_S = 60.0


def run(seed: int, times: int) -> Result:
    """Go through the delays in turn, so many steps, each with the database there and with it frozen."""
    result = Result("slow-disk", seed)
    with tempfile.TemporaryDirectory(prefix="callbox-shim-") as folder:
        disk = FaultyDisk(Path(folder))
        try:
            slow = disk.environment
            with site(environment=slow | {"CALLBOX_DISK_FILES": "/spool"}, server_environment=slow) as here:
                with load(here, seed, Pace(rate=20)) as ledger:
                    for number in range(times):
                        _step(here, disk, ledger, DELAYS_MS[number % len(DELAYS_MS)], result)
                    disk.order(delay_us=0)
                result.gap_s = ledger.gap_s()
                return judge(here, ledger, result)
        finally:
            disk.close()


def _step(here: Site, disk: FaultyDisk, ledger: Ledger, delay_ms: int, result: Result) -> None:
    disk.order(delay_us=delay_ms * 1000)
    begun = time.monotonic()
    time.sleep(EACH_S)
    _note(ledger, begun, f"{delay_ms}ms", result)
    here.cluster.freeze()
    try:
        await_true(lambda: says(here) == "down", PATIENCE_S, "the door does not notice")
        begun = time.monotonic()
        time.sleep(EACH_S / 2)
        _note(ledger, begun, f"{delay_ms}ms_spool", result)
    finally:
        here.cluster.thaw()
    await_true(lambda: takes(here), PATIENCE_S, "the spool is not drained")
    result.counts["slowed"] += 1


def _note(ledger: Ledger, since: float, name: str, result: Result) -> None:
    """The 99th percentile of all, and the longest of the emergency lanes, of contacts first sent since then."""
    sent = [one for one in list(ledger.sent) if one.first_at >= since and one.wait_s is not None]
    waits = sorted(one.wait_s or 0.0 for one in sent)
    emergency = max((one.wait_s or 0.0 for one in sent if one.channel in EMERGENCY), default=0.0)
    p99 = waits[int(0.99 * (len(waits) - 1))] if waits else 0.0
    result.extra[f"{name}_p99_ms"] = round(p99 * 1000, 1)
    result.extra[f"{name}_emergency_ms"] = round(emergency * 1000, 1)
    if p99 > PROMISED_S:
        result.late.append(f"{name}: 99 % had their yes after {p99:.2f} s")
    if emergency > EMERGENCY_S:
        result.late.append(f"{name}: an emergency contact had its yes after {emergency:.2f} s")
