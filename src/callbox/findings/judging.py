# SPDX-License-Identifier: Apache-2.0
"""What was judged of all histories, by model: what the rate of unknown is made of. Part of the actions."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from uuid import uuid5
from zoneinfo import ZoneInfo

from django.db import transaction

from callbox.findings import domain
from callbox.journal.actions import append
from callbox.journal.queries import told
from callbox.kernel.actor import Actor
from callbox.oversight.following.ledger import judged_by_rule

CHAIN = uuid5(domain.SPACE, domain.JUDGING)
IMPORTED, LIVE = "imported", "live"


@transaction.atomic
def note_judged(
    models: Mapping[str, tuple[int, int]], as_of: date, log: str = IMPORTED, *, by: Actor, at: datetime
) -> None:
    """Journal that so many activations of each model were judged, and how many of them stayed unknown.

    models: by code. log: whose histories. Of each month and log the last entry about a model counts. It says no case,
    no unit and no person. One that judged nothing is not written. Raises NotAllowed.
    """
    role = by.require(f"{domain.KIND}.open")
    counts = {code: list(said) for code, said in sorted(models.items()) if said[0]}
    if counts:
        facts = {"as_of": as_of.isoformat(), "log": log, "models": counts}
        append(CHAIN, domain.JUDGING, "pass", facts=facts, actor=by.id, role=role, at=at)


def note_followed(codes: Iterable[str], zone: ZoneInfo, *, by: Actor, at: datetime) -> int:
    """Note once a day what the histories that are followed come to; 1 if it was noted now. Raises NotAllowed."""
    day = at.astimezone(zone).date()
    since = datetime.combine(day, time(), zone)
    if any(entry.facts.get("log") == LIVE for entry in told([domain.JUDGING], since)):
        return 0
    counts = judged_by_rule(codes)
    note_judged(counts, day, LIVE, by=by, at=at)
    return int(bool(counts))
