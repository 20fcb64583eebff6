# SPDX-License-Identifier: Apache-2.0
"""What residents do with a request of their own: answer at its end, withdraw it. Part of the room's actions.

Whoever calls has made sure, by key or code, that it is theirs; see following.py. The journal says that the resident did
it, and the database lets these steps see and change that one request. What follows by itself is Callbox's step.
"""

from datetime import datetime
from uuid import UUID

from callbox.access.domain import resident_actor
from callbox.access.seeing import seeing_one
from callbox.matters.domain import Moved
from callbox.requests.actions import withdraw_request
from callbox.requests.asking import note_said

BY_REPORTER = "by_reporter"


def answer_own(request_id: UUID, said: str, *, at: datetime) -> Moved:
    """What they say about its end (a code of answers.tsv). Raises NotFound, Invalid or Conflict; see `note_said`."""
    with seeing_one(request_id):
        return note_said(request_id, said, by=resident_actor(request_id), at=at)


def withdraw_own(request_id: UUID, *, at: datetime) -> Moved:
    """They want it dealt with no more. Raises NotFound, or Conflict when it is over or parts of it are open."""
    with seeing_one(request_id):
        return withdraw_request(request_id, BY_REPORTER, by=resident_actor(request_id), at=at)
