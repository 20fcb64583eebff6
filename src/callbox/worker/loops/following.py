# SPDX-License-Identifier: Apache-2.0
"""The authority's promises are followed: what a case shows, or does not show in time, becomes a finding."""

from datetime import datetime
from functools import cache

from callbox.access.domain import system_actor
from callbox.findings.following import follow
from callbox.oversight.following.watch import PORTION, Watch, is_idle
from callbox.oversight.library import library_mark, shipped_rules
from callbox.worker.loop import Loop

ACTOR = system_actor("oversight")


@cache
def _watch() -> Watch:
    return Watch(shipped_rules(), library_mark())


def step(at: datetime) -> int:
    """Follow a portion. As long as no case was ever told of, the models are not even read."""
    begun = _watch.cache_info().currsize > 0
    return follow(_watch(), by=ACTOR, at=at) if begun or not is_idle() else 0


LOOP = Loop("following", step, every_s=2.0, full=PORTION, settle_s=5.0)
