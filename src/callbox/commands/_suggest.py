# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox suggest`."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callbox.commands._setup import database, use_django
from callbox.kernel.errors import NotFound
from callbox.kernel.text import gettext_noop as _

if TYPE_CHECKING:
    from callbox.requests.models import Learned

NONE_YET = _("There is no model yet. Make one with: callbox suggest learn")


def learn() -> int:
    """Make a model and show it. Raises Conflict where there is too little to learn from."""
    with database():
        use_django()
        from callbox.access.domain import system_actor
        from callbox.requests.training import make_model

        return _told(make_model(by=system_actor("suggestions"), at=datetime.now(UTC)))


def show() -> int:
    """The newest model. Raises NotFound."""
    with database():
        use_django()
        from callbox.requests.learned_rows import newest

        row = newest()
        if row is None:
            raise NotFound(NONE_YET)
        return _told(row)


def _told(row: "Learned") -> int:
    from callbox.requests.learned_rows import taken_of
    from callbox.requests.suggesting import measured_of

    measured, taken = measured_of(row.figures), taken_of(row.pk)
    for code, right in measured.categories.items():
        print(f"{right.count:>7} {right.first / right.count:>7.1%} {right.among / right.count:>7.1%} {code}")
    held_out = measured.held_out
    said = {
        "learned_at": row.at.isoformat(),
        "learned_from": measured.learned_from,
        "held_out": held_out.count,
        "classes": len(measured.categories),
        "features": row.features,
        "top1": round(held_out.first / held_out.count, 4),
        "top3": round(held_out.among / held_out.count, 4),
        "baseline_top1": round(measured.usual / held_out.count, 4),
        "suggested": taken.count,
        "taken_first": taken.first,
        "taken_among": taken.among,
        "in_use": row.usable,
        "why_not": row.why,
    }
    print(json.dumps(said))
    return 0 if row.usable else 1
