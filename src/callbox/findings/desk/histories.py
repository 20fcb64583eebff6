# SPDX-License-Identifier: Apache-2.0
"""The history behind a finding that was read, as far as its reader may see it. Part of the queries."""

from dataclasses import replace
from datetime import datetime

from callbox.access.actions import named_id, note_read
from callbox.access.seeing import seeing_everything
from callbox.findings.models import Finding
from callbox.findings.queries import SEE
from callbox.kernel.actor import Actor
from callbox.oversight.domain.events import History
from callbox.oversight.queries import HISTORY, histories_of
from callbox.oversight.queries import SEE as SEE_HISTORIES

LOOK = "look"


def history_behind(actor: Actor, finding: Finding, at: datetime) -> History:
    """The events of the finding's case, which is noted as a read of it; none where the live log does not know it.

    Who may see histories sees all of it. A unit sees of its own case which acts there were and when, and not what
    they say: enough to add the evidence up, and to name the act that put it right (ADR 0049). The finding was read by
    `actions.read_finding`, which asked whether they may, and noted that.
    """
    with seeing_everything():
        found = histories_of(finding.over, [finding.key]).get(finding.key)
    if found is None:
        return History(finding.over, finding.key, ())
    noted = [named_id(HISTORY, finding.key)]
    note_read(HISTORY, noted, LOOK, action=SEE, scope=finding.matter.scope, by=actor, at=at)
    if actor.may(SEE_HISTORIES):
        return found
    return replace(found, events=tuple(replace(event, values={}) for event in found.events))
