# SPDX-License-Identifier: Apache-2.0
"""With its guards taken out an installation loses, doubles and swaps contacts, and a drill says so."""

from contextlib import suppress

from callbox.drills.invariants import check
from callbox.drills.killing import kill
from callbox.drills.load import load
from callbox.drills.result import Result
from callbox.drills.site import site
from callbox.host.processes import Part

DOOR = Part("door", "tests.drills.unguarded_door")
WORKER = Part("worker", "tests.drills.unguarded_worker")
PATIENCE_S = 20.0  # a worker that is killed while it takes rows in the wrong order leaves some for ever


def test_a_drill_finds_what_is_lost_doubled_and_out_of_order() -> None:
    with site(door=DOOR, worker=WORKER) as here:
        with load(here, seed=7) as ledger:
            kill(here, ["door", "worker"], 7, 6, Result("control", 7))
        with suppress(TimeoutError):
            here.await_healthy(PATIENCE_S)
        broken = check(ledger, here.look())
    said = [f"{found.rule}: {found.what}" for found in broken]
    for rule, words in (
        ("lost", "was acknowledged and is not there"),
        ("doubled", "times"),
        ("order", "was taken after"),
    ):
        assert any(line.startswith(rule) and words in line for line in said), rule
