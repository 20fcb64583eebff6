# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox admin`."""

from datetime import UTC, datetime

from callbox.commands._setup import database, use_django
from callbox.kernel.errors import Invalid
from callbox.kernel.text import gettext_noop as _

SHORTEST = 12


def create(name: str, password: str) -> int:
    """Create a person with the role of administrator. Raises Conflict (name taken), Invalid (short password)."""
    if len(password) < SHORTEST:
        raise Invalid(_("Choose a password of at least %(count)s characters."), count=SHORTEST)
    with database():
        use_django()
        _create(name, password)
    print(f"{name} can sign in now, and sets up a second factor first.")
    return 0


def _create(name: str, password: str) -> None:
    from django.db import transaction

    from callbox.access.actions import create_person, grant_role
    from callbox.access.domain import ADMINISTRATOR, system_actor

    by, at = system_actor("setup"), datetime.now(UTC)
    with transaction.atomic():
        person = create_person(name, name, None, password=password, by=by, at=at)
        grant_role(person, ADMINISTRATOR, by=by, at=at)
