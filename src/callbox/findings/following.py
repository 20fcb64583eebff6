# SPDX-License-Identifier: Apache-2.0
"""What the engine that follows events says becomes findings, in the transaction in which it says so."""

from datetime import datetime

from django.db import transaction

from callbox.findings.actions import note_verdicts
from callbox.findings.domain import judged_of
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict
from callbox.oversight.following.watch import PORTION, Watch

AGENCY = "agency:"


def follow(watch: Watch, *, by: Actor, at: datetime, limit: int = PORTION) -> int:
    """Judge what came into the live log and what is due, a portion; how many events or timers there were.

    Killed anywhere, or beside another process, each verdict is handed over once and none is lost.
    """
    done = False
    try:
        with transaction.atomic():
            told = watch.step(at, limit)
            judged = [
                judged_of(rule, verdict, at, unit_of(verdict.activation)) for rule, verdict in told.verdicts
            ]
            note_verdicts(judged, by=by, at=at)
        done = True
    except Conflict:
        return 0  # another process was first: the next step begins from what it wrote
    finally:
        if not done:
            watch.forget()
    return told.read


def unit_of(event: str) -> str:
    """The unit whose system told an event, as its id in the live log says; "" where none did."""
    source = event.partition("/")[0]
    return source if source.startswith(AGENCY) else ""
