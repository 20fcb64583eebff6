# SPDX-License-Identifier: Apache-2.0
"""Configuration as it was before: read from the journal, which keeps every version. Part of the actions."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from callbox.access.actions import define_agency
from callbox.access.models import Agency
from callbox.journal.queries import history
from callbox.kernel.actor import Actor
from callbox.kernel.errors import Conflict
from callbox.kernel.text import gettext_noop as _


def facts_before(chain: UUID) -> Mapping[str, object]:
    """What the entry before the last one said. Raises Conflict when there is none."""
    entries = history(chain)
    if len(entries) < 2:
        raise Conflict(_("There is nothing to go back to: this was never changed."))
    return entries[-2].facts


@transaction.atomic
def take_back_agency(agency: Agency, *, by: Actor, at: datetime) -> Agency:
    """The agency is again what it was before its last change; that is a change too."""
    was = facts_before(agency.id)
    code, en, zh, kind = (str(was[name]) for name in ("code", "name_en", "name_zh", "kind"))
    return define_agency(code, en, zh, kind, by=by, at=at)
