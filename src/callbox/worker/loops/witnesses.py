# SPDX-License-Identifier: Apache-2.0
"""Witnesses outside the database are told of the newest seal, each at its own pace."""

import logging
from datetime import datetime

from callbox.journal.outside import configured_witnesses, paces, tell_witness
from callbox.worker.actions import note_health
from callbox.worker.loop import Loop

log = logging.getLogger(__name__)
_told_at: dict[str, datetime] = {}


def step(at: datetime) -> int:
    """Tell those whose time it is; one that cannot be told does not keep the others from it."""
    wanted = paces()
    due = {
        name: found
        for name, found in configured_witnesses().items()
        if name not in _told_at or at - _told_at[name] >= wanted[name]
    }
    return sum(_tell(name, *found, at) for name, found in due.items())


def _tell(name: str, witness: object, where: str, at: datetime) -> int:
    behind_s = (at - _told_at.get(name, at)).total_seconds()
    try:
        news = tell_witness(name, witness, where)
    except OSError as error:
        log.warning("The witness %s was not told of the newest seal: %s", name, type(error).__name__)
        note_health(f"witness {name}", behind_s, False, at=at)
        return 0
    _told_at[name] = at
    note_health(f"witness {name}", 0.0, True, at=at)
    return news


LOOP = Loop("witnesses", step, every_s=1.0)
