# SPDX-License-Identifier: Apache-2.0
"""Findings and warnings are sent to whom they are for, each once."""

from datetime import datetime

from callbox.access.domain import system_actor
from callbox.findings.sending import PORTION, tell_findings
from callbox.worker.loop import Loop

ACTOR = system_actor("findings")


def step(at: datetime) -> int:
    """Send what is due."""
    return tell_findings(by=ACTOR, at=at)


LOOP = Loop("findings", step, every_s=2.0, full=PORTION)
