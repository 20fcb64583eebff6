# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox agencies key`, `end-key`, `keys`, `webhook` and `take-old-keys`."""

import json
from datetime import UTC, datetime
from uuid import UUID

from callbox.commands._setup import database, use_django
from callbox.kernel.errors import NotFound


def keys(what: str, which: str, address: str) -> int:
    """Print what was done as one JSON line. Raises Invalid, NotFound, Conflict."""
    with database():
        use_django()
        print(json.dumps(_done(what, which, address)))
    return 0


def take_old_keys() -> int:
    """Take them all, portion by portion, and print how many as one JSON line; safe to repeat."""
    with database():
        use_django()
        from callbox.access.domain import system_actor
        from callbox.coordination.old_keys import take_old_keys

        taken, by = 0, system_actor("coordination")
        while found := take_old_keys(by=by, at=datetime.now(UTC)):
            taken += found
        print(json.dumps({"taken": taken}))
    return 0


def _done(what: str, which: str, address: str) -> dict[str, object]:
    from callbox.access.agency_keys import end_key, give_key, keys_in_force
    from callbox.access.domain import system_actor
    from callbox.access.queries import agency_of
    from callbox.coordination.loading import set_webhook

    by, at = system_actor("setup"), datetime.now(UTC)
    if what == "keys":
        return {"keys": [{"agency": each.agency.code, "key": str(each.pk)} for each in keys_in_force()]}
    if what == "end-key":
        end_key(_id(which), by=by, at=at)
        return {"key": which, "ended": True}
    agency = agency_of(which)
    if what == "webhook":
        set_webhook(agency, address, by=by, at=at)
        return {"agency": which, "webhook": bool(address)}
    key, secret = give_key(agency, by=by, at=at)
    return {"agency": which, "key": str(key), "secret": secret}


def _id(said: str) -> UUID:
    try:
        return UUID(said)
    except ValueError:
        raise NotFound from None
